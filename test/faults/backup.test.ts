import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expectNothingLeft, expectWhole, outcomeOf } from './healed';
import { Installation } from './support/installation';
import { Scene } from './support/scene';

const AUTOML = path.join(__dirname, '..', '..', 'bin', 'automl');
const execute = promisify(execFile);

let folder: string;
let first: Installation;
let second: Installation;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'automl-backups-'));
  first = await Installation.create('local');
  second = await Installation.create('local');
  await first.start();
}, 120_000);
afterAll(async () => {
  await first?.discard();
  await second?.discard();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

const automl = async ({ environment }: Installation, ...args: string[]) =>
  await execute(process.execPath, [AUTOML, ...args], { env: environment });

test('backed up mid-training and restored elsewhere, a job completes as the one that was left alone', async () => {
  const scene = new Scene(first, await first.rows());
  await scene.submit();
  const training = await scene.untilMidTraining();
  const backup = path.join(folder, 'backup');
  const take = () => automl(first, 'backup', backup, '--json');
  const { stdout } = await scene.executions.frozen(training, take);
  expect(JSON.parse(stdout)).toMatchObject({ jobs: 1, jobs_in_flight: 1, temporal: 'embedded' });
  const original = await outcomeOf(scene, await scene.final());
  await first.stop();

  await automl(second, 'restore', backup);
  await second.start();
  const restored = await Scene.of(second, scene.jobId);
  const job = await restored.final();
  expect(job).toMatchObject({ status: 'completed', run_no: 1 });
  await expectWhole(restored);
  const { metrics, predictions, modelsTrained } = await outcomeOf(restored, job);
  expect({ metrics, predictions, modelsTrained }).toEqual({
    metrics: original.metrics,
    predictions: original.predictions,
    modelsTrained: original.modelsTrained,
  });
  const runs = await restored.rows.all(
    "SELECT incarnation, exit FROM executions WHERE stage = 'train' ORDER BY incarnation",
  );
  expect(runs).toEqual([
    { incarnation: 1, exit: 'lost' },
    { incarnation: 2, exit: 'exited' },
  ]);
  await expectNothingLeft(second);
}, 600_000);

test('a backup that is killed leaves nothing under its name, and the next one is whole', async () => {
  const backup = path.join(folder, 'killed');
  const running = spawn(process.execPath, [AUTOML, 'backup', backup], { env: second.environment, stdio: 'ignore' });
  const ended = once(running, 'exit');
  while (running.exitCode === null && !readdirSync(folder).some((name) => name.startsWith('killed.'))) await pause(2);
  running.kill('SIGKILL');
  await ended;
  expect(existsSync(backup)).toBe(false);
  await automl(second, 'backup', backup);
  expect(readdirSync(folder).filter((name) => name.startsWith('killed'))).toEqual(['killed']);
}, 120_000);
