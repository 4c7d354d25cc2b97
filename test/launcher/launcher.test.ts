import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../src/launcher/process-identity';
import { StateFile, type LauncherState } from '../../src/launcher/state';
import { startStack, type TestStack } from '../support/stack';

/** The built command line, as `npm start` runs it, with real Temporal, API and worker on free ports. */
const ROOT = path.resolve(__dirname, '..', '..');
const PROGRAM = "require('./dist/cli/main.js').runCommandLine(process.argv).then((code) => (process.exitCode = code))";
/** A process that chooses its ports as `npm start` does, says which, and holds them. */
const CHOOSING = `
  const { choosePorts } = require('./dist/launcher/ports.js');
  const { loadConfig } = require('./dist/config.js');
  choosePorts(loadConfig(process.env), 'refuse').then(
    ({ ports }) => console.log(ports.api, ports.temporal, ports.temporalUi),
    ({ failure }) => console.log(failure.code),
  );
  setInterval(() => undefined, 1000);`;
const PATIENCE_MS = 60_000;

jest.setTimeout(3 * PATIENCE_MS);

let dataDir: string;
let stateFile: StateFile;
const started: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'automl-launcher-'));
  stateFile = new StateFile(path.join(dataDir, 'run'));
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  }
  rmSync(dataDir, { recursive: true, force: true });
});

function automl(...args: string[]) {
  const ports = { PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' };
  const child = spawn(process.execPath, ['-e', PROGRAM, '--', 'automl', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...ports, DATA_DIR: dataDir, EXECUTION_ENGINE: 'local' },
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  return { child, output };
}

async function until<Found>(what: string, look: () => Found | Promise<Found>): Promise<NonNullable<Found>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found as NonNullable<Found>;
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await delay(50);
  }
}

async function serving(child: ChildProcess): Promise<LauncherState> {
  return await until('the stack serves', () => {
    const state = stateFile.running();
    const all = state && ['temporal', 'api', 'worker'].every((name) => name in state.children);
    return all && state.urls && state.launcher.pid === child.pid ? state : undefined;
  });
}

const answers = (url: string) =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );

test('start serves, a second start says where, and an interrupt stops all of it', async () => {
  const first = automl('start');
  const state = await serving(first.child);
  await until('everything is ready', () => answers(`${state.urls?.app}/health/ready`));

  const second = automl('start');
  expect(await once(second.child, 'exit')).toEqual([0, null]);
  expect(second.output.stdout).toContain(`Running already.\n  App          ${state.urls?.app}`);

  first.child.kill('SIGINT');
  expect(await once(first.child, 'exit')).toEqual([0, null]);
  expect(Object.values(state.children).filter(isAlive)).toEqual([]);
  expect(stateFile.read()).toBeUndefined();
});

test.each(['api', 'worker', 'temporal'])(
  'a killed %s is started again, and everything is ready again',
  async (name) => {
    const { child, output } = automl('start');
    const state = await serving(child);
    const victim = state.children[name] as { pid: number };
    process.kill(victim.pid, 'SIGKILL');
    await until(`${name} runs again`, () => {
      const now = stateFile.read()?.children[name];
      return now && now.pid !== victim.pid && isAlive(now);
    });
    await until('everything is ready again', () => answers(`${state.urls?.app}/health/ready`));
    expect(output.stderr).toContain(`${name} died (SIGKILL); starting it again`);
  },
);

test('what a killed launcher leaves behind leaves by itself or is stopped by the next start', async () => {
  const first = automl('start');
  const before = await serving(first.child);
  const exit = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await exit;
  const { api, worker, temporal } = before.children as Record<string, { pid: number; started: string }>;
  await until('API and worker have left', () => ![api, worker].some((child) => child && isAlive(child)));
  expect(temporal && isAlive(temporal)).toBe(true);

  const second = automl('start');
  const after = await serving(second.child);
  expect(temporal && isAlive(temporal)).toBe(false);
  expect(after.children['temporal']?.pid).not.toBe(temporal?.pid);
  expect(second.output.stderr).toContain('Stopping what an earlier start left behind: temporal.');
});

test('stacks that start in the same moment, wanting the same ports, each get ports of their own', async () => {
  const wanted = { PORT: '19006', TEMPORAL_PORT: '19233', TEMPORAL_UI_PORT: '19234' };
  const stacks: TestStack[] = [];
  try {
    await Promise.all([1, 2].map(async () => stacks.push(await startStack({ env: wanted }))));
    const lives = await Promise.all(stacks.map(({ url }) => fetch(`${url}/health/live`)));
    const health = (await Promise.all(lives.map((live) => live.json()))) as { instance: string }[];
    expect(new Set(health.map(({ instance }) => instance)).size).toBe(2);
    expect(new Set(stacks.flatMap(({ url, temporalUrl }) => [url, temporalUrl])).size).toBe(4);
    await until('both are ready', async () => {
      return (await Promise.all(stacks.map(({ url }) => answers(`${url}/health/ready`)))).every(Boolean);
    });
  } finally {
    await Promise.all(stacks.map((stack) => stack.stop()));
  }
});

test('a killed launcher holds no port: the next process may have it at once', async () => {
  const choose = (ports: Record<string, string>) => {
    const child = spawn(process.execPath, ['-e', CHOOSING], {
      cwd: ROOT,
      env: { ...process.env, ...ports, DATA_DIR: dataDir },
    });
    started.push(child);
    return child;
  };
  const says = async (child: ChildProcess) => String((await once(child.stdout as Readable, 'data'))[0]).trim();

  const first = choose({ PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' });
  const chosen = await says(first);
  const [api, temporal, ui] = chosen.split(' ') as [string, string, string];
  const same = { PORT: api, TEMPORAL_PORT: temporal, TEMPORAL_UI_PORT: ui };
  expect(await says(choose(same))).toBe('port_in_use');
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(await says(choose(same))).toBe(chosen);
});
