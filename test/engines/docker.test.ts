import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import Docker from 'dockerode';
import { createEngine } from '../../src/engines';
import { DockerEngine } from '../../src/engines/docker';
import type { ExecutionEngine } from '../../src/engines/engine';
import { engineContract, isolationContract } from './contract';
import { allLines, FOREVER, Installation, release, systemPython, UNTIL_RELEASED, type Harness } from './harness';

jest.setTimeout(120_000);

/** Ours by its name, so the engine builds it; small, for it has the base and the label only. */
const IMAGE = 'automl-h2o:engine-test';
const DOCKERFILE = `ARG BASE_IMAGE
FROM \${BASE_IMAGE}
LABEL automl.runtime-contract=1
COPY ca-bundle.crt /ca-bundle.crt
`;
const docker = new Docker();

const ping = `new (require('dockerode'))().ping().then(() => process.exit(0), () => process.exit(1))`;
const answers = spawnSync(process.execPath, ['-e', ping], { cwd: __dirname }).status === 0;
const wanted = answers || process.env.REQUIRE_DOCKER === '1';

const ENVIRONMENT: Record<string, string> = {
  EXECUTION_ENGINE: 'docker',
  DOCKER_IMAGE: IMAGE,
  CONTAINER_MEMORY_MB: '512',
  H2O_MAX_MEM: '256m',
};

function withRuntime(installation: Installation, dockerfile = DOCKERFILE): Installation {
  writeFileSync(path.join(installation.root, 'runtime', 'h2o', 'Dockerfile'), dockerfile);
  return installation;
}

function harness(): Harness {
  return {
    environment: ENVIRONMENT,
    isolated: true,
    create: (config) => new DockerEngine(config),
    killGuard: (_, handle) => docker.getContainer(handle.name).kill(),
  };
}

