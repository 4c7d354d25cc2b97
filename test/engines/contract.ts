import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionEngine } from '../../src/engines/engine';
import { MAX_LINE_CHARACTERS } from '../../src/engines/lines';
import {
  allLines,
  FOREVER,
  Installation,
  outputOf,
  pidsOf,
  release,
  SECRET,
  UNTIL_RELEASED,
  untilLine,
  type Harness,
} from './harness';

/** What every engine promises, tried with real executions. Call inside a `describe`. */
export function engineContract(makeHarness: () => Harness): void {
  let harness: Harness;
  let installation: Installation;
  let engine: ExecutionEngine;
  const another = () => harness.create(installation.config);

  beforeAll(() => {
    harness = makeHarness();
    installation = new Installation(harness.environment);
    engine = another();
  });

  afterAll(async () => {
    for (const handle of await engine.list()) await engine.remove(handle);
    installation.dispose();
  });

  test('runs the script beside its config, with inputs at their relative places and an output on the host', async () => {
    const spec = installation.job(`
import json
config = json.load(open('config.json'))
open('out/result.json', 'w').write(json.dumps([config['answer'], open('../../dataset.csv').read()]))
raise SystemExit(3)
`);
    const handle = await engine.start(spec);
    const exit = await engine.wait(handle, FOREVER);
    expect(exit).toMatchObject({ kind: 'exited', code: 3 });
    expect(Date.parse(exit.finished_at)).toBeGreaterThanOrEqual(Date.parse(exit.started_at));
    expect(JSON.parse(readFileSync(outputOf(spec, 'result.json'), 'utf8'))).toEqual([42, 'a,b\n1,2\n']);
    expect(await engine.inspect(handle)).toEqual({ running: false, ...exit });
    expect(await another().inspect(handle)).toEqual({ running: false, ...exit });
  });

  test('installs a package that a plan may ask for once, and runs see it read-only', async () => {
    const source = await engine.extra('holidays');
    expect(await another().extra('holidays')).toBe(source);
    const spec = installation.job(`
import sys
sys.path.append('../../extras/holidays')
from holidays import country_holidays
print(sorted(country_holidays('US', subdiv='DC', years=2012))[:2], flush=True)
try:
    open('../../extras/holidays/holidays/owned', 'w')
except OSError:
    print('read-only', flush=True)
`);
    spec.inputs.push({ source, target: 'extras/holidays' });
    const handle = await engine.start(spec);
    expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'exited', code: 0 });
    const lines = (await allLines(engine, handle)).map(({ text }) => text);
    expect(lines[0]).toBe('[datetime.date(2012, 1, 1), datetime.date(2012, 1, 2)]');
    if (harness.isolated) expect(lines[1]).toBe('read-only');
  }, 200_000);

  test('numbers lines the same at every reading, from any line on, by any engine object', async () => {
    const spec = installation.job(`
import sys
for i in range(1, 101):
    print('line', i, flush=True)
print('oops', file=sys.stderr)
sys.stdout.write('no newline')
`);
    const handle = await engine.start(spec);
    const live = await allLines(engine, handle);
    expect(live.map((line) => line.ordinal)).toEqual(Array.from({ length: 102 }, (_, index) => index + 1));
    expect(live.filter((line) => line.stream === 'stdout').map((line) => line.text)).toEqual([
      ...Array.from({ length: 100 }, (_, index) => `line ${index + 1}`),
      'no newline',
    ]);
    expect(live.filter((line) => line.stream === 'stderr').map((line) => line.text)).toEqual(['oops']);
    expect(await allLines(another(), handle, 40)).toEqual(live.slice(40));
    expect(await allLines(another(), handle, 102)).toEqual([]);
  });

  test('follows a running script; reading and waiting stop with their signal and leave it alone', async () => {
    const spec = installation.job(`print('ready', flush=True)${UNTIL_RELEASED}print('done')`);
    const handle = await engine.start(spec);
    expect(await untilLine(engine, handle, 'ready')).toEqual({ ordinal: 1, stream: 'stdout', text: 'ready' });
    const reason = new Error('the worker stops');
    const stop = new AbortController();
    const waiting = engine.wait(handle, stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect((await engine.inspect(handle)).running).toBe(true);
    release(spec);
    expect((await allLines(engine, handle, 1)).map((line) => line.text)).toEqual(['done']);
    expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'exited', code: 0 });
  });

  test('starts once, however often and by whomever it is asked', async () => {
    const spec = installation.job(`open('out/starts', 'a').write('x')${UNTIL_RELEASED}`);
    const handles = await Promise.all([engine.start(spec), another().start(spec)]);
    expect(handles[0]).toEqual(handles[1]);
    release(spec);
    await engine.wait(handles[0], FOREVER);
    expect(await engine.start(spec)).toEqual(handles[0]);
    expect(await engine.wait(handles[0], FOREVER)).toMatchObject({ kind: 'exited', code: 0 });
    expect(readFileSync(outputOf(spec, 'starts'), 'utf8')).toBe('x');
    expect((await another().list()).filter((handle) => handle.job_id === spec.job_id)).toEqual([handles[0]]);
    expect(await another().find(spec)).toEqual(handles[0]);
  });

  test('finds the newest incarnation, and nothing of another job, attempt, trial or installation', async () => {
    const spec = installation.job('pass');
    const first = await engine.start(spec);
    await engine.wait(first, FOREVER);
    const second = await engine.start({ ...spec, incarnation: 2 });
    await engine.wait(second, FOREVER);
    expect(await engine.find(spec)).toEqual(second);
    const trial = await engine.start({ ...spec, trial: 1 });
    await engine.wait(trial, FOREVER);
    expect(await engine.find({ ...spec, trial: 1 })).toEqual(trial);
    expect(await engine.find({ ...spec, trial: 2 })).toBeUndefined();
    expect(await engine.find(spec)).toEqual(second);
    expect(await engine.find({ ...spec, attempt: 2 })).toBeUndefined();
    expect(await engine.find({ ...spec, job_id: 'job' })).toBeUndefined();
    const neighbour = new Installation(harness.environment);
    const elsewhere = harness.create(neighbour.config);
    expect(await elsewhere.find(spec)).toBeUndefined();
    expect(await elsewhere.list()).toEqual([]);
    neighbour.dispose();
  });

  test('kills the whole tree, whoever left its session included, and proves it', async () => {
    const spec = installation.job(`
import subprocess, sys
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True)
print('ready', flush=True)${UNTIL_RELEASED}`);
    const handle = await engine.start(spec);
    await untilLine(engine, handle, 'ready');
    expect(pidsOf(handle).length).toBeGreaterThanOrEqual(2);
    await engine.kill(handle);
    expect(pidsOf(handle)).toEqual([]);
    expect(await another().inspect(handle)).toMatchObject({ running: false, kind: 'killed' });
    await engine.kill(handle);
  });

  test('takes along what the script leaves behind', async () => {
    const spec = installation.job(`
import subprocess, sys
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True)
`);
    const handle = await engine.start(spec);
    expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'exited', code: 0 });
    expect(pidsOf(handle)).toEqual([]);
  });

  test('ends an execution at its deadline, with no worker watching', async () => {
    const spec = installation.job(UNTIL_RELEASED, { timeout_seconds: 2 });
    const handle = await engine.start(spec);
    while (pidsOf(handle).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await another().wait(handle, FOREVER)).toMatchObject({ kind: 'timed_out' });
  });

  test('tells an execution that runs out of memory from one that fails', async () => {
    const spec = installation.job(
      `blocks = []\nfor i in range(40):\n    blocks.append(b'x' * 2**23)\n    print(i, flush=True)\n${UNTIL_RELEASED}`,
      { memory_mb: 100 },
    );
    const handle = await engine.start(spec);
    expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'oom_killed' });
  });

  test('ends an execution that writes more than its quota', async () => {
    const spec = installation.job(
      `for i in range(6):\n    open(f'out/{i}', 'wb').write(bytes(2**22))\n${UNTIL_RELEASED}`,
      { output_quota_mb: 10 },
    );
    const handle = await engine.start(spec);
    // As a worker does it: first the output to its end, then the state.
    await allLines(engine, handle);
    expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'quota_exceeded' });
    expect(pidsOf(handle)).toEqual([]);
  });

  test('samples what a running execution uses', async () => {
    const spec = installation.job(
      `block = b'x' * 2**25\nopen('out/file', 'wb').write(bytes(2**20))\nprint('ready', flush=True)${UNTIL_RELEASED}`,
    );
    const handle = await engine.start(spec);
    await untilLine(engine, handle, 'ready');
    let sample = await engine.stats(handle);
    while (!sample) sample = await engine.stats(handle);
    expect(sample.memory_bytes).toBeGreaterThan(2 ** 25);
    expect(sample.memory_bytes).toBeLessThan(2 ** 28);
    expect(sample.disk_bytes).toBeGreaterThanOrEqual(2 ** 20);
    expect(sample.disk_bytes).toBeLessThan(2 ** 22);
    expect(sample.cpu).toBeGreaterThan(0);
    release(spec);
    await engine.wait(handle, FOREVER);
    expect(await engine.stats(handle)).toBeUndefined();
  });

  test('passes on no variable of the worker’s environment', async () => {
    const spec = installation.job(`import os\nprint(repr(sorted(os.environ.items())))`);
    process.env.OPENAI_API_KEY = SECRET;
    try {
      const [line] = await allLines(engine, await engine.start(spec));
      expect(line?.text).toContain('MPLCONFIGDIR');
      expect(line?.text).not.toContain(SECRET);
    } finally {
      delete process.env.OPENAI_API_KEY;
    }
  });

  test('makes hostile output harmless', async () => {
    const spec = installation.job(`
import sys
out = sys.stdout.buffer
out.write(b'\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07 \\x1b]8;;http://x\\x1b\\\\link\\x00\\x08\\r\\n')
out.write(b'10%\\r50%\\r100%\\n')
out.write(b'y' * 10_000_000 + b'\\n')
out.write(bytes(range(256)) * 4 + b'\\n')
out.write('mañana 日本\\u202e\\n'.encode())
out.write(b'last')
`);
    const handle = await engine.start(spec);
    const lines = await allLines(engine, handle);
    expect(lines[0]?.text).toBe('red  link');
    expect(lines[1]?.text).toBe('100%');
    expect(lines[2]?.text.length).toBeLessThan(MAX_LINE_CHARACTERS + 20);
    expect(lines.at(-2)?.text).toBe('mañana 日本');
    expect(lines.at(-1)?.text).toBe('last');
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(lines.filter((line) => /[\x00-\x08\x0a-\x1f\x7f-\x9f]/.test(line.text))).toEqual([]);
    expect(await allLines(another(), handle)).toEqual(lines);
  });

  test('is not led astray by links in the output', async () => {
    const spec = installation.job(`
import os
os.symlink('/etc/passwd', 'out/passwd')
os.symlink('/', 'out/root')
os.symlink('.', 'out/loop')
print('ready', flush=True)${UNTIL_RELEASED}`);
    const handle = await engine.start(spec);
    await untilLine(engine, handle, 'ready');
    let sample = await engine.stats(handle);
    while (!sample) sample = await engine.stats(handle);
    expect(sample.disk_bytes).toBeLessThan(2 ** 20);
    release(spec);
    expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'exited', code: 0 });
    const again = await engine
      .start({ ...spec, incarnation: 2, output: `${spec.output}/loop` })
      .catch((error) => error);
    expect(again.failure).toMatchObject({ code: 'invalid_execution' });
  });

  test('removes all traces at the engine and none in the workspace', async () => {
    const spec = installation.job(`open('out/kept', 'w')${UNTIL_RELEASED}`);
    const handle = await engine.start(spec);
    await engine.remove(handle);
    expect(pidsOf(handle)).toEqual([]);
    expect(await engine.find(spec)).toBeUndefined();
    expect(await engine.inspect(handle)).toMatchObject({ running: false, kind: 'lost' });
    expect(existsSync(path.join(spec.workspace, spec.folder, spec.script))).toBe(true);
    await engine.remove(handle);
  });

  test('outlives a worker that is killed, and is found again by its key', async () => {
    const spec = installation.job(`print('ready', flush=True)${UNTIL_RELEASED}print('done')`);
    const { PATH } = process.env;
    const environment = JSON.stringify({ PATH, ...harness.environment });
    const argv = [engine.name, installation.root, environment, JSON.stringify(spec)];
    const worker = spawn(process.execPath, [path.join(__dirname, 'worker.cjs'), ...argv], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = await once(createInterface(worker.stdout), 'line');
    const handle = JSON.parse(printed);
    await untilLine(engine, handle, 'ready');
    // The whole group, as a terminal or a service manager kills.
    process.kill(-(worker.pid as number), 'SIGKILL');
    await once(worker, 'exit');
    expect(await engine.find(spec)).toEqual(handle);
    expect((await engine.inspect(handle)).running).toBe(true);
    release(spec);
    expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'exited', code: 0 });
    expect((await allLines(engine, handle)).map((line) => line.text)).toEqual(['ready', 'done']);
  });

  test('counts an execution that somebody else ended as lost, and proves it dead', async () => {
    const spec = installation.job(`print('ready', flush=True)${UNTIL_RELEASED}`);
    const handle = await engine.start(spec);
    await untilLine(engine, handle, 'ready');
    await harness.killGuard(engine, handle, installation.config);
    expect(await another().wait(handle, FOREVER)).toMatchObject({ kind: 'lost' });
    expect(pidsOf(handle)).toEqual([]);
    expect(await engine.inspect(handle)).toMatchObject({ running: false, kind: 'lost' });
  });

  test('refuses what would leave the workspace', async () => {
    const spec = installation.job('pass');
    const refused = { failure: { code: 'invalid_execution' } };
    await expect(engine.start({ ...spec, output: '../out' })).rejects.toMatchObject(refused);
    await expect(engine.start({ ...spec, script: '../other.py' })).rejects.toMatchObject(refused);
    await expect(engine.start({ ...spec, script: 'missing.py' })).rejects.toMatchObject(refused);
    await expect(engine.start({ ...spec, job_id: '../x' })).rejects.toMatchObject(refused);
    const inputs = [{ source: path.join(spec.workspace, 'nothing.csv'), target: 'nothing.csv' }];
    await expect(engine.start({ ...spec, inputs })).rejects.toMatchObject(refused);
  });
}

