/**
 * Jobs arrive while a random process of the stack is killed every 20 to 40 seconds, by a seed that replays it. At the
 * end every job must be final and whole, nothing doubled, nothing left over: test/faults/chaos checks that.
 *
 * Options: --minutes N (20), --seed N (5), --engine local|docker (docker).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { option, writeResult } from './lib/report.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

export async function main(args) {
  const minutes = Number(option(args, 'minutes', '20'));
  const seed = option(args, 'seed', '5');
  const engine = option(args, 'engine', 'docker');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'automl-chaos-'));
  const report = path.join(folder, 'report.json');
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const file = path.join('test', 'faults', 'chaos', 'chaos.test.ts');
  const child = spawn(process.execPath, [jest, '--selectProjects', 'faults', '--runInBand', '--runTestsByPath', file], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CHAOS_SECONDS: String(minutes * 60),
      CHAOS_SEED: seed,
      CHAOS_ENGINE: engine,
      CHAOS_REPORT: report,
    },
  });
  const [code] = await once(child, 'exit');
  try {
    writeResult('chaos', `npm run bench -- chaos --minutes ${minutes} --seed ${seed} --engine ${engine}`, {
      peer: 'a script started by hand, of which any of these kills leaves nothing',
      passed: code === 0,
      ...JSON.parse(readFileSync(report, 'utf8')),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = code ?? 1;
}
