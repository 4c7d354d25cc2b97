/** A thread of `bench/fuzz.mjs`: makes its files, sends each through intake, posts a verdict. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { baseTable, mutate, randomOf } from './fuzz-mutations.mjs';

const { prepareDataset } = createRequire(import.meta.url)('../../dist/data/index.js');
/** In memory where the machine has such a place: every data set is synced to the disk. */
const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'automl-fuzz-'));
/** Files made of one table. */
const EACH = 20;
let base = { group: -1 };
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

async function prepare(content, bulkBytes) {
  const source = path.join(folder, 'source.csv');
  const destination = path.join(folder, 'canonical.csv');
  writeFileSync(source, content);
  try {
    const dataset = await prepareDataset({ source, sourceName: 'fuzz.csv', destination, bulkBytes });
    return { dataset, lines: readFileSync(destination, 'utf8').trimEnd().split('\n') };
  } finally {
    rmSync(destination, { force: true });
  }
}

/** What of the untouched rows is gone, when nothing in the data set says so. */
function silentLoss(base, changed, touched) {
  const before = base.dataset;
  const after = changed.dataset;
  const said =
    after.alterations.length > before.alterations.length ||
    after.warnings.length > 0 ||
    after.confidence < 0.8 ||
    JSON.stringify(after.columns.map(({ type, format }) => [type, format])) !==
      JSON.stringify(before.columns.map(({ type, format }) => [type, format]));
  if (said) return null;
  const left = new Set(changed.lines);
  const lost = base.lines.filter((line, row) => !touched.has(row) && !left.has(line));
  return lost.length === 0 ? null : lost.slice(0, 2);
}

async function judge(index) {
  const group = Math.floor(index / EACH);
  if (base.group !== group) {
    const table = baseTable(randomOf(workerData.seed * 1_000_003 + group));
    base = { group, table, ...(await prepare(table.text)) };
  }
  const { content, kind, touched } = mutate(base.table, randomOf(workerData.seed * 7_000_003 + index));
  const verdict = { index, kind };
  // Every tenth file by DuckDB's reader, which small files are not given to.
  const bulkBytes = index % 10 === 0 ? 0 : undefined;
  const began = performance.now();
  const done = (outcome, more = {}) => ({ ...verdict, outcome, milliseconds: performance.now() - began, ...more });
  let result;
  try {
    result = await prepare(content, bulkBytes);
  } catch (error) {
    const failure = error?.failure;
    if (!failure?.code || !failure.hint) return done('crash', { message: String(error?.stack ?? error).slice(0, 500) });
    return done('refused', { code: failure.code });
  }
  if (performance.now() - began > 5000) return done('slow');
  if (readdirSync(folder).length > 1) return done('left_over', { files: readdirSync(folder) });
  const lost = silentLoss(base, result, touched);
  return lost === null ? done('read') : done('silent', { lost, content: content.toString('latin1').slice(0, 600) });
}

for (let index = workerData.from; index < workerData.files; index += workerData.step) {
  parentPort.postMessage(await judge(index));
}
