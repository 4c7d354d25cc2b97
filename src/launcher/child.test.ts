import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SupervisedChild } from './child';
import { isAlive, type ProcessIdentity } from './process-identity';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'automl-child-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A supervised Node program, with the identities it has run under and what was said of it. */
function supervise(program: string, channel = false) {
  const identities: ProcessIdentity[] = [];
  const said: string[] = [];
  const logFile = path.join(folder, 'child.log');
  let changed: () => void = () => undefined;
  const child = new SupervisedChild(
    { name: 'child', command: process.execPath, args: ['-e', program], cwd: folder, environment: {}, logFile, channel },
    {
      say: (message) => said.push(message),
      changed: (_name, identity) => {
        if (identity) identities.push(identity);
        changed();
      },
    },
  );
  const runs = (count: number) =>
    new Promise<void>((resolve) => {
      changed = () => identities.length >= count && resolve();
      changed();
    });
  return { child, identities, said, logFile, runs };
}

const FOREVER = "process.stdout.write('up\\n'); setInterval(() => {}, 1000)";

test('a child that is killed runs again, under a new process, and says so', async () => {
  const { child, identities, said, runs } = supervise(FOREVER);
  child.start();
  await child.ready(async () => true, 5000);
  process.kill((identities[0] as ProcessIdentity).pid, 'SIGKILL');
  await runs(2);
  expect(said).toEqual([expect.stringContaining('died (SIGKILL)')]);
  await child.stop(5000);
  expect(identities.map(isAlive)).toEqual([false, false]);
});

test('a child that nobody waits for runs again however often it is killed', async () => {
  const { child, identities, runs } = supervise(FOREVER);
  child.start();
  for (const deaths of [1, 2, 3]) {
    process.kill(identities.at(-1)!.pid, 'SIGKILL');
    await runs(deaths + 1);
  }
  expect(identities.map(isAlive)).toEqual([false, false, false, true]);
  await child.stop(5000);
}, 90_000);

test('a child that can not start is given up, with the end of its log', async () => {
  const { child } = supervise("console.error('no such database'); process.exit(3)");
  child.start();
  await expect(child.ready(async () => false, 20_000)).rejects.toMatchObject({
    failure: { code: 'child_not_starting', message: expect.stringContaining('no such database') },
  });
  await child.stop(1000);
});

test('a child that does not listen is killed after its grace', async () => {
  const { child, identities, said, logFile } = supervise(`process.on('SIGTERM', () => {}); ${FOREVER}`);
  child.start();
  await child.ready(async () => readFileSync(logFile, 'utf8').includes('up'), 5000);
  await child.stop(300);
  expect(identities.map(isAlive)).toEqual([false]);
  expect(said).toEqual([expect.stringContaining('was killed')]);
});

test('a program that is not there is no crash of ours', async () => {
  const said: string[] = [];
  const child = new SupervisedChild(
    {
      name: 'ghost',
      command: path.join(folder, 'nothing'),
      args: [],
      cwd: folder,
      environment: {},
      logFile: path.join(folder, 'ghost.log'),
      channel: false,
    },
    { say: (message) => said.push(message), changed: () => undefined },
  );
  child.start();
  await expect(child.ready(async () => false, 400)).rejects.toMatchObject({ failure: { code: 'child_not_starting' } });
  await child.stop(1000);
  expect(said[0]).toContain('ENOENT');
});
