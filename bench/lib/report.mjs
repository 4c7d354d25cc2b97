import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

const commit = () => execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();

function resultBefore(name) {
  const file = path.join(root, 'bench', 'results', `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** What earlier runs of a benchmark have left at this commit, where these facts of it are the same. */
export function keptRuns(name, facts) {
  const before = resultBefore(name);
  const same = Object.entries(facts).every(([key, value]) => before?.[key] === value);
  return same && before?.commit === commit() ? before.runs : [];
}

/** The rows (or another `part`) that earlier runs with the same settings have left, at any commit. */
export function keptRows(name, settings, part = 'rows') {
  const before = resultBefore(name);
  return before && JSON.stringify(before.settings) === JSON.stringify(settings) ? before[part] : [];
}

/** Writes a benchmark's figures with the machine they were measured on. */
export function writeResult(name, command, figures) {
  const result = {
    benchmark: name,
    command,
    date: new Date().toISOString(),
    commit: commit(),
    machine: {
      cores: os.availableParallelism(),
      memory_gb: Math.round(os.totalmem() / 1024 ** 3),
      node: process.version,
    },
    ...figures,
  };
  const folder = path.join(root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\nWritten to bench/results/${name}.json`);
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which a share of all values lie. */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export function round(value, digits = 3) {
  return Number(value.toPrecision(digits));
}

/** The value after `--name`, or the default. */
export function option(args, name, otherwise) {
  const index = args.indexOf(`--${name}`);
  return index < 0 ? otherwise : args[index + 1];
}
