import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { run } from './command.mjs';
import { step } from './console.mjs';
import { withLock } from './process-lock.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

const REQUIREMENTS = 'runtime/h2o/requirements-dev.txt';

/** Adds what tests and checks of the Python runtime need to `.runtime/venv`, once. */
export async function ensureRuntimeTools(root) {
  const stamp = path.join(root, '.runtime', 'venv', '.automl-tools.json');
  const inputs = digest(root, [REQUIREMENTS, 'runtime/h2o/requirements.txt']);
  const install = async () => {
    if (readStamp(stamp)?.inputs === inputs) return;
    const pip = [pythonOf(root), '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];
    const log = path.join(root, '.runtime', 'logs', 'pip-tools.log');
    await step('tools for the Python runtime (pytest, ruff, mypy)', () =>
      run([...pip, '-r', path.join(root, REQUIREMENTS)], { cwd: root, log }),
    );
    writeStamp(stamp, { inputs });
  };
  if (readStamp(stamp)?.inputs === inputs) return;
  await withLock(path.join(root, '.runtime', 'setup.lock'), install, () => {});
}

/** Runs a Python module over the runtime. @returns {Promise<number>} its exit status */
export async function runPython(root, args) {
  const java = readStamp(path.join(root, '.runtime', 'java.json'))?.java_home;
  const child = spawn(pythonOf(root), args, {
    cwd: path.join(root, 'runtime', 'h2o'),
    stdio: 'inherit',
    env: { ...process.env, ...(java ? { JAVA_HOME: java } : {}) },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

function pythonOf(root) {
  return path.join(root, '.runtime', 'venv', 'bin', 'python');
}
