import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endProcess, identify, isAlive } from './process-identity';
import { StateFile } from './state';

let runDir: string;
beforeEach(() => {
  runDir = mkdtempSync(path.join(os.tmpdir(), 'automl-state-'));
});
afterEach(() => rmSync(runDir, { recursive: true, force: true }));

async function sleeper() {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const identity = identify(child.pid as number);
  if (!identity) throw new Error('The sleeper is not in the process table.');
  return { child, identity };
}

test('the first launcher claims the installation, the second learns who holds it', () => {
  const first = new StateFile(runDir);
  expect(first.claim()).toEqual({ claimed: true, left: undefined });
  const urls = { app: 'http://a', docs: 'http://a/docs', temporal: 'http://t' };
  first.update({ urls });
  const second = new StateFile(runDir).claim();
  expect(second).toMatchObject({ claimed: false, holder: { launcher: { pid: process.pid }, urls } });
});

test('a change that cannot be written now is written later, and harms nobody meanwhile', async () => {
  const file = new StateFile(runDir, 10);
  file.claim();
  // A folder of that name refuses the write as a full disk does.
  mkdirSync(path.join(runDir, 'launcher.json.tmp'));
  const urls = { app: 'http://a', docs: 'http://a/docs', temporal: 'http://t' };
  file.update({ urls });
  expect(file.read()).toMatchObject({ urls: null });
  rmdirSync(path.join(runDir, 'launcher.json.tmp'));
  while (file.read()?.urls === null) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(file.read()).toMatchObject({ urls });
});

test('a released installation can be claimed again', () => {
  const file = new StateFile(runDir);
  file.claim();
  file.release();
  expect(new StateFile(runDir).claim()).toEqual({ claimed: true, left: undefined });
});

test("a killed launcher's installation is taken over, with what it left behind", async () => {
  const { child, identity } = await sleeper();
  const children = { temporal: { pid: 1, started: 'some boot:1' } };
  const state = { launcher: identity, children, urls: null };
  writeFileSync(path.join(runDir, 'launcher.json'), JSON.stringify(state));
  expect(new StateFile(runDir).claim().claimed).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(new StateFile(runDir).claim()).toEqual({ claimed: true, left: state });
});

test('a state file that can not be read does not lock anybody out', () => {
  writeFileSync(path.join(runDir, 'launcher.json'), '{"launcher": {"pid": ');
  expect(new StateFile(runDir).claim()).toEqual({ claimed: true, left: undefined });
});

test('a process is not mistaken for a later one with the same number', async () => {
  const { child, identity } = await sleeper();
  expect(isAlive(identity)).toBe(true);
  expect(isAlive({ ...identity, started: 'another boot:123' })).toBe(false);
  const exit = once(child, 'exit');
  await endProcess({ ...identity, started: 'another boot:123' }, 0);
  expect(isAlive(identity)).toBe(true);
  await endProcess(identity, 5000);
  await exit;
  expect(isAlive(identity)).toBe(false);
});

test('a process that ignores SIGTERM is ended by force', async () => {
  const child = spawn(process.execPath, [
    '-e',
    "process.on('SIGTERM', () => {}); process.stdout.write('up'); setInterval(() => {}, 1000)",
  ]);
  await once(child.stdout, 'data');
  const identity = identify(child.pid as number);
  const exit = once(child, 'exit');
  await endProcess(identity as NonNullable<typeof identity>, 200);
  expect((await exit)[1]).toBe('SIGKILL');
});
