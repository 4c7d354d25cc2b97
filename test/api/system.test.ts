import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { StorageMeter } from '../../src/api/system/storage';
import { loadConfig } from '../../src/config';
import { SystemView, type QueueState } from '../../src/contracts/system';
import { createEngine } from '../../src/engines';
import { AgentTurnRow, Database, ExecutionRow, JobRow, SystemStore, type WorkerFacts } from '../../src/entities';
import { insertAll } from '../../src/entities/store-base';
import { Heartbeat } from '../../src/heartbeat';
import { createLogger } from '../../src/logger';
import { queueStates } from '../../src/temporal/queue-states';
import { startTemporal } from '../support/temporal';
import { startApi, type TestApi } from './support/api';

const KEY = 'a-key-that-nobody-may-see';
let temporal: TestWorkflowEnvironment;
let api: TestApi;
let database: Database;
let store: SystemStore;

beforeAll(async () => {
  temporal = await startTemporal();
  api = await startApi({ TEMPORAL_ADDRESS: temporal.address, CREDENTIAL_KEY: KEY, EXECUTION_ENGINE: 'local' });
  database = await Database.open(api.config.databaseUrl);
  store = new SystemStore(database);
}, 60_000);
afterAll(async () => {
  await database?.close();
  await api?.stop();
  await temporal?.teardown();
});

const system = async () => SystemView.parse((await api.call('GET', '/system')).body);
const worker = (more: Partial<WorkerFacts> = {}): WorkerFacts => ({
  id: 'one',
  host: 'here',
  pid: 1,
  version: '1',
  engine: 'docker',
  slots: 2,
  started_at: new Date().toISOString(),
  seen_at: new Date().toISOString(),
  checks: [{ id: 'docker', title: 'Docker', verdict: 'ok', found: 'engine 27', remedy: null }],
  checked_at: new Date().toISOString(),
  ...more,
});

it('without a worker says so, and shows no finding that only a worker could have', async () => {
  const view = await system();
  expect(view.health).toEqual({ temporal: true, worker: false });
  expect(view.slots).toEqual({ total: null, in_use: 0, free: null });
  expect(view.workers).toEqual([]);
  expect(view.queues.map(({ name, pollers, backlog }) => [name, pollers, backlog])).toEqual(
    ['jobs', 'executions', 'datasets', 'drafts', 'scores'].map((name) => [name, 0, 0]),
  );
  expect(view.checks.map(({ id, by }) => [id, by])).toEqual(
    ['files', 'directories', 'disk', 'memory'].map((id) => [id, 'api']),
  );
  expect(view.versions).toMatchObject({ h2o: '3.46.0.11', image: null });
  expect(view.versions.temporal_server).toMatch(/^\d+\.\d+/);
  expect(view.versions.temporal_sdk).toMatch(/^1\.\d+/);
  expect(JSON.stringify(view)).not.toContain(KEY);
});

it('counts the tasks that wait, and who asks for them', async () => {
  const of = async (name: string) =>
    (await queueStates(temporal.client, api.config.temporal.taskQueue)).find((queue) => queue.name === name)!;
  await temporal.client.workflow.start('automlJob', {
    workflowId: 'waits-for-a-worker',
    taskQueue: api.config.temporal.taskQueue,
    args: [],
  });
  let jobs: QueueState = await of('jobs');
  while (jobs.backlog === 0) jobs = await of('jobs');
  expect(jobs).toMatchObject({ backlog: 1, pollers: 0 });
  await temporal.client.workflow.getHandle('waits-for-a-worker').terminate();
});

it('a worker tells what it found, counts for its slots while it is heard of, and not after', async () => {
  await store.beat(worker());
  expect(await system()).toMatchObject({
    health: { worker: true },
    slots: { total: 2, in_use: 0, free: 2 },
    workers: [{ id: 'one', alive: true }],
    versions: { image: api.config.execution.image },
  });
  expect((await system()).checks.at(-1)).toMatchObject({ id: 'docker', by: 'worker', found: 'engine 27' });

  await store.beat(worker({ seen_at: new Date(Date.now() - 31_000).toISOString() }));
  const silent = await system();
  expect(silent).toMatchObject({ health: { worker: false }, slots: { total: null }, workers: [{ alive: false }] });
  expect(silent.checks.some(({ by }) => by === 'worker')).toBe(false);

  await store.beat(worker({ id: 'long ago', seen_at: '2020-01-01T00:00:00.000Z' }));
  await store.beat(worker({ id: 'two' }));
  expect((await system()).workers.map(({ id }) => id).sort()).toEqual(['one', 'two']);
  await store.leave('one');
  await store.leave('two');
  expect((await system()).workers).toEqual([]);
});

it("a real heartbeat carries the doctor's checks, without what the model's address holds", async () => {
  const config = loadConfig({
    DATA_DIR: api.config.dataDir,
    EXECUTION_ENGINE: 'local',
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `http://user:${KEY}@127.0.0.1:1/v1`,
  });
  const log = createLogger('test', false);
  const engine = await createEngine(config, () => undefined);
  const heartbeat = new Heartbeat({ config, database, engine, slots: 3, log });
  await heartbeat.look();
  const view = await system();
  const found = view.checks.filter(({ by }) => by === 'worker');
  expect(found.map(({ id }) => id)).toEqual(['python', 'java', 'docker', 'sandbox', 'model_endpoint', 'orphans']);
  expect(found.find(({ id }) => id === 'model_endpoint')).toMatchObject({ verdict: 'warning' });
  expect(view).toMatchObject({ slots: { total: 3 }, workers: [{ engine: 'local', pid: process.pid }] });
  expect(JSON.stringify(view)).not.toContain(KEY);
  await heartbeat.stop();
  expect((await system()).health.worker).toBe(false);
});

