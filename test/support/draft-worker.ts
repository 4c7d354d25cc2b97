import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createDraftActivities, type DraftActivities } from '../../src/activities/drafts';
import { classified } from '../../src/activities/failures';
import type { Config } from '../../src/config';
import { createSecrets, createSqlSources } from '../../src/data';
import { ModelClient } from '../../src/endpoints/client';
import { Database, DatasetStore } from '../../src/entities';
import { draftQueue } from '../../src/temporal/queues';
import { workflowBundle } from './temporal';

export interface DraftWorker {
  /** Forgets what an endpoint has taught it, as a worker that starts anew does. */
  forget(): void;
  stop(): Promise<void>;
}

/** What may go wrong before a step, an error that it throws. */
export type Before = (step: keyof DraftActivities) => void;

/** The part of a worker that writes queries. Its configuration holds the keys of models; the API's does not. */
export async function startDraftWorker(
  temporal: TestWorkflowEnvironment,
  config: Config,
  before: Before = () => undefined,
): Promise<DraftWorker> {
  const datasets = new DatasetStore(await Database.open(config.databaseUrl));
  const newClient = () => new ModelClient(config.models.callTimeoutSeconds);
  let models = newClient();
  const steps = createDraftActivities({
    ...{ config, datasets, secrets: createSecrets(config), sources: createSqlSources(config.sqlSources) },
    get models() {
      return models;
    },
  });
  const disturbed: DraftActivities = {
    writeQuery: async (...input) => (before('writeQuery'), await steps.writeQuery(...input)),
    checkQuery: async (...input) => (before('checkQuery'), await steps.checkQuery(...input)),
  };
  const connection = temporal.nativeConnection;
  const { taskQueue } = config.temporal;
  const workers = [
    await Worker.create({ connection, taskQueue, workflowBundle: await workflowBundle() }),
    await Worker.create({
      connection,
      taskQueue: draftQueue(taskQueue),
      activities: classified(disturbed),
      maxHeartbeatThrottleInterval: '200ms',
    }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    forget: () => void (models = newClient()),
    async stop() {
      workers.forEach((worker) => worker.shutdown());
      await running;
      await datasets.database.close();
    },
  };
}
