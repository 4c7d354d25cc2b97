/**
 * `npm test [-- TIER …]`: sets up what is missing, runs the tiers one after another, names each that this machine
 * can't run, and ends with one line of counts. REQUIRE_ALL_TIERS=1 makes a skipped tier a failure, REQUIRE_DOCKER=1
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

const ABREAST = new Set(['api', 'sql']);

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
  for (const tier of chosen) {
    const why = tier.unfit();
    const counts = why ? { passed: 0, failed: 0, skipped: 1, skippedTests: [] } : await runTier(tier.name);
    for (const key of Object.keys(total)) total[key] += counts[key];
    if (why) notes.push(`tier ${tier.name}: ${why}`);
    notes.push(...counts.skippedTests);
    if (why && required('REQUIRE_ALL_TIERS')) total.failed += 1;
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

async function runTier(name) {
  console.log(`\n=== ${name}`);
  const started = Date.now();
  const counts = name === 'runtime' ? await runPytest() : await runJest(name);
  const { passed, failed, skipped } = counts;
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`=== ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
  return counts;
}

async function runJest(tier) {
  const report = path.join(reports, `${tier}.json`);
  rmSync(report, { force: true });
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const java = readStamp(path.join(root, '.runtime', 'java.json'))?.java_home;
  // Who waits for a server leaves the processor idle: two files at a time, where each has a world
  // of its own. Whole stacks would take one another's ports.
  const inBand = tier === 'unit' ? [] : ABREAST.has(tier) ? ['--maxWorkers=2'] : ['--runInBand'];
  const options = ['--selectProjects', tier, '--passWithNoTests', '--json', `--outputFile=${report}`, ...inBand];
  const child = spawn(process.execPath, [jest, ...options], {
    cwd: root,
    // Jest prints its report on stdout as well; people read what it says on stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...(java ? { JAVA_HOME: java } : {}) },
  });
  const [code] = await once(child, 'exit');
  return outcome(code, report, jestCounts);
}

async function runPytest() {
  await ensureRuntimeTools(root);
  const report = path.join(reports, 'runtime.xml');
  rmSync(report, { force: true });
  const code = await runPython(root, ['-m', 'pytest', '-ra', `--junitxml=${report}`]);
  return outcome(code, report, pytestCounts);
}

/** A run that ends badly without a failed test (it crashed, say) counts as one failure. */
function outcome(code, report, read) {
  const counts = existsSync(report) ? read(report) : { passed: 0, failed: 0, skipped: 0, skippedTests: [] };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  const empty = counts.passed + counts.failed + counts.skipped === 0;
  return empty ? { ...counts, skipped: 1, skippedTests: ['a tier without any test'] } : counts;
}
