import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { fromBufferPromise } from 'yauzl';
import { loadConfig, type Config } from '../../src/config';
import { RuntimeResult, type ExitKind } from '../../src/contracts/execution';
import type { ModelView, PlanView } from '../../src/contracts/jobs';
import type { FeatureFunction } from '../../src/contracts/plans';
import { DockerEngine } from '../../src/engines/docker';
import type { ExecutionSpec } from '../../src/engines/engine';
import { LocalEngine } from '../../src/engines/local';
import { allLines, FOREVER, Installation, outputOf, SECRET } from '../engines/harness';
import { NO_MODELS } from '../support/agent-steps';
import { RestClient } from '../support/client';
import { goodAnswer } from '../support/model-answers';
import { ModelEndpoint } from '../support/model-endpoint';
import { childLog, startStack, type TestStack } from '../support/stack';

/** A model's feature functions on real H2O in real containers; and what would happen there if one were malicious. */

const answers = existsSync(process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock');
const docker = answers || process.env['REQUIRE_DOCKER'] === '1';
if (!docker) test.skip('no Docker engine answers on this machine', () => undefined);

/** Nothing but this function says what the target is: no model finds it in the digits of a number. */
const PARITY: FeatureFunction = {
  name: 'parity',
  inputs: ['code'],
  output: 'category',
  code: [
    'def parity(code):',
    '    """Whether the digits of the code sum up to an even number."""',
    '    total = sum([int(c) for c in str(int(code)) if c.isdigit()])',
    "    return 'even' if total % 2 == 0 else 'odd'",
  ].join('\n'),
};
const ROWS = Array.from({ length: 400 }, (_, row) => (row * 7919 + 104_729) % 99_991);
const truth = (code: number) => (String(code).replace(/[02468]/g, '').length % 2 === 0 ? 'good' : 'bad');
/** The last rows are to be predicted. */
const TO_PREDICT = 40;
const isKnown = (row: number) => row < ROWS.length - TO_PREDICT;
const LINES = ROWS.map((code, row) => `${code},${(row * 31) % 17},${isKnown(row) ? truth(code) : ''}`);
const CSV = ['code,shelf,state', ...LINES].join('\n');

(docker ? describe : describe.skip)('a plan with a feature function', () => {
  let endpoint: ModelEndpoint;
  let stack: TestStack;
  let client: RestClient;
  let folder: string;

  beforeAll(async () => {
    const chosen = { functions: [PARITY], algorithms: ['GLM', 'GBM'] };
    endpoint = await ModelEndpoint.start((call) => goodAnswer(call, call.agent === 'ModelBuilder' ? chosen : {}));
    const models = { ...NO_MODELS, OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: endpoint.url, OPENAI_MODEL: 'scripted' };
    stack = await startStack({ env: { EXECUTION_ENGINE: 'docker', ...models } });
    client = new RestClient(stack.url);
    folder = await mkdtemp(path.join(os.tmpdir(), 'automl-functions-'));
  }, 600_000);
  afterAll(async () => {
    await stack?.stop();
    await endpoint?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test('trains with it, keeps it in the model, and predicts by it; the local engine refuses the same script', async () => {
    const file = path.join(folder, 'codes.csv');
    await writeFile(file, CSV);
    const id = await client.createJob({
      ...{ name: 'Codes', prompt: 'Predict the state', target_column: 'state', max_models: 2, seed: 7 },
    });
    await client.upload(id, file);
    const job = await client.final(id, 400);
    if (job.status !== 'completed') throw new Error(`${job.error_message}\n${await childLog(stack, 'worker')}`);

    expect((await client.json<PlanView>(`/jobs/${id}/plan`)).plan.functions).toEqual([PARITY]);
    const [model] = await client.json<ModelView[]>(`/jobs/${id}/models`);
    expect(model!.metrics['accuracy']).toBeGreaterThan(0.95);
    const manifest = await manifestOf((await client.file(`/models/${model!.id}/download`)).bytes);
    expect(manifest.functions).toEqual([{ ...PARITY, kinds: ['number'] }]);
    expect(manifest.encoder).toContainEqual(expect.objectContaining({ name: 'parity', levels: ['even', 'odd'] }));

    const rows: Record<string, string>[] = parse((await client.file(`/jobs/${id}/predictions_csv`)).bytes, {
      columns: true,
    });
    const right = rows.filter((row) => row['prediction'] === truth(Number(row['code']))).length;
    expect({ rows: rows.length, almostAllRight: right >= 0.95 * TO_PREDICT }).toEqual({
      ...{ rows: TO_PREDICT, almostAllRight: true },
    });

    const result = await runLocally(path.join(stack.dataDir, 'coding', `pipeline_${id}`), folder);
    expect(result.failure).toMatchObject({
      code: 'functions_need_docker',
      message: expect.stringContaining('run in a Docker container only'),
      hint: expect.stringContaining('EXECUTION_ENGINE=docker'),
    });
  }, 500_000);
});

async function manifestOf(zip: Buffer): Promise<{ functions: unknown; encoder: unknown[] }> {
  const archive = await fromBufferPromise(zip);
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName !== 'manifest.json') continue;
    return JSON.parse((await buffer(await archive.openReadStreamPromise(entry))).toString());
  }
  throw new Error('model.zip has no manifest');
}

/** The job's own training script, by the engine without containers. */
async function runLocally(from: string, folder: string): Promise<RuntimeResult> {
  const attempt = path.join('attempts', 'training-1');
  const workspace = path.join(folder, 'coding', 'pipeline_local');
  await mkdir(path.join(workspace, attempt), { recursive: true });
  const sealed = `${attempt}-seal/out`;
  for (const [file, as = file] of [
    [`${sealed}/training.csv`, 'dataset.csv'],
    [`${sealed}/split.json`, 'split.json'],
    [`${attempt}/config.json`],
    [`${attempt}/training_script.py`],
  ] as const) {
    await cp(path.join(from, file), path.join(workspace, as));
  }
  const engine = new LocalEngine(loadConfig({ ...process.env, DATA_DIR: folder }), () => undefined);
  const handle = await engine.start({
    ...{ job_id: 'local', phase: 'training', attempt: 1, incarnation: 1, workspace, folder: attempt },
    ...{ script: 'training_script.py', output: path.join(attempt, 'out') },
    inputs: ['dataset.csv', 'split.json'].map((file) => ({ source: path.join(workspace, file), target: file })),
    limits: { memory_mb: 2048, cpus: 1, timeout_seconds: 80, output_quota_mb: 100 },
  });
  expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'exited', code: 1 });
  await engine.remove(handle);
  return RuntimeResult.parse(JSON.parse(readFileSync(path.join(workspace, attempt, 'out', 'result.json'), 'utf8')));
}

