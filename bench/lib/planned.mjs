/** The template's plan for a file, and its training, made as the system makes them: without API, worker and Temporal. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataPackages } from './peers.mjs';

const bench = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const { loadConfig } = require('../../dist/config.js');
const { prepareDataset, readRows, readColumns, readEvenSample, countRepeatedRows } = require('../../dist/data');
const { columnsToRead } = require('../../dist/agents/data-processor');
const { analyse } = require('../../dist/agents/data-processor/template.js');
const { buildTraining } = require('../../dist/agents/model-builder/template.js');
const { renderPredictionScript } = require('../../dist/agents/scripts');

export const { pythonRuntime: python } = loadConfig(process.env).execution;
export const CORES = 2;
export const HEAP_MB = 2500;
const MEMORY_MB = 4096;
const PYTHONPATH = [path.join(bench, '..', 'runtime', 'h2o'), path.join(bench, 'tabular')].join(path.delimiter);

/** By the system's Python, or another one. */
export function runPython(args, { env = {}, python: own = python, ...options } = {}) {
  const stdio = [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'];
  const environment = { ...process.env, PYTHONPATH, ...env };
  return execFileSync(own, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio, ...options, env: environment });
}

/** The template's plan for a CSV file, whose canonical form is written to the destination. */
export async function planOf(csv, destination, { asked, models }) {
  const dataset = await prepareDataset({ source: csv, sourceName: path.basename(csv), destination });
  const job = { job_id: 'bench', name: 'bench', ...asked };
  const size = { rows: dataset.rows, columns: dataset.columns.length };
  const wanted = columnsToRead(dataset, job);
  const input = {
    job,
    dataset,
    sample: (await readRows(destination, { offset: 0, limit: 200 })).rows,
    even: await readEvenSample(destination, { ...size, limit: 20_000 }),
    repeated_rows: await countRepeatedRows(destination, { ...size, bytes: dataset.bytes }),
    date_values: await readColumns(destination, wanted.dates, 200_000),
    id_values: await readColumns(destination, wanted.ids, 200_000),
  };
  const signal = new AbortController().signal;
  const { output: report } = await analyse(input, { signal });
  const limits = { heap_mb: HEAP_MB, memory_mb: MEMORY_MB, max_models: models, max_runtime_secs: null, cpus: CORES };
  const brief = { phase: 'training', attempt: 1, job, report, limits, past: [] };
  const { output } = await buildTraining({ ...brief, training: null }, { signal });
  return { dataset, report, plan: output.plan };
}

/** The package that a plan with holidays asks for, where a run finds it: in `extras`, two folders above its script. */
function giveHolidays(folder) {
  const extras = path.join(folder, 'extras');
  if (existsSync(extras)) return;
  mkdirSync(extras);
  const pins = path.join(bench, '..', 'runtime', 'h2o', 'extras', 'holidays.txt');
  symlinkSync(dataPackages(python, ['-r', pins]), path.join(extras, 'holidays'));
}

/** Runs a plan in a folder beside the canonical dataset.csv. @returns where its files are, and what it said */
export function runPlan(folder, phase, { dataset, plan, name = phase, model = null, env }) {
  const at = path.join(folder, name);
  const [file, out] = [path.join(at, 'config.json'), path.join(at, 'out')];
  mkdirSync(at);
  const config = {
    ...{ schema_version: 1, job_id: 'bench', job_name: 'bench', phase, attempt: 1, plan, output: 'out' },
    dataset: { path: '../dataset.csv', sha256: dataset.sha256, rows: dataset.rows, columns: dataset.columns },
    ...{ model, predictions: null, threads: CORES },
  };
  writeFileSync(file, JSON.stringify(config));
  if (plan.holidays) giveHolidays(folder);
  const script = path.join(at, 'script.py');
  if (phase === 'prediction')
    writeFileSync(script, renderPredictionScript(plan, { job_name: 'b', prompt: 'b', attempt: 1 }));
  const began = performance.now();
  runPython(phase === 'training' ? ['-m', 'automl_runtime', 'train', file, '--output', out] : [script], { env });
  const seconds = (performance.now() - began) / 1000;
  return { out, seconds, result: JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8')) };
}
