import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ask, which } from './command.mjs';

/**
 * The tiers of `npm test`, by the `pool` they run in. Files of the pool `stacks` run abreast: each has a world of its own
 * - data folder, ports, database, containers - and waits for servers and heartbeats often enough to leave the processor
 * to another. `unfit` says why this machine can't run a tier.
 * @typedef {{name: string, pool: 'unit' | 'stacks' | 'alone' | 'runtime', unfit: () => string | undefined}} Tier
 */

/** @returns {Tier[]} */
export function tiers() {
  return [
    { name: 'unit', pool: 'unit', unfit: able },
    { name: 'api', pool: 'stacks', unfit: able },
    { name: 'sql', pool: 'stacks', unfit: withoutSqlServers },
    { name: 'workflows', pool: 'alone', unfit: able },
    { name: 'runtime', pool: 'runtime', unfit: able },
    { name: 'launcher', pool: 'stacks', unfit: able },
    { name: 'engines', pool: 'alone', unfit: able },
    { name: 'e2e', pool: 'stacks', unfit: able },
    { name: 'faults', pool: 'stacks', unfit: able },
    { name: 'compose', pool: 'alone', unfit: withoutCompose },
    { name: 'browser', pool: 'stacks', unfit: withoutBrowser },
  ];
}

/** Tests that need Docker skip themselves where no engine answers; this says so beforehand. */
export function dockerMissing() {
  return ask(['docker', 'version']) === undefined ? 'no Docker engine answers' : undefined;
}

/** Set-up brings all that the other tiers need. */
function able() {
  return undefined;
}

function withoutSqlServers() {
  const folder = '/usr/lib/postgresql';
  const postgres =
    which('postgres') ||
    (existsSync(folder) &&
      readdirSync(folder).some((version) => isExecutable(path.join(folder, version, 'bin/postgres'))));
  const mariadb = which('mariadbd') ?? which('mysqld') ?? (isExecutable('/usr/sbin/mariadbd') || undefined);
  return postgres || mariadb ? undefined : 'neither PostgreSQL nor MariaDB is installed';
}

function withoutBrowser() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = process.env.CHROMIUM_PATH ?? names.map((name) => which(name)).find(Boolean);
  return found ? undefined : 'no Chromium: install it or set CHROMIUM_PATH';
}

function withoutCompose() {
  const found = [['docker', 'compose'], ['docker-compose']].some(
    (command) => ask([...command, 'version']) !== undefined,
  );
  return found ? dockerMissing() : 'neither `docker compose` nor `docker-compose` is installed';
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Counts of a Jest run, by tier.
 * @param {string} file what `--json --outputFile` wrote
 * @returns {Record<string, Counts>}
 * @typedef {{passed: number, failed: number, skipped: number, skippedTests: string[]}} Counts
 */
export function jestCounts(file) {
  const counts = {};
  for (const suite of JSON.parse(readFileSync(file, 'utf8')).testResults) {
    const where = path.relative(process.cwd(), suite.name);
    const tier = /^test\/(\w+)\//.exec(where)?.[1] ?? 'unit';
    counts[tier] ??= { passed: 0, failed: 0, skipped: 0, skippedTests: [] };
    add(counts[tier], suite, where);
  }
  return counts;
}

function add(counts, { status, assertionResults }, where) {
  const of = (...states) => assertionResults.filter((test) => states.includes(test.status));
  const failed = of('failed').length;
  const skipped = of('pending', 'todo');
  counts.passed += of('passed').length;
  // A suite that does not even load has no failed tests, but it has failed.
  counts.failed += status === 'failed' && failed === 0 ? 1 : failed;
  counts.skipped += skipped.length;
  counts.skippedTests.push(...skipped.map((test) => `${where}: ${test.fullName}`));
}

/** Counts of a pytest run. @param {string} file what `--junitxml` wrote */
export function pytestCounts(file) {
  const [suite] = readFileSync(file, 'utf8').match(/<testsuite [^>]*>/) ?? [''];
  const number = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  const skipped = number('skipped');
  return { passed: number('tests') - failed - skipped, failed, skipped, skippedTests: [] };
}
