/**
 * Whether a job ends when its time budget says: public tables and series, each with budgets of a minute and more, the
 * whole job from its upload to `completed`, against the budget and what the goal allows beside it (10 % or 15 s).
 *
 * Options: --seconds 60,180,300 (budgets), --engine local.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataPackages } from './lib/peers.mjs';
import { python, runPython } from './lib/planned.mjs';
import { option, round, writeResult } from './lib/report.mjs';
import { getJson, startStack, submit, untilFinal } from './lib/stack.mjs';
import { PACKAGES } from './tabular.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const bicycles = path.join(here, '..', 'examples', 'bike_sharing_daily.csv');
const TABLES = ['ames', 'credit'];
/** Seconds, or a share of the budget, by which a job may end later. */
const ALLOWED_SECONDS = 15;
const ALLOWED_SHARE = 0.1;

export async function main(args) {
  const budgets = option(args, 'seconds', '60,180,300').split(',').map(Number);
  const engine = option(args, 'engine', 'local');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'automl-budget-'));
  const stack = await startStack({ EXECUTION_ENGINE: engine, MAX_MODELS: '100' });
  try {
    const sets = [
      { name: 'bicycles', file: bicycles, target: 'total_rentals', prompt: 'Forecast the rentals of the next 14 days' },
      ...TABLES.map((name) => tableOf(name, folder)),
    ];
    const runs = [];
    for (const budget of budgets) {
      for (const set of sets) {
        runs.push(await runJob(stack, set, budget));
        console.log(JSON.stringify(runs.at(-1)));
      }
    }
    const kept = runs.filter((run) => run.late <= Math.max(ALLOWED_SECONDS, ALLOWED_SHARE * run.budget));
    writeResult('budget', `npm run bench -- budget ${args.join(' ')}`.trim(), {
      peer: `the budget itself, and ${ALLOWED_SECONDS} s or ${100 * ALLOWED_SHARE} % more`,
      engine,
      jobs: runs.length,
      kept: kept.length,
      latest: Math.max(...runs.map((run) => run.late)),
      earliest: Math.min(...runs.map((run) => run.late)),
      runs,
    });
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf(name, folder) {
  const tables = path.join(here, 'tabular', 'tables.py');
  const facts = JSON.parse(runPython([tables, dataPackages(python, PACKAGES), folder, name]));
  return { name, file: path.join(folder, `${name}.csv`), target: facts.target, prompt: `Predict ${facts.target}` };
}

/** One job. `late` is by how many seconds it ended after its budget; negative: before. */
async function runJob(stack, { name, file, target, prompt }, budget) {
  const asked = { name, prompt, target_column: target, max_runtime_secs: budget, seed: 1, agents: 'template' };
  const { job, seconds } = await untilFinal(stack, await submit(stack, file, asked));
  if (job.status !== 'completed') throw new Error(`${name}: ${job.status}: ${job.error_message}`);
  const { executions } = await getJson(`${stack.url}/jobs/${job.id}/timeline`);
  const runs = executions.map((run) => ({ phase: run.phase, stage: run.stage ?? null, seconds: round(run.seconds) }));
  const models = (await getJson(`${stack.url}/jobs/${job.id}/leaderboard`)).length;
  return { name, budget, seconds: round(seconds), late: round(seconds - budget), models, runs };
}
