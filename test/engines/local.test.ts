import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEngine } from '../../src/engines';
import { LocalEngine } from '../../src/engines/local';
import { engineContract, isolationContract } from './contract';
import { allLines, FOREVER, Installation, pidsOf, systemPython, type Harness } from './harness';

jest.setTimeout(60_000);

/** Folders in which `python3` and `sh` are found, but no bubblewrap. */
let withoutBubblewrap: string;

beforeAll(() => {
  withoutBubblewrap = mkdtempSync(path.join(tmpdir(), 'automl-path-'));
});
afterAll(() => rmSync(withoutBubblewrap, { recursive: true }));

function harness(isolated: boolean): Harness {
  const environment: Record<string, string> = { PYTHON_RUNTIME: systemPython(), CONTAINER_MEMORY_MB: '512' };
  environment.H2O_MAX_MEM = '256m';
  if (!isolated) environment.PATH = withoutBubblewrap;
  return {
    environment,
    isolated,
    create: (config) => new LocalEngine(config, () => undefined),
    killGuard: async (_, handle, config) => {
      const claim = path.join(config.runDir, 'executions', handle.name, 'claim.json');
      process.kill(JSON.parse(readFileSync(claim, 'utf8')).pid, 'SIGKILL');
    },
  };
}

describe('in a bubblewrap sandbox', () => {
  engineContract(() => harness(true));
  isolationContract(() => harness(true));
});

describe('as plain processes', () => {
  engineContract(() => harness(false));

  test('are said aloud to be not isolated, and refused where isolation is required', async () => {
    const { environment } = harness(false);
    const installation = new Installation({ ...environment, EXECUTION_ENGINE: 'local' });
    const said: string[] = [];
    const engine = await createEngine(installation.config, (message) => said.push(message));
    expect(await engine.check()).toMatchObject({ ok: true, remedy: expect.stringContaining('bubblewrap') });
    expect(said).toEqual([expect.stringContaining('not isolated')]);

    const strict = installation.reconfigured({ ...environment, EXECUTION_ENGINE: 'local', REQUIRE_ISOLATION: '1' });
    const refusing = await createEngine(strict, () => undefined);
    const refusal = { failure: { category: 'system', code: 'isolation_unavailable' } };
    expect(await refusing.check()).toMatchObject({ ok: false });
    await expect(refusing.prepare(() => undefined)).rejects.toMatchObject(refusal);
    await expect(refusing.start(installation.job('pass'))).rejects.toMatchObject(refusal);
    installation.dispose();
  });
});

describe('what goes wrong on the host', () => {
  test('a missing Python runtime names the remedy', async () => {
    const installation = new Installation({ PYTHON_RUNTIME: '/nowhere/python' });
    const engine = new LocalEngine(installation.config, () => undefined);
    const missing = { failure: { code: 'python_runtime_missing', hint: expect.stringContaining('npm run setup') } };
    await expect(engine.start(installation.job('pass'))).rejects.toMatchObject(missing);
    expect(await engine.check()).toMatchObject({ ok: false });
    installation.dispose();
  });

  test('more memory than the host has is refused', async () => {
    const installation = new Installation({ ...harness(true).environment, H2O_MAX_MEM: '4000000g' });
    const engine = new LocalEngine(installation.config, () => undefined);
    await expect(engine.prepare(() => undefined)).rejects.toMatchObject({ failure: { code: 'not_enough_memory' } });
    installation.dispose();
  });

  test('a start that died before its supervisor ran is made good by the next', async () => {
    const installation = new Installation(harness(true).environment);
    const engine = new LocalEngine(installation.config, () => undefined);
    const spec = installation.job(`print('ran')`);
    const handle = await engine.start(spec);
    await engine.wait(handle, FOREVER);
    const folder = path.join(installation.config.runDir, 'executions', handle.name);
    for (const file of ['claim.json', 'exit.json', 'child.json', 'output.log']) rmSync(path.join(folder, file));
    expect((await engine.inspect(handle)).running).toBe(true);
    expect(await engine.start(spec)).toEqual(handle);
    expect((await allLines(engine, handle)).map((line) => line.text)).toEqual(['ran']);
    await engine.remove(handle);
    installation.dispose();
  });

  test('a kill before the supervisor ran keeps it from ever running', async () => {
    const installation = new Installation(harness(true).environment);
    const engine = new LocalEngine(installation.config, () => undefined);
    const spec = installation.job(`print('ran')`);
    const handle = await engine.start(spec);
    await engine.wait(handle, FOREVER);
    const folder = path.join(installation.config.runDir, 'executions', handle.name);
    for (const file of ['claim.json', 'exit.json', 'child.json', 'output.log']) rmSync(path.join(folder, file));
    await engine.kill(handle);
    await engine.start(spec);
    expect(await engine.inspect(handle)).toMatchObject({ running: false, kind: 'killed' });
    expect(await allLines(engine, handle)).toEqual([]);
    expect(pidsOf(handle)).toEqual([]);
    await engine.remove(handle);
    installation.dispose();
  });

  test('a virtual environment is found inside the sandbox, behind its chain of links', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'automl-venv-'));
    execFileSync(systemPython(), ['-m', 'venv', '--without-pip', folder]);
    const installation = new Installation({
      ...harness(true).environment,
      PYTHON_RUNTIME: path.join(folder, 'bin', 'python'),
    });
    const engine = new LocalEngine(installation.config, () => undefined);
    expect(await engine.check()).toMatchObject({ ok: true, remedy: null });
    const handle = await engine.start(installation.job('pass'));
    expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'exited', code: 0 });
    await engine.remove(handle);
    installation.dispose();
    rmSync(folder, { recursive: true });
  });
});
