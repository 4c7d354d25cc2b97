import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { JobView, ModelView } from '../../src/contracts/jobs';
import { SCRIPT_PHASES } from '../../src/contracts/status';
import { processesOf } from './support/executions';
import type { Installation } from './support/installation';
import { eventually } from './support/moments';
import type { Scene } from './support/scene';

/** Between a job's end and the reaper's next turns. */
const REAPED_SECONDS = 20;

/** What a job leaves behind that must not depend on what was killed when. */
export interface Outcome {
  metrics: ModelView['metrics'];
  modelsTrained: number;
  predictions: string;
  /** Natural keys of all rows that tell of the job, table by table. */
  keys: Record<string, string[]>;
  /** Natural keys of the log: one per line that the runs printed. */
  logKeys: string[];
  calls: Record<string, number>;
}

const KEYS: Record<string, string> = {
  agent_messages: 'key',
  process_reports: 'key',
  agent_calls: 'key',
  generated_scripts: "script_type || '-' || attempt",
  step_outputs: "phase || '-' || attempt || '-' || kind",
  phase_attempts: "phase || '-' || attempt",
  models: 'attempt',
  predictions: "kind || '-' || attempt",
  leaderboard_rows: "phase || '-' || attempt || '-' || place || '-' || model_id",
};

/** Reads the outcome of a completed job. */
export async function outcomeOf(scene: Scene, job: JobView): Promise<Outcome> {
  const { client } = scene.installation;
  const [model] = await client.json<ModelView[]>(`/jobs/${job.id}/models`);
  const keys: Outcome['keys'] = {};
  for (const [table, key] of Object.entries(KEYS)) keys[table] = await keysOf(scene, table, key);
  const calls = await client.json<{ agent_name: string; calls_count: number }[]>(`/jobs/${job.id}/statistics`);
  return {
    metrics: model!.metrics,
    modelsTrained: job.models_trained,
    predictions: (await client.file(`/jobs/${job.id}/predictions_csv`)).bytes.toString(),
    keys,
    logKeys: await keysOf(scene, 'logs', 'key'),
    calls: Object.fromEntries(calls.map((row) => [row.agent_name, row.calls_count])),
  };
}

/**
 * The one thing all faults have in common: the job is as if nothing had happened.
 * @param incarnations of the training; only where the fault killed the execution itself are there two
 */
export async function expectHealed(scene: Scene, reference: Outcome, incarnations: number): Promise<JobView> {
  const job = await scene.final();
  expect(job).toMatchObject({ status: 'completed', error: null, progress: 100, phase: 'final_check', run_no: 1 });
  await expectWhole(scene);
  await expectExecutions(scene, incarnations);

  const { logKeys, ...outcome } = await outcomeOf(scene, job);
  const { logKeys: undisturbed, ...expected } = reference;
  expect(outcome).toEqual(expected);
  // A run that goes on where it was has printed the same lines; one that was begun again has told of that besides.
  if (incarnations === 1) expect(logKeys).toEqual(undisturbed);
  else expect(new Set(logKeys).size).toBe(logKeys.length);
  if (incarnations > 1) await expectResumed(scene);
  await expectNothingLeft(scene.installation);
  return job;
}

/** Every artefact is there, no fix attempt was needed, and the stream tells the story without a hole. */
export async function expectWhole(scene: Scene): Promise<void> {
  await expectArtifacts(scene);
  await expectNoFixAttempt(scene);
  await expectEvents(scene);
}

async function expectArtifacts(scene: Scene): Promise<void> {
  const { client } = scene.installation;
  const results = await client.json(`/jobs/${scene.jobId}/results`);
  expect(results).toMatchObject({ predictions_csv: true, forecast_plot: true, model_files: [{ exists: true }] });
  const plot = await client.file(`/jobs/${scene.jobId}/forecast_plot`);
  expect(plot.bytes.subarray(1, 4).toString()).toBe('PNG');
  const [model] = await client.json<ModelView[]>(`/jobs/${scene.jobId}/models`);
  expect((await client.file(`/models/${model!.id}/download`)).bytes.subarray(0, 2).toString()).toBe('PK');
}

