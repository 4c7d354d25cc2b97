import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ScriptPhase } from '../../src/contracts/status';
import type { EngineName } from './support/installation';
import { halfAnUpload } from './support/half-upload';
import { eventually } from './support/moments';
import { lockDatabase } from './support/rows';
import type { Scene } from './support/scene';

/** The worst case of a dead worker: Temporal notices after one heartbeat time-out (20 s), and the retry follows. */
const HEARTBEAT_SECONDS = 20;
/** What the launcher grants a worker that is to stop. */
const DRAIN_SECONDS = 20;
/** A process starts again within seconds on a machine that has nothing else to do; these tests share theirs. */
const RESTART_SECONDS = 25;
const LOCK_MS = 30_000;

export interface Fault {
  name: string;
  engines: readonly EngineName[];
  /** The engine in which `npm test` runs it; the others are for the full matrix. */
  quick?: EngineName;
  /** How many incarnations the training has in the end, where the fault killed the execution itself. */
  incarnations?: number;
  /** Seconds from the harm until API and Temporal answer and the job goes on. */
  within: number;
  /** Drives a new job to the moment, and strikes. */
  happen(scene: Scene): Promise<void>;
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'worker killed while the data is prepared',
    engines: ['local'],
    within: HEARTBEAT_SECONDS + RESTART_SECONDS,
    async happen(scene) {
      const { codingDir } = scene.installation.config;
      const workspace = path.join(codingDir, `pipeline_${await scene.create()}`);
      const isDraft = (name: string) => name.startsWith('dataset.csv.') && name.endsWith('.tmp');
      const drafted = eventually('the data set is half written', 60, () => readdirSync(workspace).some(isDraft), 1);
      await scene.upload();
      await drafted;
      await scene.strike(() => scene.installation.kill('worker'));
      expect(await scene.rows.all('SELECT 1 FROM step_outputs WHERE job_id = ?', scene.jobId)).toEqual([]);
    },
  },
  {
    name: 'worker killed right after the container is created',
    engines: ['local', 'docker'],
    quick: 'docker',
    within: HEARTBEAT_SECONDS + RESTART_SECONDS,
    async happen(scene) {
      await scene.create();
      const created = scene.executions.created(scene.jobId, 'training');
      await scene.upload();
      await created;
      await scene.strike(() => scene.installation.kill('worker'));
    },
  },
  {
    name: 'worker killed mid-training',
    engines: ['local', 'docker'],
    within: HEARTBEAT_SECONDS + RESTART_SECONDS,
    async happen(scene) {
      await scene.submit();
      await scene.untilMidTraining();
      await scene.strike(() => scene.installation.kill('worker'));
    },
  },
  {
    name: 'worker stopped by SIGTERM mid-training',
    engines: ['local', 'docker'],
    // It tells Temporal that it goes: nobody waits for a heartbeat.
    within: DRAIN_SECONDS + RESTART_SECONDS,
    async happen(scene) {
      await scene.submit();
      await scene.untilMidTraining();
      await scene.strike(() => scene.installation.drain('worker', DRAIN_SECONDS));
    },
  },
  {
    name: "worker killed after the container's exit, before its result is saved",
    engines: ['local', 'docker'],
    within: HEARTBEAT_SECONDS + RESTART_SECONDS,
    async happen(scene) {
      await scene.submit();
      await scene.inSomePhase(async (phase) => {
        await scene.executions.exited(scene.jobId, phase);
        await scene.strike(() => scene.installation.kill('worker'));
        return !(await resultIsSaved(scene, phase));
      });
    },
  },
  {
    name: 'worker killed between saving the result and completing the activity',
    engines: ['local', 'docker'],
    quick: 'local',
    within: HEARTBEAT_SECONDS + RESTART_SECONDS,
    async happen(scene) {
      await scene.submit();
      await scene.inSomePhase(async (phase) => {
        await eventually(`the ${phase} result is saved`, 240, () => resultIsSaved(scene, phase), 1);
        await scene.strike(() => scene.installation.kill('worker'));
        const pending = await scene.installation.pendingActivities(scene.jobId);
        return pending?.includes(`CodeExecutor.${phase === 'training' ? 'evaluate' : phase}`) ?? false;
      });
    },
  },
  {
    name: 'API killed mid-upload; the client uploads again',
    engines: ['local'],
    within: RESTART_SECONDS,
    async happen(scene) {
      await scene.create();
      const half = await halfAnUpload(scene);
      await scene.strike(() => scene.installation.kill('api'), {
        revive: async () => {
          expect(await half.end).toBe('broken');
          await eventually('the upload is taken', 60, () => scene.upload().then(() => true));
        },
      });
    },
  },
  {
    name: 'Temporal away, and API killed between saving the upload and starting the workflow',
    engines: ['local'],
    quick: 'local',
    within: 2 * RESTART_SECONDS,
    async happen(scene) {
      await scene.create();
      await scene.installation.kill('temporal');
      const upload = scene.upload().catch(() => 'the API died meanwhile');
      await eventually('the upload is saved', 30, async () => Number((await scene.row())?.run_no) === 1, 1);
      await scene.strike(() => scene.installation.kill('api'));
      await upload;
    },
  },
  {
    name: 'API killed while a client polls',
    engines: ['local'],
    within: RESTART_SECONDS,
    async happen(scene) {
      await scene.submit();
      await scene.untilMidTraining();
      await scene.strike(() => scene.installation.kill('api'));
    },
  },
  {
    name: 'Temporal killed mid-training',
    engines: ['local', 'docker'],
    within: RESTART_SECONDS,
    async happen(scene) {
      await scene.submit();
      await scene.untilMidTraining();
      await scene.strike(() => scene.installation.kill('temporal'));
    },
  },
  {
    name: 'launcher killed mid-training, then started again',
    engines: ['local', 'docker'],
    within: HEARTBEAT_SECONDS + 2 * RESTART_SECONDS,
    async happen(scene) {
      const { installation } = scene;
      await scene.submit();
      await scene.untilMidTraining();
      await scene.strike(() => installation.killLauncher(), { revive: () => installation.start() });
    },
  },
  {
    name: 'power cut: everything killed at once, the execution too, then started again',
    engines: ['local', 'docker'],
    quick: 'local',
    incarnations: 2,
    within: HEARTBEAT_SECONDS + 2 * RESTART_SECONDS,
    async happen(scene) {
      const { installation, executions } = scene;
      await scene.submit();
      const handle = await scene.untilMidTraining();
      await scene.strike(
        async () => {
          await installation.killEverything();
          await executions.killAll(handle);
        },
        { revive: () => installation.start(), goesOn: () => scene.resumes() },
      );
    },
  },
  {
    name: 'the execution itself killed mid-training',
    engines: ['local', 'docker'],
    quick: 'docker',
    incarnations: 2,
    within: RESTART_SECONDS,
    async happen(scene) {
      await scene.submit();
      const handle = await scene.untilMidTraining();
      await scene.strike(() => scene.executions.killScript(handle), { goesOn: () => scene.resumes() });
    },
  },
  {
    name: "Temporal's database lost while the system was stopped mid-training",
    engines: ['local'],
    quick: 'local',
    within: HEARTBEAT_SECONDS + 2 * RESTART_SECONDS,
    async happen(scene) {
      const { installation } = scene;
      await scene.submit();
      await scene.untilMidTraining();
      await installation.stop();
      await scene.strike(
        async () => {
          for (const suffix of ['', '-wal', '-shm']) {
            rmSync(`${installation.config.temporal.databaseFile}${suffix}`, { force: true });
          }
        },
        { revive: () => installation.start() },
      );
    },
  },
  {
    name: 'database locked for 30 s mid-training',
    engines: ['local'],
    within: LOCK_MS / 1000 + RESTART_SECONDS,
    async happen(scene) {
      await scene.submit();
      await scene.untilMidTraining();
      let release: (() => Promise<void>) | undefined;
      await scene.strike(
        async () => {
          release = await lockDatabase(scene.installation.databaseFile);
        },
        {
          revive: async () => {
            await pause(LOCK_MS);
            await release?.();
          },
        },
      );
    },
  },
];

/** The answer that a retried activity finds; with it in place nothing is run or read again. */
export async function resultIsSaved(scene: Scene, phase: ScriptPhase): Promise<boolean> {
  const saved = await scene.rows.one(
    "SELECT 1 FROM step_outputs WHERE job_id = ? AND phase = ? AND attempt = 1 AND kind = 'execution'",
    scene.jobId,
    phase,
  );
  return saved !== undefined;
}