/** What an engine promises besides where it isolates. */
export function isolationContract(makeHarness: () => Harness): void {
  test('shows the script no network, no other file, no root, and nothing to write but the output', async () => {
    const harness = makeHarness();
    const installation = new Installation(harness.environment);
    const engine = harness.create(installation.config);
    const other = installation.job('pass');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const secrets = [
      path.join(installation.root, '.env'),
      path.join(other.workspace, 'private.txt'),
      '/job/private.txt',
      '../../private.txt',
      '/etc/shadow',
    ];
    const spec = installation.job(`
import json, os, socket, subprocess
def attempt(action):
    try:
        action()
        return 'done'
    except OSError as error:
        return type(error).__name__
def connect(address):
    socket.create_connection(address, timeout=3).close()
def run_from_temporary():
    with open('/tmp/program', 'w') as file:
        file.write('#!/bin/sh\\nexit 0\\n')
    os.chmod('/tmp/program', 0o755)
    subprocess.run(['/tmp/program'], check=True)
report = {
    'uid': os.getuid(),
    'capabilities': [line for line in open('/proc/self/status') if line.startswith('CapEff')][0].split()[1],
    'network': [attempt(lambda: connect(('127.0.0.1', ${port}))), attempt(lambda: connect(('1.1.1.1', 443)))],
    'writes': {path: attempt(lambda: open(path, 'w')) for path in
        ['config.json', 'new', '../../dataset.csv', '../../new', '/new', '/usr/new', '/etc/new', '/root/new', '/dev/new']},
    'secrets': [attempt(lambda: open(path).read()) for path in json.loads('${JSON.stringify(secrets)}')],
    'output': attempt(lambda: open('out/new', 'w')),
    'temporary': attempt(lambda: open('/tmp/new', 'w')),
    'program': attempt(run_from_temporary),
    'processes': len([name for name in os.listdir('/proc') if name.isdigit()]),
}
print(json.dumps(report))
`);
    const handle = await engine.start(spec);
    const lines = await allLines(engine, handle);
    server.close();
    const report = JSON.parse(lines.map((line) => line.text).join('\n'));
    expect(report.uid).not.toBe(0);
    expect(Number.parseInt(report.capabilities, 16)).toBe(0);
    expect(report.network).not.toContain('done');
    expect(Object.entries(report.writes).filter(([, result]) => result === 'done')).toEqual([]);
    expect(report.secrets).not.toContain('done');
    expect(report).toMatchObject({ output: 'done', temporary: 'done', program: 'done' });
    expect(report.processes).toBeLessThan(10);
    await engine.remove(handle);
    installation.dispose();
  });
}