/** One row for each incarnation, each ended, the last one well. */
async function expectExecutions(scene: Scene, incarnations: number): Promise<void> {
  const rows = await scene.rows.all(
    'SELECT phase, stage, attempt, incarnation, exit FROM executions WHERE job_id = ? ORDER BY phase, stage, incarnation',
    scene.jobId,
  );
  const expected = ['prediction', 'training/evaluate', 'training/seal', 'training/train', 'visualization'].flatMap(
    (run) => {
      const [phase, stage = ''] = run.split('/');
      const last = stage === 'train' ? incarnations : 1;
      return Array.from({ length: last }, (_, index) => ({
        phase,
        stage,
        attempt: 1,
        incarnation: index + 1,
        exit: index + 1 === last ? 'exited' : 'lost',
      }));
    },
  );
  expect(rows).toEqual(expected);
}

async function expectNoFixAttempt(scene: Scene): Promise<void> {
  const rows = await scene.rows.all(
    'SELECT phase, attempt, outcome FROM phase_attempts WHERE job_id = ? ORDER BY ordinal',
    scene.jobId,
  );
  const phases = ['analysis', ...SCRIPT_PHASES, 'final_check'];
  expect(rows).toEqual(phases.map((phase) => ({ phase, attempt: 1, outcome: 'succeeded' })));
}

/** The stream that clients follow: numbered without holes, and over exactly once. */
async function expectEvents(scene: Scene): Promise<void> {
  const events = await scene.rows.all<{ seq: number; type: string }>(
    'SELECT seq, type FROM job_events WHERE job_id = ? ORDER BY seq',
    scene.jobId,
  );
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter((event) => event.type === 'end')).toHaveLength(1);
  expect((await scene.row())?.event_seq).toBe(events.length);
}

/** The new incarnation loaded what the old one had trained, and trained none of it again. */
async function expectResumed(scene: Scene): Promise<void> {
  const logs = await scene.rows.all<{ key: string; message: string }>(
    "SELECT key, message FROM logs WHERE job_id = ? AND key LIKE 'training-%' ORDER BY id",
    scene.jobId,
  );
  const before = logs.filter((row) => row.key.startsWith('training-1-train-1-'));
  const after = logs.filter((row) => row.key.startsWith('training-1-train-2-'));
  const trained = before.flatMap((row) => /^Trained (\S+) /.exec(row.message)?.[1] ?? []);
  const loaded = after.flatMap((row) => /^(\S+) is loaded from its checkpoint/.exec(row.message)?.[1] ?? []);
  expect(trained.length).toBeGreaterThan(0);
  expect(loaded).toEqual(expect.arrayContaining(trained));
}

/** No run at the engine, no process, no half-written file. */
export async function expectNothingLeft(installation: Installation): Promise<void> {
  const left = async () => [
    ...(await installation.engine.list()).map((handle) => handle.name),
    ...processesOf(installation),
    ...(await unfinishedFiles(installation)),
  ];
  await eventually('the reaper is done', REAPED_SECONDS, async () => (await left()).length === 0).catch(
    () => undefined,
  );
  expect(await left()).toEqual([]);
}

async function unfinishedFiles({ config }: Installation): Promise<string[]> {
  const found: string[] = [];
  for (const folder of [config.codingDir, config.uploadDir, config.modelsDir, config.resultsDir]) {
    if (!existsSync(folder)) continue;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() && /\.(partial|tmp)$|\/\.quarantine\//.test(file))
        found.push(path.relative(config.dataDir, file));
    }
  }
  return found;
}

async function keysOf(scene: Scene, table: string, key: string): Promise<string[]> {
  const rows = await scene.rows.all<{ natural: string | number }>(
    `SELECT ${key} AS natural FROM ${table} WHERE job_id = ?`,
    scene.jobId,
  );
  return rows.map((row) => String(row.natural)).sort();
}
