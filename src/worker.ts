import os from 'node:os';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities';
import { createAgents, listAgents } from './agents';
import { ConfigError, loadConfig, type Config } from './config';
import { misnamedAgents } from './endpoints/choice';
import { ModelClient } from './endpoints/client';
import { createSecrets, createSqlSources } from './data';
import { DatasetReconciler } from './dataset-reconciler';
import { createEngine } from './engines';
import { Database, DatasetStore, JobStore } from './entities';
import { Heartbeat } from './heartbeat';
import { createLogger, type Logger } from './logger';
import { Reconciler } from './reconciler';
import { JobWorkflows } from './temporal/client';
import { datasetQueue, draftQueue, executionQueue, scoreQueue } from './temporal/queues';

/** Time for running activities to notice a shutdown and let go; containers are left for the next worker. */
const SHUTDOWN_GRACE = '10 seconds';
/** Bytes of memory the machine keeps for everything that is not an execution. */
const RESERVED_MEMORY = 2 * 1024 ** 3;
const AGENT_SLOTS = 8;
/** Each may take a gigabyte of memory. */
const DATASET_SLOTS = 2;
/** They wait for a model, and take next to nothing. */
const DRAFT_SLOTS = 4;
/** Each may take two gigabytes, for some seconds. */
const SCORE_SLOTS = 1;
const RECONNECT_MS = 1000;

/** The worker's composition root: config -> clients -> activities -> run. Resolves when it has shut down. */
export async function runWorker(config: Config, signal: AbortSignal, log: Logger): Promise<void> {
  const agents = createAgents();
  checkAgentNames(
    config,
    listAgents(agents).map(({ name }) => name),
  );
  Runtime.install({ shutdownSignals: [], logger: temporalLogger(log) });
  const database = await Database.open(config.databaseUrl);
  const store = new JobStore(database, { temporalUiUrl: config.temporal.uiUrl, namespace: config.temporal.namespace });
  const datasets = new DatasetStore(database);
  const engine = await createEngine(config, (message) => log.info(message));
  const workflows = JobWorkflows.connect(config);
  const activities = createActivities({
    config,
    store,
    datasets,
    secrets: createSecrets(config),
    sources: createSqlSources(config.sqlSources),
    engine,
    agents,
    models: new ModelClient(config.models.callTimeoutSeconds),
    temporal: workflows.client,
    log,
  });
  const connection = await connect(config, signal, log);
  if (!connection) return await database.close();

  const shared = { connection, namespace: config.temporal.namespace, shutdownGraceTime: SHUTDOWN_GRACE } as const;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      ...workflowSource(),
      taskQueue: config.temporal.taskQueue,
      activities: activities.main,
      maxConcurrentActivityTaskExecutions: AGENT_SLOTS,
      maxHeartbeatThrottleInterval: '5 seconds',
    }),
    Worker.create({
      ...shared,
      taskQueue: executionQueue(config.temporal.taskQueue),
      activities: activities.execution,
      maxConcurrentActivityTaskExecutions: executionSlots(config),
      // A cancellation travels with the answer to a heartbeat: users wait for it.
      maxHeartbeatThrottleInterval: '2 seconds',
    }),
    Worker.create({
      ...shared,
      taskQueue: datasetQueue(config.temporal.taskQueue),
      activities: activities.datasets,
      maxConcurrentActivityTaskExecutions: DATASET_SLOTS,
      maxHeartbeatThrottleInterval: '2 seconds',
    }),
    Worker.create({
      ...shared,
      taskQueue: draftQueue(config.temporal.taskQueue),
      activities: activities.drafts,
      maxConcurrentActivityTaskExecutions: DRAFT_SLOTS,
      maxHeartbeatThrottleInterval: '2 seconds',
    }),
    Worker.create({
      ...shared,
      taskQueue: scoreQueue(config.temporal.taskQueue),
      activities: activities.scores,
      maxConcurrentActivityTaskExecutions: SCORE_SLOTS,
      maxHeartbeatThrottleInterval: '2 seconds',
    }),
  ]);
  const ofDatasets = new DatasetReconciler({ datasets, workflows, uploadDir: config.uploadDir });
  const reconciler = new Reconciler({ store, workflows, engine, log, ofDatasets });
  const heartbeat = new Heartbeat({ config, database, engine, slots: executionSlots(config), log });
  const running = Promise.all(workers.map((worker) => worker.run()));
  reconciler.start();
  heartbeat.start();
  log.info('The worker is ready', { engine: engine.name, slots: executionSlots(config) });
  const stop = () => workers.forEach((worker) => worker.getState() === 'RUNNING' && worker.shutdown());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await running;
  } finally {
    await reconciler.stop();
    await heartbeat.stop();
    await workflows.close();
    await connection.close();
    await database.close();
  }
}

/** A misspelt name would have somebody else answer than was meant. @throws {ConfigError} */
function checkAgentNames({ models }: Config, names: readonly string[]): void {
  const [unknown] = misnamedAgents(models, names);
  if (unknown) throw new ConfigError(`AGENT_MODELS: no agent is called ${unknown}; there are ${names.join(', ')}.`);
}

/** As many executions at once as memory and processors carry, at least one. */
export function executionSlots({ execution }: Config): number {
  if (execution.slots !== undefined) return execution.slots;
  const byMemory = Math.floor((os.totalmem() - RESERVED_MEMORY) / (execution.memoryMb * 1024 ** 2));
  const byCores = Math.ceil(os.availableParallelism() / execution.cpus) + 1;
  return Math.max(1, Math.min(byMemory, byCores));
}

/** Waits until Temporal answers; undefined when told to stop before that. */
async function connect(config: Config, signal: AbortSignal, log: Logger): Promise<NativeConnection | undefined> {
  const { address, tls, apiKey } = config.temporal;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      return await NativeConnection.connect({ address, tls: tls || undefined, apiKey });
    } catch (error) {
      if (attempt % 10 === 1) log.warn('Waiting for Temporal', { address, error: String(error) });
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  }
  return undefined;
}

/** The bundle made by the build; from TypeScript sources (tests) it is made on the spot. */
function workflowSource(): { workflowBundle: { codePath: string } } | { workflowsPath: string } {
  const bundle = path.join(__dirname, 'workflow-bundle.js');
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath: require.resolve('./workflows') };
}

function temporalLogger(log: Logger) {
  const write = (level: string, message: string, meta?: Record<string, unknown>) => {
    if (level === 'ERROR') log.error(message, summarise(meta));
    else if (level === 'WARN') log.warn(message, summarise(meta));
    else log.debug(message);
  };
  return {
    log: write,
    trace: (message: string) => log.debug(message),
    debug: (message: string) => log.debug(message),
    info: (message: string) => log.debug(message),
    warn: (message: string, meta?: Record<string, unknown>) => write('WARN', message, meta),
    error: (message: string, meta?: Record<string, unknown>) => write('ERROR', message, meta),
  };
}

function summarise(meta: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  return meta && Object.fromEntries(Object.entries(meta).map(([key, value]) => [key, String(value)]));
}

function main(): void {
  const config = loadConfig();
  const log = createLogger('worker', config.debug);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // The launcher died: a worker without one could not be stopped by its user.
  process.once('disconnect', stop);
  runWorker(config, stopping.signal, log).then(
    () => process.exit(0),
    (error: unknown) => {
      log.error('The worker stopped', {
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      process.exit(1);
    },
  );
}

if (require.main === module) main();
