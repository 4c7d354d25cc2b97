import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { JobRun } from '../../src/contracts/jobs';
import { executionQueue } from '../../src/temporal/queues';
import { automlJob } from '../../src/workflows/automl-job.workflow';
import { ScriptedActivities, execution, smooth, untilCancelled } from '../support/scripted-activities';
import { startTemporal, workflowBundle } from '../support/temporal';

/**
 * A new version takes over while a job of the old one is amid its training. The new version is the real workflow with
 * two more steps: one where the job has been already, one where it still has to come.
 */
const PASSED = '  setCurrentDetails(describe.analysed(summary));';
const AHEAD = '  const check = await results.finalCheck(step, failure);';
const step = (name: string) => `await results.notify(job.run, '${name}' as never);`;
const guarded = (name: string) => `if (patched('${name}')) ${step(name)}`;
const IMPORT: [string, string] = [' isCancellation,', ' isCancellation, patched,'];

jest.setTimeout(60_000);

let temporal: TestWorkflowEnvironment;
let careful: WorkflowBundleWithSourceMap;
let careless: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), shutdownSignals: [] });
  temporal = await startTemporal();
  careful = await nextVersion((name) => guarded(name));
  careless = await nextVersion((name) => step(name));
}, 120_000);
afterAll(async () => await temporal?.teardown());

async function nextVersion(change: (name: string) => string): Promise<WorkflowBundleWithSourceMap> {
  const changes = [
    IMPORT,
    [PASSED, `${PASSED}\n  ${change('after-analysis')}`],
    [AHEAD, `  ${change('before-check')}\n${AHEAD}`],
  ];
  const loader = path.join(__dirname, '..', 'support', 'next-version-loader.cjs');
  const rule = { test: /automl-job\.workflow\.ts$/, enforce: 'pre' as const, use: [{ loader, options: { changes } }] };
  return await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows'),
    webpackConfigHook: (config) => ({
      ...config,
      module: { ...config.module, rules: [...(config.module?.rules ?? []), rule] },
    }),
  });
}

/** One version of the worker, as a deployment runs it, until `work` is done. */
async function deployed<T>(
  bundle: WorkflowBundleWithSourceMap,
  { taskQueue, scripted }: { taskQueue: string; scripted: ScriptedActivities },
  work: () => Promise<T>,
): Promise<T> {
  const shared = {
    connection: temporal.nativeConnection,
    activities: scripted.activities,
    shutdownGraceTime: '1s' as const,
  };
  const main = await Worker.create({ ...shared, taskQueue, workflowBundle: bundle });
  const executing = await Worker.create({ ...shared, taskQueue: executionQueue(taskQueue) });
  return await main.runUntil(executing.runUntil(work));
}

/** A job that an old worker left amid its training; the next worker's activity finds the run and its result. */
async function jobInFlight(name: string) {
  const taskQueue = `upgrade-${name}`;
  const run: JobRun = { job_id: name, run_no: 1, from: 'analysis' };
  let begun!: () => void;
  const training = new Promise<void>((resolve) => (begun = resolve));
  const replies = { ...smooth(), 'CodeExecutor.training': [untilCancelled(begun), execution('training')] };
  const scripted = new ScriptedActivities(replies);
  const options = { workflowId: `automl-job-${name}`, taskQueue, args: [run] as [JobRun] };
  await deployed(await workflowBundle(), { taskQueue, scripted }, async () => {
    await temporal.client.workflow.start(automlJob, options);
    await training;
  });
  const handle = temporal.client.workflow.getHandle<typeof automlJob>(options.workflowId);
  return { taskQueue, scripted, handle };
}

const notices = ({ calls }: ScriptedActivities) =>
  calls.filter(({ type }) => type === 'notify').map(({ input }) => input[1]);

test('a job in flight goes on under the new version: without the step it has passed, with the one ahead', async () => {
  const { taskQueue, scripted, handle } = await jobInFlight('careful');
  const outcome = await deployed(careful, { taskQueue, scripted }, async () => await handle.result());
  expect(outcome).toEqual({ status: 'completed', failure: null });
  expect(notices(scripted)).toEqual(['before-check', 'job.final']);
  expect(scripted.story.filter((type) => type === 'DataProcessor.analysis')).toHaveLength(1);
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([1, 1]);

  const fresh = new ScriptedActivities(smooth());
  await deployed(careful, { taskQueue: 'upgrade-fresh', scripted: fresh }, async () => {
    const run: JobRun = { job_id: 'fresh', run_no: 1, from: 'analysis' };
    await temporal.client.workflow.execute(automlJob, {
      ...{ workflowId: 'automl-job-fresh', taskQueue: 'upgrade-fresh', args: [run] as [JobRun] },
    });
  });
  expect(notices(fresh)).toEqual(['after-analysis', 'before-check', 'job.final']);
});

test('without `patched` the server refuses the new version, and the job waits unharmed for a careful one', async () => {
  const { taskQueue, scripted, handle } = await jobInFlight('careless');
  await deployed(careless, { taskQueue, scripted }, async () => {
    for (;;) {
      const { events } = await handle.fetchHistory();
      const failures = events?.map((event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? '');
      if (failures?.some((message) => /nondeterminism/i.test(message))) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
  expect((await handle.describe()).status.name).toBe('RUNNING');
  expect(notices(scripted)).toEqual([]);
  const outcome = await deployed(careful, { taskQueue, scripted }, async () => await handle.result());
  expect(outcome).toEqual({ status: 'completed', failure: null });
});
