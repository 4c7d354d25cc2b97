import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Limits } from '../agents/agent';
import { LIMITS_FILE, TrainingLimits } from '../contracts/execution';
import type { JobOptions } from '../contracts/jobs';
import { limitsInWords, limitsOfRun, plannedFor, putRunLimits, timeoutFor } from './run-limits';

const TIMEOUT = 3000;

test.each<[string, JobOptions, Partial<Limits>, TrainingLimits]>([
  ['nothing is asked for', {}, {}, { max_models: 10, max_runtime_secs: null }],
  ['fewer models', { max_models: 2 }, {}, { max_models: 2, max_runtime_secs: null }],
  ['more than is allowed', { max_models: 50 }, {}, { max_models: 10, max_runtime_secs: null }],
  ['a budget', { max_runtime_secs: 60 }, {}, { max_models: 10, max_runtime_secs: 60 }],
  [
    'more than the installation',
    { max_runtime_secs: 900 },
    { max_runtime_secs: 600 },
    { max_models: 10, max_runtime_secs: 600 },
  ],
  ['no budget, where there is one', {}, { max_runtime_secs: 600 }, { max_models: 10, max_runtime_secs: 600 }],
  [
    'more than fits into what the engine gives',
    { max_runtime_secs: 7000 },
    {},
    { max_models: 10, max_runtime_secs: 2250 },
  ],
])('limits of a run: %s', (_what, options, allowed, limits) => {
  const installation: Limits = {
    heap_mb: 1024,
    memory_mb: 4096,
    max_models: 10,
    max_runtime_secs: null,
    cpus: 2,
    functions: false,
    ...allowed,
  };
  expect(limitsOfRun(options, installation, TIMEOUT)).toEqual(limits);
});

test.each<[string, unknown, number]>([
  ['no budget', { plan: { max_runtime_secs: null } }, TIMEOUT],
  ['a plan that has none', { plan: { task: 'plot' } }, TIMEOUT],
  ['a budget that fits', { plan: { max_runtime_secs: 60 } }, TIMEOUT],
  ['a budget of two hours', { plan: { max_runtime_secs: 7200 } }, 10_200],
])('the time-out of a run with %s', async (_what, config, seconds) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'automl-timeout-'));
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(config));
  expect(timeoutFor((await plannedFor(folder)).budgetSeconds, TIMEOUT)).toBe(seconds);
  await rm(folder, { recursive: true });
});

test.each<[TrainingLimits, RegExp]>([
  [{ max_models: 1, max_runtime_secs: null }, / 1 model\.$/],
  [{ max_models: 3, max_runtime_secs: 60 }, / 3 models and 60 seconds\.$/],
  [{ max_models: null, max_runtime_secs: 60 }, / 60 seconds\.$/],
])('%j in words', (limits, words) => expect(limitsInWords(limits)).toMatch(words));

describe('the file in the output folder', () => {
  const limits = { max_models: 2, max_runtime_secs: null };
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'automl-limits-'))));
  afterEach(async () => await rm(folder, { recursive: true }));

  const inTheWay: [string, (file: string) => Promise<unknown>][] = [
    ['nothing', async () => undefined],
    ['earlier limits', (file) => writeFile(file, '{"max_models": 7, "max_runtime_secs": null}')],
    ['a link to a file of ours', (file) => symlink(path.join(folder, 'ours'), file)],
    ['a folder that is not empty', (file) => mkdir(path.join(file, 'deep'), { recursive: true })],
  ];
  test.each(inTheWay)('takes the place of %s, and nothing else is touched or left', async (_what, put) => {
    await writeFile(path.join(folder, 'ours'), 'untouched');
    await put(path.join(folder, LIMITS_FILE));
    await putRunLimits(folder, limits);
    await putRunLimits(folder, limits);
    expect(TrainingLimits.parse(JSON.parse(await readFile(path.join(folder, LIMITS_FILE), 'utf8')))).toEqual(limits);
    expect(await readFile(path.join(folder, 'ours'), 'utf8')).toBe('untouched');
    expect((await readdir(folder)).sort()).toEqual([LIMITS_FILE, 'ours']);
  });

  test('can be read by the user of a container, whatever the umask', async () => {
    const before = process.umask(0o077);
    await putRunLimits(folder, limits).finally(() => process.umask(before));
    expect((await stat(path.join(folder, LIMITS_FILE))).mode & 0o777).toBe(0o644);
  });

  test('that can not be written is an error', async () => {
    await expect(putRunLimits(path.join(folder, 'gone'), limits)).rejects.toThrow('ENOENT');
  });
});
