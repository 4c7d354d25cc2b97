import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack, submit, untilFinal } from '../lib/stack.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const PHASES = ['training', 'prediction', 'visualization'];

/**
 * Runs one real job and makes an interpreter that hands its outputs out again.
 * @returns the folder to remove afterwards, and what to set PYTHON_RUNTIME to
 */
export async function recordStandIn(file, job) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'automl-stand-in-'));
  const python = path.join(folder, 'bin', 'python');
  execFileSync('python3', ['-m', 'venv', '--without-pip', folder]);
  const [version] = readdirSync(path.join(folder, 'lib'));
  const packages = path.join(folder, 'lib', version, 'site-packages');
  copyFileSync(path.join(here, 'sitecustomize.py'), path.join(packages, 'sitecustomize.py'));

  const stack = await startStack({ EXECUTION_ENGINE: 'local' });
  try {
    const { job: done } = await untilFinal(stack, await submit(stack, file, job));
    if (done.status !== 'completed') throw new Error(`The recorded job ended ${done.status}: ${done.error_message}`);
    for (const phase of PHASES) {
      const from = path.join(stack.config.codingDir, `pipeline_${done.id}`, 'attempts', `${phase}-1`, 'out');
      const to = path.join(folder, 'recorded', phase);
      mkdirSync(to, { recursive: true });
      for (const name of readdirSync(from).filter((each) => statSync(path.join(from, each)).isFile())) {
        copyFileSync(path.join(from, name), path.join(to, name));
      }
    }
  } finally {
    await stack.stop();
  }
  return { folder, python };
}
