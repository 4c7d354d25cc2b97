import { copyFileSync, cpSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { snapshotSqlite } from '../../src/cli/backup/databases';
import { loadConfig } from '../../src/config';
import type { JobView } from '../../src/contracts/jobs';
import { resultIsSaved } from './faults';
import { expectHealed, expectNothingLeft, outcomeOf, type Outcome } from './healed';
import { SmallDisk } from './support/disk';
import { halfAnUpload } from './support/half-upload';
import { Installation } from './support/installation';
import { eventually } from './support/moments';
import { Scene } from './support/scene';

/** Faults of the machine below the system: disks and databases. Each has an installation of its own to harm. */
const TIMEOUT_MS = 600_000;
const DISK_MB = 1500;
/** How long a fault lasts before somebody mends the machine. */
const LASTS_MS = 20_000;
/** Until a fault that nobody can pass over has ended the job. */
const FAILED_SECONDS = 120;

describe('faults of the machine', () => {
  let disk: SmallDisk;
  let installation: Installation;
  let reference: Outcome;

  beforeAll(async () => {
    const undisturbed = await Installation.create('local');
    await undisturbed.start();
    const scene = new Scene(undisturbed, await undisturbed.rows());
    await scene.submit();
    reference = await outcomeOf(scene, await scene.final());
    await undisturbed.discard();
  }, TIMEOUT_MS);

  beforeEach(() => void (disk = SmallDisk.make(DISK_MB)));
  afterEach(async () => {
    disk.remount('rw');
    disk.free();
    await installation?.discard();
    disk.remove();
  }, 120_000);

  async function start(more: NodeJS.ProcessEnv = {}): Promise<Scene> {
    installation = await Installation.create('local', more);
    await installation.start();
    return new Scene(installation, await installation.rows());
  }
  const onDisk = () => ({ DATA_DIR: path.join(disk.folder, 'data') });

  test(
    'the disk is full for a while mid-training: the job waits, and no fix attempt is used up',
    async () => {
      const scene = await start(onDisk());
      await scene.submit();
      await scene.untilMidTraining();
      disk.fill();
      await pause(LASTS_MS);
      disk.free();
      const incarnations = await trainingIncarnations(scene);
      await expectHealed(scene, reference, incarnations);
    },
    TIMEOUT_MS,
  );

  test(
    'the disk is full when a file is uploaded: told, nothing is left, and the next try works',
    async () => {
      const scene = await start(onDisk());
      await scene.create();
      disk.fill();
      const refused = await scene.upload().catch((error: Error) => error.message);
      expect(refused).toContain('507');
      expect(refused).toContain('disk_full');
      disk.free();
      await expectNothingLeft(installation);
      await scene.upload();
      await expectHealed(scene, reference, 1);
    },
    TIMEOUT_MS,
  );

  test(
    'the disk becomes full amid an upload: told, nothing is left, and the next try works',
    async () => {
      const scene = await start(onDisk());
      await scene.create();
      const half = await halfAnUpload(scene);
      disk.fill();
      expect(await half.finish()).toMatch(/^507 .*disk_full/);
      disk.free();
      await expectNothingLeft(installation);
      await scene.upload();
      await expectHealed(scene, reference, 1);
    },
    TIMEOUT_MS,
  );

  test(
    'the disk is full when a run has ended and its result is to be saved: it is saved once there is room',
    async () => {
      const scene = await start(onDisk());
      await scene.submit();
      await scene.untilMidTraining();
      // The worker looks away meanwhile: it would save the result before the disk is full.
      const worker = await installation.part('worker');
      process.kill(worker.pid, 'SIGSTOP');
      await scene.executions.exited(scene.jobId, 'training');
      disk.fill();
      process.kill(worker.pid, 'SIGCONT');
      expect(await resultIsSaved(scene, 'training')).toBe(false);
      await pause(LASTS_MS);
      disk.free();
      await expectHealed(scene, reference, 1);
    },
    TIMEOUT_MS,
  );

  test(
    'the database is read-only for a while: what needs it waits, and the job completes',
    async () => {
      const scene = await start({ DATABASE_URL: path.join(disk.folder, 'automl.db') });
      await scene.submit();
      await scene.untilMidTraining();
      await installation.closeRows();
      // A disk can't be made read-only under a process that writes there: they die, and find it so when they are back.
      await eventually(
        'the disk is read-only',
        60,
        async () => {
          await Promise.all((['api', 'worker'] as const).map((part) => installation.kill(part)));
          return disk.remount('ro');
        },
        1,
      );
      await pause(LASTS_MS);
      disk.remount('rw');
      await expectHealed(await Scene.of(installation, scene.jobId), reference, 1);
    },
    TIMEOUT_MS,
  );

  test(
    "Temporal's database is older than ours: what is recorded is not done again",
    async () => {
      const scene = await start();
      const { databaseFile } = installation.config.temporal;
      const older = path.join(disk.folder, 'older.db');
      await scene.create();
      const begun = scene.executions.created(scene.jobId, 'training');
      await scene.upload();
      await begun;
      await snapshotSqlite(databaseFile, older);
      await scene.untilMidTraining();
      await eventually('a later phase is on', 240, async () => (await scene.row())?.phase === 'prediction');
      await installation.stop();
      for (const suffix of ['-wal', '-shm']) rmSync(`${databaseFile}${suffix}`, { force: true });
      copyFileSync(older, databaseFile);
      await installation.start();
      await expectHealed(scene, reference, 1);
    },
    TIMEOUT_MS,
  );

  test(
    'a fault that nobody can pass over ends the job with a hint, and a retry works once it is mended',
    async () => {
      const runtime = path.join(disk.folder, 'runtime');
      const [original] = loadConfig().execution.pythonRuntime.split('/bin/');
      cpSync(original!, runtime, { recursive: true, verbatimSymlinks: true });
      const scene = await start({ PYTHON_RUNTIME: path.join(runtime, 'bin', 'python') });
      renameSync(runtime, `${runtime}.away`);
      await scene.submit();
      const failed = await eventually('the job has failed', FAILED_SECONDS, async () => {
        const job = await installation.client.job(scene.jobId);
        return job.final && job;
      });
      expect(failed).toMatchObject({ status: 'failed', error: { category: 'system' } });
      expect(failed.error!.hint).not.toBe('');
      renameSync(`${runtime}.away`, runtime);
      await installation.client.json(`/jobs/${scene.jobId}/retry`, { method: 'POST', body: '{}' });
      const job: JobView = await scene.final();
      expect(job).toMatchObject({ status: 'completed', run_no: 2, error: null });
      await expectNothingLeft(installation);
    },
    TIMEOUT_MS,
  );
});

async function trainingIncarnations(scene: Scene): Promise<number> {
  await scene.final();
  const rows = await scene.rows.all("SELECT 1 FROM executions WHERE job_id = ? AND stage = 'train'", scene.jobId);
  return rows.length;
}
