import type { Client } from '@temporalio/client';
import type { QueueName, QueueState } from '../contracts/system';
import { datasetQueue, draftQueue, executionQueue, scoreQueue } from './queues';

/** Temporal lists who asked for work for five minutes; a worker asks again after one at most. */
const ASKED_WITHIN_MS = 90_000;
/** Values of Temporal's `TaskQueueType`. */
const WORKFLOW = 1;
const ACTIVITY = 2;

/** Every queue that our workers ask for work. */
export function taskQueuesOf(taskQueue: string): Record<QueueName, string> {
  return {
    jobs: taskQueue,
    executions: executionQueue(taskQueue),
    datasets: datasetQueue(taskQueue),
    drafts: draftQueue(taskQueue),
    scores: scoreQueue(taskQueue),
  };
}

/** Who asks each queue for work, and how much of it waits. @throws where Temporal does not answer. */
export async function queueStates(client: Client, taskQueue: string): Promise<QueueState[]> {
  const queues = Object.entries(taskQueuesOf(taskQueue)) as [QueueName, string][];
  return await all(
    queues.map(async ([name, queue]) => {
      // Workflows have one queue, the jobs'; their tasks wait beside those of its activities.
      const types = name === 'jobs' ? [WORKFLOW, ACTIVITY] : [ACTIVITY];
      const states = await all(types.map((type) => describe(client, queue, type)));
      const backlog = states.reduce((sum, state) => sum + state.backlog, 0);
      return { name, task_queue: queue, pollers: Math.min(...states.map(({ pollers }) => pollers)), backlog };
    }),
  );
}

/** Not before every call has ended: one that is tried again after the connection was closed would end the process. */
async function all<T>(calls: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(calls);
  return await Promise.all(calls);
}

async function describe(client: Client, name: string, taskQueueType: number) {
  const { workflowService } = client.connection;
  const answer = await workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType,
    reportStats: true,
  });
  const since = Date.now() - ASKED_WITHIN_MS;
  const pollers = (answer.pollers ?? []).filter(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since,
  );
  return { pollers: pollers.length, backlog: Number(answer.stats?.approximateBacklogCount ?? 0) };
}