(wanted ? describe : describe.skip)(wanted ? 'Docker' : 'Docker (skipped: no engine answers)', () => {
  beforeAll(async () => {
    for (const base of [process.env.DOCKER_BASE_IMAGE, 'python:3.11-slim-bookworm', 'automl-base:bookworm']) {
      if (
        !base ||
        !(await docker
          .getImage(base)
          .inspect()
          .catch(() => undefined))
      )
        continue;
      ENVIRONMENT.DOCKER_BASE_IMAGE = base;
      break;
    }
    const installation = withRuntime(new Installation(ENVIRONMENT));
    await new DockerEngine(installation.config).prepare(() => undefined);
    installation.dispose();
  });
  afterAll(() => docker.getImage(IMAGE).remove({ force: true }));

  engineContract(harness);
  isolationContract(harness);

  describe('the container', () => {
    let installation: Installation;
    let engine: ExecutionEngine;
    beforeAll(() => {
      installation = new Installation(ENVIRONMENT);
      engine = new DockerEngine(installation.config);
    });
    afterAll(async () => {
      for (const handle of await engine.list()) await engine.remove(handle);
      installation.dispose();
    });

    test('is locked down as designed', async () => {
      const spec = installation.job(UNTIL_RELEASED);
      const handle = await engine.start(spec);
      const { HostConfig, Config } = await docker.getContainer(handle.name).inspect();
      expect(HostConfig).toMatchObject({
        NetworkMode: 'none',
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Init: true,
        PidsLimit: 512,
        Memory: 512 * 2 ** 20,
        MemorySwap: 512 * 2 ** 20,
        NanoCpus: 1e9,
        Privileged: false,
        Binds: null,
        RestartPolicy: { Name: 'no' },
      });
      expect(HostConfig.Mounts?.map((mount) => [mount.Target, Boolean(mount.ReadOnly)])).toEqual([
        ['/job/attempts/training-1', true],
        ['/job/dataset.csv', true],
        ['/job/attempts/training-1/out', false],
      ]);
      expect(Config.User).not.toMatch(/^0?:/);
      expect(Config.Labels).toMatchObject({ 'automl.job': spec.job_id, 'automl.phase': 'training' });
      release(spec);
      await engine.wait(handle, FOREVER);
    });

    test('that is gone counts as lost', async () => {
      const handle = await engine.start(installation.job(UNTIL_RELEASED));
      await docker.getContainer(handle.name).remove({ force: true });
      expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'lost', code: null });
      expect(await allLines(engine, handle)).toEqual([]);
    });

    test('that a dead worker had made but not started is started by the next', async () => {
      const spec = installation.job(`print('ran')`);
      const handle = await engine.start(spec);
      await engine.wait(handle, FOREVER);
      const { Config, HostConfig } = await docker.getContainer(handle.name).inspect();
      await docker.getContainer(handle.name).remove();
      await docker.createContainer({ ...Config, Hostname: '', HostConfig, name: handle.name });
      expect(await engine.inspect(handle)).toMatchObject({ running: true });
      expect(await engine.start(spec)).toEqual(handle);
      expect(await engine.wait(handle, FOREVER)).toMatchObject({ kind: 'exited', code: 0 });
      expect((await allLines(engine, handle)).map((line) => line.text)).toEqual(['ran']);
    });
  });

  describe('the image', () => {
    const progress: string[] = [];
    const prepare = (installation: Installation, environment: Record<string, string> = {}) =>
      new DockerEngine(installation.reconfigured({ ...ENVIRONMENT, ...environment })).prepare((line) =>
        progress.push(line),
      );
    let installation: Installation;
    beforeEach(() => {
      installation = withRuntime(new Installation(ENVIRONMENT), `${DOCKERFILE}LABEL test=image\n`);
      progress.length = 0;
    });
    afterEach(async () => {
      installation.dispose();
      await docker
        .getImage('automl-h2o:build-test')
        .remove({ force: true })
        .catch(() => undefined);
    });

    test('is built when missing, and again only when its sources have changed', async () => {
      const environment = { DOCKER_IMAGE: 'automl-h2o:build-test' };
      await prepare(installation, environment);
      expect(progress[0]).toContain('Building the image automl-h2o:build-test');
      expect(progress).toContainEqual(expect.stringMatching(/^Step 1/));
      const first = await docker.getImage('automl-h2o:build-test').inspect();
      progress.length = 0;
      mkdirSync(path.join(installation.root, 'runtime', 'h2o', 'tests'));
      writeFileSync(path.join(installation.root, 'runtime', 'h2o', 'tests', 'test_new.py'), '');
      await prepare(installation, environment);
      expect(progress).toEqual([]);
      withRuntime(installation, `${DOCKERFILE}LABEL test=changed\n`);
      await prepare(installation, environment);
      expect(progress[0]).toContain('sources have changed');
      expect((await docker.getImage('automl-h2o:build-test').inspect()).Id).not.toBe(first.Id);
      await docker.getImage(first.Id).remove();
    });

    test('is built with the certificates that the host trusts', async () => {
      const bundle = path.join(installation.root, 'bundle.pem');
      writeFileSync(bundle, 'the bundle');
      const environment = { DOCKER_IMAGE: 'automl-h2o:build-test', PIP_CERT: bundle };
      await prepare(installation, environment);
      const engine = new DockerEngine(installation.reconfigured({ ...ENVIRONMENT, ...environment }));
      const handle = await engine.start(installation.job(`print(open('/ca-bundle.crt').read())`));
      expect((await allLines(engine, handle)).map((line) => line.text)).toEqual(['the bundle']);
      await engine.remove(handle);
    });

    test('that can’t be built says why', async () => {
      withRuntime(installation, `ARG BASE_IMAGE\nFROM \${BASE_IMAGE}\nRUN echo the reason && false\n`);
      await expect(prepare(installation, { DOCKER_IMAGE: 'automl-h2o:build-test' })).rejects.toMatchObject({
        failure: { code: 'image_unbuildable', message: expect.stringContaining('the reason') },
      });
    });

    test('of one’s own must be there and speak our contract', async () => {
      await expect(prepare(installation, { DOCKER_IMAGE: 'somebody/nothing:1' })).rejects.toMatchObject({
        failure: { code: 'image_missing', hint: expect.stringContaining('example/Dockerfile') },
      });
      const foreign = { DOCKER_IMAGE: ENVIRONMENT.DOCKER_BASE_IMAGE as string };
      await expect(prepare(installation, foreign)).rejects.toMatchObject({ failure: { code: 'image_incompatible' } });
      await docker.getImage(IMAGE).tag({ repo: 'somebody/own', tag: '1' });
      await prepare(installation, { DOCKER_IMAGE: 'somebody/own:1' });
      await docker.getImage('somebody/own:1').remove();
    });
  });

  test('an unknown runtime is named', async () => {
    const installation = new Installation({ ...ENVIRONMENT, DOCKER_RUNTIME: 'no-such-runtime' });
    const engine = new DockerEngine(installation.config);
    await expect(engine.start(installation.job('pass'))).rejects.toMatchObject({
      failure: { code: 'docker_runtime_missing', message: expect.stringContaining('no-such-runtime') },
    });
    expect(await engine.list()).toEqual([]);
    installation.dispose();
  });

  test('is chosen where nothing else is asked for', async () => {
    const installation = withRuntime(new Installation({ ...ENVIRONMENT, EXECUTION_ENGINE: 'auto' }));
    const said: string[] = [];
    const engine = await createEngine(installation.config, (message) => said.push(message));
    expect(engine.name).toBe('docker');
    expect(said.at(-1)).toContain(IMAGE);
    expect(await engine.check()).toMatchObject({ ok: true, remedy: null });
    installation.dispose();
  });
});