/** Runs a function as the runtime does, but for its check: the text as it stands, with all of Python. */
const UNCHECKED = `
import json
import pandas as pd
from automl_runtime.events import Events
from automl_runtime.functions import features
from automl_runtime.functions.guards import Turns

def compile_anything(name, code, inputs):
    scope = {}
    exec(code, scope)
    return scope[name], Turns()

features.compile_function = compile_anything
own = features.Functions.bind([features.FeatureFunction("nasty", ["x"], "category", CODE)], ["x"], {"x": "real"})
print("begins", flush=True)
found = own.add_to(pd.DataFrame({"x": [1.0]}), Events(), training=False)
print("answer " + json.dumps(found["nasty"].tolist()), flush=True)
`;
/** The same text in the run's own process, as if it had got out of the one that functions have for themselves. */
const UNCONFINED = `
import json
scope = {}
exec(CODE, scope)
print("begins", flush=True)
print("answer " + json.dumps([scope["nasty"](1.0)]), flush=True)
`;
const TRY = `
def tried(*actions):
    done = []
    for number, action in enumerate(actions):
        try:
            action()
            done.append(number)
        except BaseException:
            pass
    return done
`;

interface Nasty {
  code: string;
  /** How the container may end. */
  exit: readonly ExitKind[];
  /** What is said in the end, as JSON, where it comes to that. */
  says?: string;
  limits?: Partial<ExecutionSpec['limits']>;
  /** How it goes in the functions' own process, where otherwise. */
  confined?: Omit<Nasty, 'code' | 'confined'>;
}

/** The function gives no value, and the run goes on. */
const FAILED: Omit<Nasty, 'code'> = { exit: ['exited'], says: '[null]' };

