/**
 * Mutated CSV files through all of intake: 20,000 by default, made from a seed. Each must end in a data set or in an
 * error with a code and a hint, within five seconds; and rows that were not touched must come out as before, unless the
 * data set itself says what became of them.
 *
 * Options: --files N (20000), --seed N (1), --show (each file that fails).
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { option, quantile, round, writeResult } from './lib/report.mjs';

const LIMIT_MS = 5000;
const file = path.join(import.meta.dirname, 'lib', 'fuzz-worker.mjs');

/** Runs files `from`, `from + step`, … in a thread; one that hangs is ended, recorded, and its thread replaced. */
function runThread({ from, step, files, seed }, verdicts) {
  return new Promise((resolve, reject) => {
    let current = from;
    let timer;
    const start = () => {
      const worker = new Worker(file, { workerData: { from: current, step, files, seed } });
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(async () => {
          verdicts.push({ index: current, kind: '?', outcome: 'hang', milliseconds: LIMIT_MS });
          current += step;
          await worker.terminate();
          start();
        }, 2 * LIMIT_MS);
      };
      watch();
      worker.on('message', (verdict) => {
        verdicts.push(verdict);
        current = verdict.index + step;
        watch();
        if (current >= files) {
          clearTimeout(timer);
          void worker.terminate().then(resolve);
        }
      });
      worker.on('error', reject);
    };
    start();
  });
}

export async function main(args) {
  const files = Number(option(args, 'files', '20000'));
  const seed = Number(option(args, 'seed', '1'));
  const threads = Math.max(1, availableParallelism() - 1);
  const verdicts = [];
  const began = performance.now();
  const task = (from) => runThread({ from, step: threads, files, seed }, verdicts);
  await Promise.all(Array.from({ length: threads }, (_, from) => task(from)));
  const seconds = round((performance.now() - began) / 1000);
  const counts = {};
  const errors = {};
  for (const { outcome, code } of verdicts) {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (code) errors[code] = (errors[code] ?? 0) + 1;
  }
  const bad = verdicts.filter(({ outcome }) => ['crash', 'hang', 'slow', 'silent', 'left_over'].includes(outcome));
  const times = verdicts.map(({ milliseconds }) => milliseconds);
  const figures = {
    files: verdicts.length,
    outcomes: counts,
    errors_by_code: errors,
    crashes: counts.crash ?? 0,
    over_5_s: (counts.hang ?? 0) + (counts.slow ?? 0),
    silent_wrong_parses: counts.silent ?? 0,
    milliseconds: {
      median: round(quantile(times, 0.5)),
      p99: round(quantile(times, 0.99)),
      max: round(Math.max(...times)),
    },
    seconds,
  };
  console.log(JSON.stringify(figures, null, 1));
  if (args.includes('--show')) bad.slice(0, 40).forEach((verdict) => console.log(JSON.stringify(verdict)));
  writeResult('fuzz', `npm run bench -- fuzz --files ${files} --seed ${seed}`, {
    peer: 'the goal: no crash, none over 5 s, no silent wrong parse of what was not mutated',
    figures,
    failing: bad.slice(0, 20),
  });
}