describe('without a Docker engine', () => {
  const before = process.env.DOCKER_HOST;
  beforeAll(() => {
    process.env.DOCKER_HOST = 'unix:///nowhere/docker.sock';
  });
  afterAll(() => {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  });

  test('each call says that it does not answer, and what to do', async () => {
    const installation = new Installation(ENVIRONMENT);
    const engine = new DockerEngine(installation.config);
    const unavailable = { failure: { category: 'system', code: 'docker_unavailable' }, retryable: true };
    await expect(engine.prepare(() => undefined)).rejects.toMatchObject(unavailable);
    await expect(engine.list()).rejects.toMatchObject(unavailable);
    await expect(engine.start(installation.job('pass'))).rejects.toMatchObject(unavailable);
    expect(await engine.check()).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('EXECUTION_ENGINE=local'),
    });
    installation.dispose();
  });

  test('the local engine is used, said aloud', async () => {
    const installation = new Installation({
      ...ENVIRONMENT,
      EXECUTION_ENGINE: 'auto',
      PYTHON_RUNTIME: systemPython(),
    });
    const said: string[] = [];
    const engine = await createEngine(installation.config, (message) => said.push(message));
    expect(engine.name).toBe('local');
    expect(said).toEqual([expect.stringContaining('does not answer')]);
    installation.dispose();
  });

  test('one that was used before is waited for', async () => {
    const installation = withRuntime(new Installation({ ...ENVIRONMENT, EXECUTION_ENGINE: 'auto' }));
    mkdirSync(path.join(installation.config.runDir, 'docker'), { recursive: true });
    const socket = path.join(installation.root, 'docker.sock');
    process.env.DOCKER_HOST = `unix://${socket}`;
    const choosing = createEngine(installation.config, () => undefined);
    // It comes up after the first try, and answers: with an error, which ends the waiting.
    const server = createServer((_, response) => response.writeHead(500).end('{"message": "starting"}'));
    server.listen(socket);
    await once(server, 'listening');
    expect((await choosing).name).toBe('local');
    server.close();
    rmSync(socket, { force: true });
    installation.dispose();
  });
});
