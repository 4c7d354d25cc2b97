/**
 * Makes a fresh clone ready to run: npm packages, the Python runtime, the build. Only Node's own modules are used,
 * since nothing else is there yet. Each part is skipped when nothing it depends on has changed since it was made.
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './lib/build.mjs';
import { SetupError, say } from './lib/console.mjs';
import { npmPackages } from './lib/npm-packages.mjs';
import { withLock } from './lib/process-lock.mjs';
import { pythonRuntime } from './lib/python-runtime.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @param {('packages' | 'python' | 'build')[]} wanted the parts to make; the build needs the packages
 * @throws {SetupError} with one sentence that says what to install
 */
export async function setUp(wanted = ['packages', 'python', 'build']) {
  checkNode();
  const parts = { packages: npmPackages(root), python: pythonRuntime(root), build: build(root) };
  const missing = () => wanted.filter((name) => !parts[name].ready());
  if (missing().length === 0) return;

  const lock = path.join(root, '.runtime', 'setup.lock');
  const waiting = (pid) => say(`another set-up (process ${pid}) is at work; waiting for it`);
  await interruptible(() => withLock(lock, () => makeAll(parts, missing()), waiting));
}

/** Packages and Python are downloaded side by side; the build follows the packages. */
async function makeAll(parts, missing) {
  const make = async (name) => {
    if (missing.includes(name)) await parts[name].make();
  };
  const results = await Promise.allSettled([make('packages').then(() => make('build')), make('python')]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  say('everything is set up');
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 9)) {
    throw new SetupError(`Node ${process.versions.node} is too old: install Node 20.9 or newer (https://nodejs.org).`);
  }
}

/** Lets a signal run the exit handlers that stop the commands under way. */
async function interruptible(work) {
  const stop = (signal) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    await work();
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Runs a script's main part; a problem the user can solve is one line, any other keeps its stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${error instanceof SetupError ? error.message : (error.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(setUp);
}
