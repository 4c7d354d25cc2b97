/**
 * Makes a fresh clone ready to run: npm packages, the Python runtime, the build. Only Node's own modules are used,
 * since nothing else is there yet. Each part is skipped when nothing it depends on has changed since it was made.
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './lib/build.mjs';
import { SetupError, say } from './lib/console.mjs';
import { npmPackages, sqliteDriver } from './lib/npm-packages.mjs';
import { withLock } from './lib/process-lock.mjs';
import { pythonRuntime } from './lib/python-runtime.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @param {('packages' | 'sqlite' | 'python' | 'build')[]} wanted the parts to make; sqlite and build need packages
 * @throws {SetupError} with one sentence that says what to install
 */
export async function setUp(wanted = ['packages', 'sqlite', 'python', 'build']) {
  checkNode();
  const parts = {
    packages: npmPackages(root),
    sqlite: sqliteDriver(root),
    python: pythonRuntime(root),
    build: build(root),
  };
  if (wanted.every((name) => parts[name].ready())) return;

  const lock = path.join(root, '.runtime', 'setup.lock');
  const waiting = (pid) => say(`another set-up (process ${pid}) is at work; waiting for it`);
  await interruptible(() => withLock(lock, () => makeAll(parts, wanted), waiting));
}

/** Packages and Python are downloaded side by side; the build and the compiling follow the packages. */
async function makeAll(parts, wanted) {
  const make = async (name) => {
    // Asked only now: new packages take sqlite3's binary with them, and another set-up may just have made it all.
    if (wanted.includes(name) && !parts[name].ready()) await parts[name].make();
  };
  const afterPackages = () => allOf([make('sqlite'), make('build')]);
  await allOf([make('packages').then(afterPackages), make('python')]);
  say('everything is set up');
}

/** Waits for all of them, then fails with the first that failed: nothing is left running unwatched. */
async function allOf(works) {
  const results = await Promise.allSettled(works);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
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