const NASTY: Record<string, (port: number) => Nasty> = {
  'calls home': (port) => ({
    code: `${TRY}
def nasty(x):
    import socket, urllib.request
    return str(tried(
        lambda: socket.create_connection(("127.0.0.1", ${port}), timeout=3),
        lambda: socket.create_connection(("172.17.0.1", ${port}), timeout=3),
        lambda: socket.create_connection(("1.1.1.1", 53), timeout=3),
        lambda: socket.getaddrinfo("example.com", 443),
        lambda: urllib.request.urlopen("http://127.0.0.1:${port}/", timeout=3),
        lambda: socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock"),
    ))`,
    exit: ['exited'],
    says: '["[]"]',
    confined: FAILED,
  }),
  'reads and writes what is not its own': () => ({
    code: `${TRY}
def nasty(x):
    import os, shutil
    def append(path):
        with open(path, "a") as file:
            file.write("owned")
    places = ["/job/dataset.csv", "training.py", "config.json", "/job/new", "/etc/passwd", "/usr/bin/python3", "/opt/x",
              "/job/attempts/other", "/root/x", "/dev/sda", "/sys/kernel/x", "/proc/sysrq-trigger"]
    reads = ["/job/private.txt", "../../private.txt", "/etc/shadow", "/root/.env", "/proc/1/environ_of_host"]
    return str(tried(
        *[lambda place=place: append(place) for place in places],
        *[lambda place=place: open(place).read() for place in reads],
        lambda: os.remove("/job/dataset.csv"),
        lambda: os.rename("/job/dataset.csv", "/job/gone.csv"),
        lambda: os.symlink("/etc", "/job/attempts/training-1/link"),
        lambda: shutil.copy("/job/dataset.csv", "/job/copy.csv"),
    ))`,
    exit: ['exited'],
    says: '["[]"]',
  }),
  'wants to be root': () => ({
    code: `${TRY}
def nasty(x):
    import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    def must(result):
        if result != 0:
            raise OSError(ctypes.get_errno())
    assert os.getuid() != 0
    return str(tried(
        lambda: os.setuid(0),
        lambda: os.setgid(0),
        lambda: os.chroot("/tmp"),
        lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0)),
        lambda: must(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
        lambda: must(libc.sethostname(b"owned", 5)),
        lambda: must(libc.unshare(0x00020000)),
        lambda: open("/proc/sys/kernel/hostname", "w").write("owned"),
        lambda: os.nice(-10),
    ))`,
    exit: ['exited'],
    says: '["[]"]',
  }),
  'takes all memory': () => ({
    code: 'def nasty(x):\n    taken = []\n    while True:\n        taken.append(bytearray(64 << 20))',
    exit: ['oom_killed'],
    confined: FAILED,
  }),
  'never ends': () => ({
    code: 'def nasty(x):\n    while True:\n        pass',
    exit: ['timed_out'],
    limits: { timeout_seconds: 8 },
  }),
  'multiplies itself': () => ({
    code: `
def nasty(x):
    import os, signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        try:
            os.fork()
        except OSError:
            time.sleep(0.5)`,
    // Outside of the functions' process, memory for as many processes as it may have: that limit is what is tried. One
    // that meets the limit of memory instead is killed process by process, which takes a busy kernel minutes.
    exit: ['timed_out'],
    limits: { timeout_seconds: 8, memory_mb: 4096 },
    confined: { exit: ['timed_out'], limits: { timeout_seconds: 8, memory_mb: 512 } },
  }),
  'fills the disk': () => ({
    code: `
def nasty(x):
    import os
    for number in range(100000):
        with open("out/" + str(number), "wb") as file:
            file.write(os.urandom(1 << 20))`,
    exit: ['quota_exceeded'],
    limits: { output_quota_mb: 20 },
    confined: FAILED,
  }),
  'kills whatever it can': () => ({
    code: 'def nasty(x):\n    import os, signal\n    os.kill(-1, signal.SIGKILL)\n    while True:\n        pass',
    // Its own guard dies, and the container with it: nobody of ours has ended it.
    exit: ['lost'],
  }),
};

(docker ? describe : describe.skip)('a function that slipped through and', () => {
  const image = process.env['DOCKER_IMAGE'];
  let installation: Installation;
  let engine: DockerEngine;
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.end('hello');
  });

  beforeAll(async () => {
    const project: Config = loadConfig({ ...process.env, EXECUTION_ENGINE: 'docker' });
    await new DockerEngine(project).prepare(() => undefined);
    installation = new Installation({ EXECUTION_ENGINE: 'docker', ...(image ? { DOCKER_IMAGE: image } : {}) });
    engine = new DockerEngine(installation.config);
    server.on('connection', () => (calls += 1));
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
  }, 600_000);
  afterAll(async () => {
    server.close();
    for (const handle of (await engine?.list()) ?? []) await engine.remove(handle);
    installation?.dispose();
  }, 60_000);

  const inBoth = Object.entries(NASTY).flatMap(([name, make]) => [
    { name, where: 'in the process of functions', make },
    { name, where: 'in the process of the run', make },
  ]);
  test.each(inBoth)(
    '$name $where changes nothing outside its container, and ends there',
    async ({ where, make }) => {
      const { code, ...inRun } = make((server.address() as AddressInfo).port);
      const isConfined = where === 'in the process of functions';
      const { exit, says, limits } = isConfined ? (inRun.confined ?? inRun) : inRun;
      const script = `CODE = ${JSON.stringify(code)}\n${isConfined ? UNCHECKED : UNCONFINED}`;
      const spec = installation.job(script, { memory_mb: 512, timeout_seconds: 60, output_quota_mb: 50, ...limits });
      const before = filesOf(installation.root, spec);
      const handle = await engine.start(spec);
      const state = await engine.wait(handle, FOREVER);
      const lines = (await allLines(engine, handle)).map(({ text }) => text);
      await engine.remove(handle);

      expect(lines).toContain('begins');
      expect(exit).toContain(state.kind);
      expect(calls).toBe(0);
      expect(lines.find((line) => line.startsWith('answer'))).toBe(says && `answer ${says}`);
      expect(filesOf(installation.root, spec)).toEqual(before);
      expect(lines.join('\n')).not.toContain(SECRET);
      expect(await engine.list()).toEqual([]);
      // What it left in its own folder is all there is of it.
      await rm(path.dirname(outputOf(spec, 'x')), { recursive: true, force: true });
    },
    120_000,
  );
});

/** Every file of the installation with its content's hash, but for the one folder that the run may write to. */
function filesOf(root: string, spec: ExecutionSpec): [string, string][] {
  const output = path.join(spec.workspace, spec.output);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => path.join(root, name));
  const files = names.filter((name) => !name.startsWith(output) && statSync(name).isFile());
  return files.sort().map((name) => [name, createHash('sha256').update(readFileSync(name)).digest('hex')]);
}
