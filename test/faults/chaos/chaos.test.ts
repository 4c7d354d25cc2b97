import { writeFileSync } from 'node:fs';
import { expectNothingLeft, expectWhole, outcomeOf } from '../healed';
import { Installation, type EngineName } from '../support/installation';
import { Scene } from '../support/scene';
import { planOf } from './plan';
import { ends, soak, type Killed, type Submitted } from './soak';

/**
 * Jobs arrive while something of the stack is killed every 20 to 40 seconds, at random but by a seed. The short run
 * is part of `npm test`; `npm run bench -- chaos` is the long one, whose report is kept.
 */
const SECONDS = Number(process.env['CHAOS_SECONDS'] ?? 90);
const SEED = Number(process.env['CHAOS_SEED'] ?? 5);
const ENGINE = (process.env['CHAOS_ENGINE'] ?? 'local') as EngineName;
/** After the last kill: far beyond what the jobs still need. */
const END_SECONDS = 300 + SECONDS;

let installation: Installation;
beforeAll(async () => {
  installation = await Installation.create(ENGINE);
  await installation.start();
}, 120_000);
afterAll(async () => await installation?.discard(), 120_000);

test(
  `${SECONDS} s of chaos: every job completes once, as if nothing had been killed`,
  async () => {
    const { jobs, kills } = await installation.telling(() => soak(installation, planOf(SEED, SECONDS)));
    const finals = await installation.telling(() => ends(installation, jobs, END_SECONDS));
    report(jobs, kills, finals);
    expect(finals.filter((job) => job.status !== 'completed').map(({ id, error }) => ({ id, error }))).toEqual([]);

    const outcomes = new Map<string, string>();
    for (const [index, job] of finals.entries()) {
      const scene = await Scene.of(installation, job.id);
      await expectWhole(scene);
      await expectOneRunAtATime(scene);
      const { metrics, predictions, modelsTrained } = await outcomeOf(scene, job);
      const sample = jobs[index]!.sample.name;
      const outcome = JSON.stringify({ metrics, predictions, modelsTrained });
      expect(outcome).toBe(outcomes.get(sample) ?? outcome);
      outcomes.set(sample, outcome);
    }
    await expectNothingLeft(installation);
  },
  (SECONDS + END_SECONDS + 600) * 1000,
);

interface Run {
  phase: string;
  stage: string;
  attempt: number;
  incarnation: number;
  exit: string;
  started_at: string;
  finished_at: string;
}

/** Incarnations of a stage count up without holes, and each run was over, or proved dead, before the next one began. */
async function expectOneRunAtATime(scene: Scene): Promise<void> {
  const rows = await scene.rows.all<Run>(
    `SELECT phase, stage, attempt, incarnation, exit, started_at, finished_at FROM executions
      WHERE job_id = ? ORDER BY phase, started_at, incarnation`,
    scene.jobId,
  );
  const overlaps = rows.filter(
    ({ phase, started_at }, index) => rows[index - 1]?.phase === phase && started_at < rows[index - 1]!.finished_at,
  );
  expect(overlaps).toEqual([]);
  const stageOf = (row: Run) => `${row.phase} ${row.attempt} ${row.stage}`;
  for (const stage of new Set(rows.map(stageOf))) {
    const runs = rows.filter((row) => stageOf(row) === stage);
    expect(runs.map((row) => row.incarnation)).toEqual(runs.map((_, index) => index + 1));
    expect(runs.at(-1)!.exit).toBe('exited');
    expect(runs.slice(0, -1).filter((row) => !['lost', 'killed'].includes(row.exit))).toEqual([]);
  }
}

function report(jobs: Submitted[], kills: Killed[], finals: { status: string }[]): void {
  const count = (values: string[]) =>
    Object.fromEntries([...new Set(values)].sort().map((one) => [one, values.filter((value) => value === one).length]));
  const recoveries = kills.map((kill) => kill.recovered_seconds).sort((a, b) => a - b);
  const figures = {
    seed: SEED,
    seconds: SECONDS,
    engine: ENGINE,
    jobs: jobs.length,
    ends: count(finals.map((job) => job.status)),
    kills: kills.length,
    killed: count(kills.map((kill) => kill.died)),
    stack_back_after_seconds: {
      median: recoveries[Math.floor(recoveries.length / 2)] ?? null,
      worst: recoveries.at(-1) ?? null,
    },
  };
  process.stderr.write(`${JSON.stringify(figures)}\n`);
  if (process.env['CHAOS_REPORT']) writeFileSync(process.env['CHAOS_REPORT'], JSON.stringify(figures));
}
