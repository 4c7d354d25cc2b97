import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { CommandError, ask, run, which } from './command.mjs';
import { SetupError, step } from './console.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

/** Node's packages, as the lock file has them. */
export function npmPackages(root) {
  const stamp = path.join(root, 'node_modules', '.automl-setup.json');
  const inputs = digest(root, ['package-lock.json'], [process.versions.modules, process.platform, process.arch]);
  return {
    ready: () => readStamp(stamp)?.inputs === inputs,
    async make() {
      // Packages that a person installed by hand (npm install) are as good: nobody's folder is wiped for a stamp.
      if (!matchesLock(root)) await step('npm packages', () => install(root));
      linkOwnCommand(root);
      writeStamp(stamp, { inputs });
    },
  };
}

/** The one native part without a package for every platform: fetched where there is a binary, else compiled. */
export function sqliteDriver(root) {
  const stamp = path.join(root, 'node_modules', 'sqlite3', '.automl-setup.json');
  const inputs = [process.versions.modules, process.platform, process.arch].join(' ');
  return {
    ready: () => readStamp(stamp)?.inputs === inputs,
    async make() {
      if (!sqliteWorks(root)) await step('sqlite3 (compiling it takes about a minute)', () => buildSqlite(root));
      writeStamp(stamp, { inputs });
    },
  };
}

/**
 * Installs beside the project and moves the whole in at the end: an interrupted install breaks nothing. Without
 * install scripts: only sqlite3's is needed, and that one can run beside the build.
 */
async function install(root) {
  const staging = path.join(root, '.runtime', 'npm');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(staging, 'package.json'));
  const lockFile = path.join(staging, 'package-lock.json');
  const options = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=warn'];
  const command = ['npm', 'ci', ...options];
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  try {
    writeFileSync(lockFile, JSON.stringify(withAddresses(JSON.parse(lock), registryOf(root))));
    await runNpm(staging, command, path.join(root, '.runtime', 'logs', 'npm-ci.log'));
  } catch (error) {
    // A registry may lay its files out in another way: then npm has to look each of them up.
    if (!(error instanceof CommandError) || !/E40[134]/.test(error.output)) throw error;
    writeFileSync(lockFile, lock);
    await runNpm(staging, command, path.join(root, '.runtime', 'logs', 'npm-ci.log'));
  }
  const place = path.join(root, 'node_modules');
  if (existsSync(place)) renameSync(place, path.join(staging, 'old'));
  renameSync(path.join(staging, 'node_modules'), place);
  rmSync(staging, { recursive: true, force: true });
}

/**
 * The lock file names no registry, so npm would first fetch every package's whole list of versions: most of the
 * time of an install. With each file's address it fetches the files alone, and still checks their digests.
 */
function withAddresses(lock, registry) {
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (place === '' || entry.link || entry.inBundle || entry.resolved) continue;
    const name = entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    entry.resolved = `${registry}/${name}/-/${name.split('/').pop()}-${entry.version}.tgz`;
  }
  return lock;
}

function registryOf(root) {
  const answer = spawnSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' });
  return answer.stdout.trim().replace(/\/+$/, '');
}

async function buildSqlite(root) {
  const log = path.join(root, '.runtime', 'logs', 'npm-rebuild.log');
  await runNpm(root, ['npm', 'rebuild', 'sqlite3', '--foreground-scripts'], log);
  if (!sqliteWorks(root)) {
    throw new SetupError('sqlite3 was built but does not load; .runtime/logs/npm-rebuild.log says more.');
  }
}

async function runNpm(cwd, command, log) {
  const headers = localHeaders();
  const env = { ...process.env, ...(headers ? { npm_config_nodedir: headers } : {}) };
  // An npm that was started inside `npm run` inherits that run's settings; these would misdirect an install.
  for (const name of Object.keys(env)) if (/^npm_(package|lifecycle|command)/.test(name)) delete env[name];
  try {
    await run(command, { cwd, env, log });
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
  if (!(error instanceof CommandError) || !/gyp/.test(error.output)) return error;
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
