import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadConfig, type Config } from '../config';
import { DRAFT, Extras } from './extras';

let config: Config;
beforeEach(async () => {
  config = loadConfig({ DATA_DIR: await mkdtemp(path.join(os.tmpdir(), 'automl-extras-')) });
});
afterEach(() => rm(config.dataDir, { recursive: true, force: true }));

const left = () => (existsSync(config.extrasDir) ? readdirSync(config.extrasDir) : []);

test('a package is installed once, from the pins, however many ask', async () => {
  const seen: string[] = [];
  const extras = new Extras(config, async (draft) => {
    seen.push(await readFile(path.join(draft, DRAFT.requirements), 'utf8'));
    await writeFile(path.join(draft, DRAFT.out, 'module.py'), '');
  });
  const folders = await Promise.all([extras.folder('holidays'), extras.folder('holidays')]);
  folders.push(await extras.folder('holidays'), await new Extras(config, fail).folder('holidays'));
  expect(new Set(folders).size).toBe(1);
  expect(readdirSync(folders[0]!)).toEqual(['module.py']);
  expect(seen).toEqual([expect.stringMatching(/^holidays==[\d.]+ --hash=sha256:[0-9a-f]{64}$/m)]);
  expect(left()).toEqual([path.basename(folders[0]!)]);
});

test('what fails leaves nothing, says why, and is tried again', async () => {
  let network = false;
  const extras = new Extras(config, async (draft) => {
    await writeFile(path.join(draft, DRAFT.out, 'half.py'), '');
    if (!network) throw new Error('no route to the index');
  });
  await expect(extras.folder('holidays')).rejects.toMatchObject({
    failure: { code: 'extra_unavailable', message: expect.stringContaining('no route to the index') },
  });
  expect(left()).toEqual([]);
  network = true;
  expect(readdirSync(await extras.folder('holidays'))).toEqual(['half.py']);
});

test('drafts of killed workers are removed once they are old', async () => {
  const [old, young] = ['.draft-old', '.draft-young'].map((name) => path.join(config.extrasDir, name));
  for (const draft of [old!, young!]) await mkdir(path.join(draft, DRAFT.out), { recursive: true });
  await utimes(old!, 0, 0);
  await new Extras(config, async () => undefined).folder('holidays');
  expect([existsSync(old!), existsSync(young!)]).toEqual([false, true]);
});

async function fail(): Promise<void> {
  throw new Error('nothing is to be installed any more');
}
