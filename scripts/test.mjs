/**
 * `npm test [-- TIER …]`: sets up what is missing, runs the tiers pool by pool, names each that this machine can't run,
 * and ends with one line of counts. REQUIRE_ALL_TIERS=1 makes a skipped tier a failure, REQUIRE_DOCKER=1
 * a missing Docker engine.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readStamp } from './lib/stamp.mjs';
import { SetupError } from './lib/console.mjs';
import { ensureRuntimeTools, runPython } from './lib/runtime-tools.mjs';
import { dockerMissing, jestCounts, pytestCounts, tiers } from './lib/tiers.mjs';
import { main, root, setUp } from './setup.mjs';

/** Files at a time. A third stack would make tests of recovery times wait for the processor on two cores. */
const ABREAST = { unit: '100%', stacks: 2, alone: 1 };

const reports = path.join(root, '.runtime', 'test-reports');

await main(async () => {
  const chosen = chooseTiers(process.argv.slice(2));
  await setUp();
  mkdirSync(reports, { recursive: true });
  const required = (name) => ['1', 'true', 'yes', 'on'].includes((process.env[name] ?? '').toLowerCase());
  const noDocker = dockerMissing();
  if (noDocker && required('REQUIRE_DOCKER')) throw new SetupError(`REQUIRE_DOCKER is set, but ${noDocker}.`);

  const total = { passed: 0, failed: 0, skipped: 0 };
  const notes = noDocker ? [`tests that need Docker: ${noDocker}`] : [];
  const unfit = chosen.map((tier) => [tier, tier.unfit()]).filter(([, why]) => why);
  for (const [tier, why] of unfit) {
    total.skipped += 1;
    notes.push(`tier ${tier.name}: ${why}`);
    if (required('REQUIRE_ALL_TIERS')) total.failed += 1;
  }
  const fit = chosen.filter((tier) => !unfit.some(([other]) => other === tier));
  for (const pool of new Set(fit.map((tier) => tier.pool))) {
    const names = fit.filter((tier) => tier.pool === pool).map((tier) => tier.name);
    for (const counts of Object.values(await runPool(pool, names))) {
      for (const key of Object.keys(total)) total[key] += counts[key];
      notes.push(...counts.skippedTests);
    }
  }

  if (total.skipped > 0) console.log(`\nSkipped:\n${notes.map((note) => `  ${note}`).join('\n')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});

function chooseTiers(names) {
  const all = tiers();
  const unknown = names.filter((name) => !all.some((tier) => tier.name === name));
  if (unknown.length > 0) {
    throw new SetupError(`No such tier: ${unknown.join(', ')}. There are ${all.map((tier) => tier.name).join(', ')}.`);
  }
  return names.length === 0 ? all : all.filter((tier) => names.includes(tier.name));
}

/** @returns {Promise<Record<string, import('./lib/tiers.mjs').Counts>>} by tier */
async function runPool(pool, names) {
  console.log(`\n=== ${names.join(', ')}`);
  const started = Date.now();
  const counts = pool === 'runtime' ? { runtime: await runPytest() } : await runJest(pool, names);
  for (const [name, { passed, failed, skipped }] of Object.entries(counts)) {
    console.log(`=== ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
  console.log(`=== ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return counts;
}

async function runJest(pool, names) {
  const report = path.join(reports, `${pool}.json`);
  rmSync(report, { force: true });
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const java = readStamp(path.join(root, '.runtime', 'java.json'))?.java_home;
  const output = ['--passWithNoTests', '--json', `--outputFile=${report}`, `--maxWorkers=${ABREAST[pool]}`];
  const child = spawn(process.execPath, [jest, '--selectProjects', ...names, ...output], {
    cwd: root,
    // Jest prints its report on stdout as well; people read what it says on stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...(java ? { JAVA_HOME: java } : {}) },
  });
  const [code] = await once(child, 'exit');
  const found = existsSync(report) ? jestCounts(report) : {};
  const none = { passed: 0, failed: 0, skipped: 1, skippedTests: ['a tier without any test'] };
  const counts = Object.fromEntries(names.map((name) => [name, found[name] ?? { ...none }]));
  blameCrash(code, Object.values(counts));
  return counts;
}

async function runPytest() {
  await ensureRuntimeTools(root);
  const report = path.join(reports, 'runtime.xml');
  rmSync(report, { force: true });
  const code = await runPython(root, ['-m', 'pytest', '-ra', '-n', '2', '--dist', 'loadfile', `--junitxml=${report}`]);
  const counts = existsSync(report) ? pytestCounts(report) : { passed: 0, failed: 0, skipped: 0, skippedTests: [] };
  blameCrash(code, [counts]);
  return counts;
}

/** A run that ends badly without a failed test (it crashed, say) counts as one failure. */
function blameCrash(code, counts) {
  if (code !== 0 && counts.every(({ failed }) => failed === 0)) counts[0].failed = 1;
}