it('lists what runs and what waits, and sums what models cost; ended and deleted jobs take no slot', async () => {
  const [training, waiting, ended, deleted] = [await api.job(), await api.job(), await api.job(), await api.job()];
  const now = new Date().toISOString();
  await database.write(async (manager) => {
    await manager.update(JobRow, { id: training }, { status: 'training_model', name: 'Trains' });
    await manager.update(JobRow, { id: waiting }, { status: 'queued', waiting_since: now, waiting_for: 'a slot' });
    await manager.update(JobRow, { id: ended }, { status: 'failed' });
    await manager.update(JobRow, { id: deleted }, { status: 'training_model', deleted_at: now });
    for (const job_id of [training, ended, deleted]) {
      const run = { job_id, phase: 'training', attempt: 1, incarnation: 1, engine: 'docker', started_at: now } as const;
      await manager.insert(ExecutionRow, { id: `run-${job_id}`, container: `automl-${job_id}`, ...run });
    }
    const turn = (number: number, more: Partial<AgentTurnRow>) => ({
      job_id: ended,
      phase: 'analysis' as const,
      attempt: 1,
      agent_name: 'DataProcessor',
      turn: number,
      run_no: 1,
      endpoint: 'openai',
      model: 'm',
      prompt: [],
      seen_message_id: 0,
      calls: 1,
      reserved_tokens: 0,
      seconds: 1,
      outage_seconds: 0,
      created_at: now,
      ...more,
    });
    await insertAll(manager, AgentTurnRow, [
      turn(1, { cost_usd: 0.5 }),
      turn(2, { cost_usd: 0.25, created_at: '2020-01-01T00:00:00.000Z' }),
      turn(3, { calls: 2, cost_usd: null }),
      turn(1, { job_id: deleted, cost_usd: 9 }),
    ]);
  });
  await store.beat(worker());
  const view = await system();
  expect(view.slots).toEqual({ total: 2, in_use: 1, free: 1 });
  expect(view.executions).toEqual([
    {
      job_id: training,
      job_name: 'Trains',
      phase: 'training',
      attempt: 1,
      engine: 'docker',
      container: `automl-${training}`,
      started_at: now,
    },
  ]);
  expect(view.waiting).toBe(1);
  expect(view.waiting_jobs).toEqual([
    { job_id: waiting, job_name: 'Sales', waiting_for: 'a slot', waiting_since: now },
  ]);
  expect(view.jobs).toEqual({ training_model: 1, queued: 1, failed: 1 });
  expect(view.spend).toEqual({
    today: { usd: 0.5, calls: 3, unpriced_calls: 2 },
    total: { usd: 0.75, calls: 4, unpriced_calls: 2 },
  });
});

it('measures what takes the disk, each file once and no link to elsewhere', async () => {
  const { dataDir, uploadDir, codingDir } = api.config;
  const megabyte = Buffer.alloc(1024 ** 2, 1);
  await mkdir(path.join(uploadDir, 'x', 'deep'), { recursive: true });
  await writeFile(path.join(uploadDir, 'x', 'deep', 'file.csv'), megabyte);
  await writeFile(path.join(codingDir, 'a'), megabyte);
  await writeFile(path.join(codingDir, 'b'), megabyte);
  await symlink('/usr', path.join(codingDir, 'elsewhere'));
  const meter = new StorageMeter(api.config);
  expect(meter.state()).toBeNull();
  await meter.measure();
  const sizes = Object.fromEntries(meter.state()!.places.map(({ name, bytes }) => [name, bytes / 1024 ** 2]));
  expect(sizes).toMatchObject({ models: 0, results: 0 });
  // A file system may count a few blocks more than a file's length.
  expect(sizes['uploads']).toBeCloseTo(1, 0);
  expect(sizes['jobs']).toBeCloseTo(2, 0);
  expect(sizes['database']).toBeGreaterThan(0.1);
  expect(sizes['other']).toBeLessThan(1);
  const missing = new StorageMeter({ ...api.config, dataDir: path.join(dataDir, 'none'), uploadDir: '/none' });
  await missing.measure();
  expect(missing.state()!.places.find(({ name }) => name === 'uploads')).toEqual({ name: 'uploads', bytes: 0 });
});

it('answers without Temporal too, and knows nothing of the queues then', async () => {
  const alone = await startApi();
  try {
    const view = SystemView.parse((await alone.call('GET', '/system')).body);
    expect(view.health.temporal).toBe(false);
    expect(view.versions.temporal_server).toBeNull();
    expect(view.queues).toHaveLength(5);
    expect(view.queues.every(({ pollers, backlog }) => pollers === null && backlog === null)).toBe(true);
  } finally {
    await alone.stop();
  }
});
