import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createDatasetActivities, type DatasetActivities } from '../../src/activities/datasets';
import { classified } from '../../src/activities/failures';
import type { Config } from '../../src/config';
import { createSecrets, createSqlSources } from '../../src/data';
import { Database, DatasetStore } from '../../src/entities';
import { datasetQueue } from '../../src/temporal/queues';
import { workflowBundle } from './temporal';

export interface DatasetWorker {
  activities: DatasetActivities;
  store: DatasetStore;
  stop(): Promise<void>;
}

/** The part of a worker that makes data sets, over the same database as the API under test. */
export async function startDatasetWorker(temporal: TestWorkflowEnvironment, config: Config): Promise<DatasetWorker> {
  const store = new DatasetStore(await Database.open(config.databaseUrl));
  const sources = createSqlSources(config.sqlSources);
  const activities = classified(
    createDatasetActivities({ config, datasets: store, secrets: createSecrets(config), sources }),
  );
  const connection = temporal.nativeConnection;
  const { taskQueue } = config.temporal;
  const workers = [
    await Worker.create({ connection, taskQueue, workflowBundle: await workflowBundle() }),
    await Worker.create({
      connection,
      taskQueue: datasetQueue(taskQueue),
      activities,
      maxHeartbeatThrottleInterval: '200ms',
    }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    activities,
    store,
    async stop() {
      workers.forEach((worker) => worker.shutdown());
      await running;
      await store.database.close();
    },
  };
}
