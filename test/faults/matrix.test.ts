import { existsSync } from 'node:fs';
import path from 'node:path';
import { FAULTS } from './faults';
import { expectHealed, expectNothingLeft, outcomeOf, type Outcome } from './healed';
import { Report, secondsOf } from './report';
import { processesOf } from './support/executions';
import { Installation, type EngineName } from './support/installation';
import { eventually } from './support/moments';
import { Scene } from './support/scene';

/** The faults of `npm test`, or with FAULTS=all every one in every engine that it is meant for. */
const full = process.env['FAULTS'] === 'all';
const CANCELLED_SECONDS = 10;
const DELETED_SECONDS = 30;
const FAULT_TIMEOUT_MS = 600_000;

const report = new Report();
afterAll(() => report.publish());

// Jest decides what runs before anything asynchronous may happen: the socket is what can be looked at by then.
const dockerAnswers = existsSync(process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock');

describeFaults('local');
if (dockerAnswers || process.env['REQUIRE_DOCKER']) describeFaults('docker');
else test.skip('faults of Docker containers: no Docker engine answers on this machine', () => undefined);

function describeFaults(engine: EngineName): void {
  const faults = FAULTS.filter((fault) => (full ? fault.engines.includes(engine) : fault.quick === engine));

  describe(`faults, engine ${engine}`, () => {
    let installation: Installation;
    let reference: Outcome;
    let undisturbedSeconds: number;

    beforeAll(async () => {
      installation = await Installation.create(engine);
      await installation.start();
      const scene = await newScene();
      await scene.submit();
      const job = await scene.final();
      expect(job).toMatchObject({ status: 'completed', error: null });
      reference = await outcomeOf(scene, job);
      undisturbedSeconds = secondsOf(job);
    }, FAULT_TIMEOUT_MS);
    afterAll(async () => await installation?.discard(), 120_000);

    async function newScene(): Promise<Scene> {
      return new Scene(installation, await installation.rows());
    }

    function expectWithin(fault: string, seconds: number, within: number, jobSeconds: number | null): void {
      report.add({
        ...{ fault, engine },
        recovered_seconds: seconds,
        within_seconds: within,
        job_seconds: jobSeconds,
        undisturbed_seconds: undisturbedSeconds,
      });
      expect(seconds).toBeLessThan(within);
    }

    test.each(faults)(
      '$name',
      async ({ name, within, incarnations = 1, happen }) => {
        const scene = await newScene();
        await happen(scene);
        const job = await installation.telling(() => expectHealed(scene, reference, incarnations));
        expectWithin(name, await scene.recovered(), within, secondsOf(job));
      },
      FAULT_TIMEOUT_MS,
    );

    if (!full) return;

    test(
      'cancelled mid-training: the execution is dead when the job says cancelled',
      async () => {
        const scene = await newScene();
        await scene.submit();
        await scene.untilMidTraining();
        const asked = Date.now();
        await installation.client.json(`/jobs/${scene.jobId}/cancel`, { method: 'POST' });
        const job = await scene.final();
        const seconds = (Date.now() - asked) / 1000;
        expect(processesOf(installation)).toEqual([]);
        expect(await installation.engine.list()).toEqual([]);
        expect(job).toMatchObject({ status: 'cancelled', error: null });
        expectWithin('cancelled mid-training', seconds, CANCELLED_SECONDS, null);
        expect(await scene.rows.all('SELECT exit FROM executions WHERE job_id = ?', scene.jobId)).toEqual([
          { exit: 'killed' },
        ]);
        await expectNothingLeft(installation);
      },
      FAULT_TIMEOUT_MS,
    );

    test(
      'deleted mid-training: hidden at once, and soon nothing of it is left',
      async () => {
        const scene = await newScene();
        await scene.submit();
        await scene.untilMidTraining();
        const asked = Date.now();
        await installation.client.json(`/jobs/${scene.jobId}`, { method: 'DELETE' });
        expect((await fetch(`${installation.client.url}/jobs/${scene.jobId}`)).status).toBe(404);
        await eventually('its row is gone', 60, async () => (await scene.row()) === undefined);
        expectWithin('deleted mid-training', (Date.now() - asked) / 1000, DELETED_SECONDS, null);
        await expectNothingLeft(installation);
        expect(await rowsLeft(scene)).toEqual({});
        const { codingDir, uploadDir, modelsDir, resultsDir } = installation.config;
        const folders = [
          path.join(codingDir, `pipeline_${scene.jobId}`),
          ...[uploadDir, modelsDir, resultsDir].map((folder) => path.join(folder, scene.jobId)),
        ];
        expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
      },
      FAULT_TIMEOUT_MS,
    );
  });
}

/** Rows that still name the job, counted by table; the audit log keeps what was done to it. */
async function rowsLeft(scene: Scene): Promise<Record<string, number>> {
  const tables = await scene.rows.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  const left: Record<string, number> = {};
  for (const { name } of tables) {
    const columns = await scene.rows.all<{ name: string }>(`PRAGMA table_info("${name}")`);
    if (name === 'audit_log' || !columns.some((column) => column.name === 'job_id')) continue;
    const counted = await scene.rows.one<{ n: number }>(
      `SELECT count(*) AS n FROM "${name}" WHERE job_id = ?`,
      scene.jobId,
    );
    if (counted?.n) left[name] = counted.n;
  }
  return left;
}
