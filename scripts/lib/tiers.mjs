import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ask, which } from './command.mjs';

/**
 * The tiers of `npm test`, in the order they run: quick ones first. `unfit` says why this machine can't run one.
 * @typedef {{name: string, unfit: () => string | undefined}} Tier
 */

/** @returns {Tier[]} */
export function tiers() {
  return [
    { name: 'unit', unfit: able },
    { name: 'api', unfit: able },
    { name: 'sql', unfit: withoutSqlServers },
    { name: 'workflows', unfit: able },
    { name: 'runtime', unfit: able },
    { name: 'launcher', unfit: able },
    { name: 'engines', unfit: able },
    { name: 'e2e', unfit: able },
    { name: 'faults', unfit: able },
    { name: 'compose', unfit: withoutCompose },
    { name: 'browser', unfit: withoutBrowser },
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

/** Counts of a Jest run. @param {string} file what `--json --outputFile` wrote */
export function jestCounts(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const skippedTests = report.testResults.flatMap((suite) =>
    suite.assertionResults
      .filter((test) => test.status === 'pending' || test.status === 'todo')
      .map((test) => `${path.relative(process.cwd(), suite.name)}: ${test.fullName}`),
  );
  // A suite that does not even load has no failed tests, but it has failed.
  const brokenSuites = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenSuites,
    skipped: report.numPendingTests + report.numTodoTests,
    skippedTests,
  };
}

/** Counts of a pytest run. @param {string} file what `--junitxml` wrote */
export function pytestCounts(file) {
  const [suite] = readFileSync(file, 'utf8').match(/<testsuite [^>]*>/) ?? [''];
  const number = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  const skipped = number('skipped');
  return { passed: number('tests') - failed - skipped, failed, skipped, skippedTests: [] };
}
