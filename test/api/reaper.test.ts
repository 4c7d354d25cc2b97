import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { loadConfig } from '../../src/config';
import type { JobStatus } from '../../src/contracts/status';
import { createEngine } from '../../src/engines';
import type { ExecutionEngine, ExecutionHandle, ExecutionSpec } from '../../src/engines/engine';
import { createLogger } from '../../src/logger';
import { Reconciler } from '../../src/reconciler';
import { JobWorkflows } from '../../src/temporal/client';
import { systemPython } from '../engines/harness';
import { startTemporal } from '../support/temporal';
import { CSV, startApi, type TestApi } from './support/api';

/** Real runs at a real engine: the reaper removes those that provably belong to no living job, and no other. */
const SCRIPT = 'training.py';
const FOLDER = 'attempts/training-1';
const LOCAL = {
  EXECUTION_ENGINE: 'local',
  PYTHON_RUNTIME: systemPython(),
  CONTAINER_MEMORY_MB: '512',
  H2O_MAX_MEM: '256m',
};

let temporal: TestWorkflowEnvironment;
let api: TestApi;
let engine: ExecutionEngine;
let workflows: JobWorkflows;
let reconciler: Reconciler;

beforeAll(async () => {
  temporal = await startTemporal();
  api = await startApi({ TEMPORAL_ADDRESS: temporal.address, ...LOCAL });
  engine = await createEngine(api.config, () => undefined);
  workflows = JobWorkflows.connect(api.config);
  reconciler = new Reconciler({ store: api.store, workflows, engine, log: createLogger('test', false) });
}, 60_000);
afterAll(async () => {
  for (const handle of (await engine?.list()) ?? []) await engine.remove(handle);
  await workflows?.close();
  await api?.stop();
  await temporal?.teardown();
});

async function jobAt(status?: JobStatus): Promise<string> {
  const id = await api.job();
  if (status === 'created') return id;
  await api.upload(id, CSV);
  if (status) await api.store.updateJob({ job_id: id, run_no: 1 }, { status, phase: 'training' });
  return id;
}

/** A script that runs until somebody ends it. */
async function run(jobId: string, { codingDir } = api.config, at = engine): Promise<ExecutionHandle> {
  const workspace = path.join(codingDir, `pipeline_${jobId}`);
  mkdirSync(path.join(workspace, FOLDER), { recursive: true });
  writeFileSync(path.join(workspace, FOLDER, 'config.json'), '{}');
  writeFileSync(path.join(workspace, FOLDER, SCRIPT), 'import time\ntime.sleep(600)\n');
  const spec: ExecutionSpec = {
    ...{ job_id: jobId, phase: 'training', attempt: 1, incarnation: 1 },
    ...{ workspace, folder: FOLDER, script: SCRIPT, output: `${FOLDER}/out`, inputs: [] },
    limits: { memory_mb: 512, cpus: 1, timeout_seconds: 600, output_quota_mb: 50 },
  };
  return await at.start(spec);
}

it('leaves what may belong to somebody, and ends what belongs to nobody', async () => {
  const jobs = {
    created: await jobAt('created'),
    queued: await jobAt(),
    running: await jobAt('training_model'),
    paused: await jobAt('paused'),
    asking: await jobAt('awaiting_user_input'),
    being_deleted: await jobAt('training_model'),
    completed: await jobAt('completed'),
    failed: await jobAt('failed'),
    purged: await jobAt('training_model'),
  };
  const handles: Record<string, ExecutionHandle> = {};
  for (const [name, id] of Object.entries(jobs)) handles[name] = await run(id);
  await api.store.markDeleted(jobs.being_deleted);
  await api.store.purgeJob(jobs.purged);

  // Another installation on the same machine, whose jobs this one does not know.
  const other = loadConfig({ ...LOCAL, PATH: process.env['PATH'], DATA_DIR: path.join(api.config.dataDir, 'other') });
  const neighbour = await createEngine(other, () => undefined);
  const theirs = await run('theirs', other, neighbour);

  try {
    await reconciler.turn();
    await reconciler.turn();
    const left = new Set((await engine.list()).map(({ job_id }) => job_id));
    const kept = Object.entries(jobs).filter(([, id]) => left.has(id));
    expect(kept.map(([name]) => name)).toEqual(['created', 'queued', 'running', 'paused', 'asking', 'being_deleted']);
    for (const [name] of kept) expect([name, (await engine.inspect(handles[name]!)).running]).toEqual([name, true]);
    expect((await neighbour.inspect(theirs)).running).toBe(true);
  } finally {
    await neighbour.remove(theirs);
  }
});

it('ends nothing while the database does not answer', async () => {
  const handle = await run(await jobAt('training_model'));
  const away = Object.assign(Object.create(api.store) as typeof api.store, {
    getJob: () => Promise.reject(new Error('database is locked')),
  });
  const blind = new Reconciler({ store: away, workflows, engine, log: createLogger('test', false) });
  await expect(blind.turn()).rejects.toThrow('database is locked');
  expect((await engine.inspect(handle)).running).toBe(true);
});
