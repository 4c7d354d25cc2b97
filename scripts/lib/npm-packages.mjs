import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { CommandError, ask, run, which } from './command.mjs';
import { SetupError, step } from './console.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

/** Node's packages, as the lock file has them, with `sqlite3` compiled where no binary could be fetched. */
export function npmPackages(root) {
  const stamp = path.join(root, 'node_modules', '.automl-setup.json');
  const inputs = () => digest(root, ['package-lock.json'], [process.versions.modules, process.platform, process.arch]);
  const finish = () => {
    linkOwnCommand(root);
    writeStamp(stamp, { inputs: inputs() });
  };

  return {
    ready: () => readStamp(stamp)?.inputs === inputs(),
    async make() {
      // Packages that a person installed by hand (npm install) are as good: nobody's folder is wiped for a stamp.
      if (matchesLock(root) && sqliteWorks(root)) return finish();
      await step('npm packages (a first time takes a minute or two: one of them is compiled)', () => install(root));
      if (!sqliteWorks(root)) await step('compiling sqlite3', () => rebuildSqlite(root));
      finish();
    },
  };
}

async function install(root) {
  const command = ['npm', 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn'];
  await runNpm(root, command, 'npm-ci.log');
}

async function rebuildSqlite(root) {
  await runNpm(root, ['npm', 'rebuild', 'sqlite3', '--foreground-scripts'], 'npm-rebuild.log');
  if (!sqliteWorks(root)) {
    throw new SetupError('sqlite3 was built but does not load; .runtime/logs/npm-rebuild.log says more.');
  }
}

async function runNpm(root, command, logName) {
  const headers = localHeaders();
  const env = { ...process.env, ...(headers ? { npm_config_nodedir: headers } : {}) };
  // An npm that was started inside `npm run` inherits that run's settings; these would misdirect an install.
  for (const name of Object.keys(env)) if (/^npm_(package|lifecycle|command)/.test(name)) delete env[name];
  try {
    await run(command, { cwd: root, env, log: path.join(root, '.runtime', 'logs', logName) });
  } catch (error) {
    throw explained(error, headers);
  }
}

/** The folder above `include/node` of this very Node: compiling against it needs no download. */
function localHeaders() {
  const prefix = path.dirname(path.dirname(process.execPath));
  return [prefix, '/usr', '/usr/local'].find((candidate) => {
    const header = path.join(candidate, 'include', 'node', 'node_version.h');
    if (!existsSync(header)) return false;
    const major = /define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(header, 'utf8'))?.[1];
    return major === process.versions.node.split('.')[0];
  });
}

function explained(error, headers) {
  if (!(error instanceof CommandError) || !/gyp|sqlite3/.test(error.output)) return error;
  const missing = [
    which('make') ? [] : ['make'],
    (which('c++') ?? which('g++') ?? which('clang++')) ? [] : ['a C++ compiler'],
    which('python3') ? [] : ['Python 3'],
  ].flat();
  if (missing.length > 0) {
    return new SetupError(
      `sqlite3 has to be compiled on this machine, and ${missing.join(' and ')} is missing: ` +
        'install a C++ toolchain (Debian, Ubuntu: apt-get install build-essential python3; macOS: xcode-select --install).',
    );
  }
  if (!headers && /node-gyp.*(headers|ENOTFOUND|ECONN)|getaddrinfo/s.test(error.output)) {
    return new SetupError(
      "sqlite3 has to be compiled on this machine, and Node's headers could not be fetched: install them " +
        '(Debian, Ubuntu: apt-get install libnode-dev, or a Node from nodejs.org, which brings them).',
    );
  }
  return error;
}

/** Whether every package of the lock file is there in its version; optional ones may be missing. */
function matchesLock(root) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages).every(([place, entry]) => {
    if (place === '' || entry.optional || entry.devOptional || entry.peer || entry.link) return true;
    return readStamp(path.join(root, place, 'package.json'))?.version === entry.version;
  });
}

/** Loaded in a process of its own: a binary made for another Node may crash the one that loads it. */
function sqliteWorks(root) {
  const main = path.join(root, 'node_modules', 'sqlite3');
  return existsSync(main) && ask([process.execPath, '-e', `require(${JSON.stringify(main)})`]) !== undefined;
}

/** `npx automl` then finds the command at once, without asking a registry. */
function linkOwnCommand(root) {
  const link = path.join(root, 'node_modules', '.bin', 'automl');
  mkdirSync(path.dirname(link), { recursive: true });
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync(path.join('..', '..', 'bin', 'automl'), link);
}
