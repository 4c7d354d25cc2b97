import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../src/config';
import { DockerEngine } from '../../src/engines/docker';
import { RestClient } from '../support/client';
import { ComposeProject, composeImages, findCompose, freePort, serviceOf } from './project';

/** What a person might choose; none of it may break a URL or a shell. */
const PASSWORD = `p@ss/w:rd?#%20'"$&+ ü`;
const SERIES = path.join(__dirname, '..', '..', 'examples', 'bike_sharing_daily.csv');
const SERVICES = ['api', 'postgres', 'storage', 'temporal', 'temporal-retention', 'worker'];

const command = findCompose();

if (command) {
  describe('docker-compose.yml', () => describeServices(command));
} else if (process.env['REQUIRE_DOCKER']) {
  test('a Docker engine and docker compose are there', () => expect(command).toBeDefined());
} else {
  test.skip('no Docker engine answers, or neither `docker compose` nor `docker-compose` is installed', () => undefined);
}

function describeServices(compose: string[]): void {
  let images: Record<string, string>;
  let project: ComposeProject;
  let client: RestClient;
  let port: number;

  beforeAll(async () => {
    images = await composeImages();
    const config = loadConfig();
    await new DockerEngine(config).prepare(() => undefined);
    port = await freePort();
    project = new ComposeProject(compose, {
      ...images,
      POSTGRES_PASSWORD: PASSWORD,
      PORT: String(port),
      TEMPORAL_UI_PORT: String(await freePort()),
      DOCKER_IMAGE: config.execution.image,
      DOCKER_BASE_IMAGE: config.execution.baseImage,
    });
    await project.compose('up', '-d');
    client = new RestClient(`http://127.0.0.1:${port}`);
  }, 1_500_000);
  afterAll(async () => await project?.remove(), 120_000);

  test('every service comes up', async () => {
    for (const service of ['postgres', 'temporal', 'api', 'worker']) await project.healthy(service, 120);
    expect((await project.containers()).map(serviceOf).sort()).toEqual(SERVICES);
    const once = await Promise.all(['storage', 'temporal-retention'].map((service) => project.container(service)));
    expect(once.map(({ State }) => ({ running: State.Running, code: State.ExitCode }))).toEqual([
      { running: false, code: 0 },
      { running: false, code: 0 },
    ]);
  }, 480_000);

  test('a job trains in a container beside them and lands in PostgreSQL', async () => {
    const id = await client.createJob({
      name: 'Bikes',
      prompt: 'Forecast the total rentals for the next 7 days',
      target_column: 'total_rentals',
      max_models: 2,
    });
    const siblings = project.docker.getEvents({ filters: { type: ['container'], label: [`automl.job=${id}`] } });
    await client.upload(id, SERIES);
    const trained = await firstOf(await siblings);
    const job = await client.final(id, 300);
    if (job.status !== 'completed')
      throw new Error(`${job.status}: ${job.error_message}\n${await project.compose('logs', 'worker')}`);

    expect(job).toMatchObject({ engine: 'docker', progress: 100, error: null });
    expect(trained.Actor.Attributes['image']).toBe(loadConfig().execution.image);
    const { bytes } = await client.file(`/jobs/${id}/predictions_csv`);
    expect(bytes.toString().trim().split('\n')).toHaveLength(8);
    expect(await rowInPostgres(id)).toBe(`completed|${job.target_column}`);
  }, 420_000);

  test('nothing is published but the app and the Temporal UI, and these on loopback only', async () => {
    const published = (await project.containers()).flatMap(({ NetworkSettings: { Ports: ports } }) =>
      Object.values(ports).flatMap((bindings: { HostIp: string; HostPort: string }[] | null) => bindings ?? []),
    );
    expect(published.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1', '127.0.0.1']);

    const others = Object.values(os.networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    expect(others).not.toHaveLength(0);
    for (const { address } of others) {
      for (const { HostPort } of published) {
        expect(await connects(address, Number(HostPort))).toBe(false);
      }
    }
    expect(await connects('127.0.0.1', port)).toBe(true);
  });

  test('no container has more rights than it needs; only the worker has the Docker socket', async () => {
    const containers = await project.containers();
    for (const { HostConfig: host, Config: config, Name } of containers) {
      expect({ Name, privileged: host.Privileged, dropped: host.CapDrop }).toEqual({
        Name,
        privileged: false,
        dropped: ['ALL'],
      });
      expect(host.SecurityOpt).toContain('no-new-privileges:true');
      expect(host.NetworkMode).not.toBe('host');
      expect(config.User === '' || config.User === '0:0').toBe(/postgres|storage/.test(Name));
    }
    const withSocket = containers.filter(({ Mounts }) => Mounts.some(({ Source }) => Source.endsWith('docker.sock')));
    expect(withSocket.map(serviceOf)).toEqual(['worker']);
  });

  test('model keys reach the worker alone, the credential key the API and the worker', async () => {
    const secrets = { OPENAI_API_KEY: 'sk-test', DEEPSEEK_API_KEY: 'ds-test', CREDENTIAL_KEY: 'ck-test' };
    const variables = { ...images, POSTGRES_PASSWORD: PASSWORD, ...secrets };
    const idle = new ComposeProject(compose, variables);
    try {
      await idle.compose('create');
      const containers = await idle.containers();
      const holders = (name: string) =>
        containers.filter(({ Config }) => Config.Env.some((entry) => entry.startsWith(`${name}=`))).map(serviceOf);
      expect(holders('OPENAI_API_KEY')).toEqual(['worker']);
      expect(holders('DEEPSEEK_API_KEY')).toEqual(['worker']);
      expect(holders('CREDENTIAL_KEY')).toEqual(['api', 'worker']);
    } finally {
      await idle.remove();
    }
  }, 120_000);

  test.each(['POSTGRES_PASSWORD', 'DOCKER_GID'])(
    'without %s nothing starts, and the message names it',
    async (name) => {
      const without = new ComposeProject(compose, { POSTGRES_PASSWORD: PASSWORD, [name]: '' });
      await expect(without.compose('up', '-d')).rejects.toThrow(`${name} is not set`);
      expect(await without.containers()).toEqual([]);
      await rm(without.folder, { recursive: true });
    },
  );

  test('a data folder that somebody uses is not taken from its owner', async () => {
    const foreign = ['run', '--rm', '--no-deps', '-e', 'AUTOML_UID=12345', 'storage', 'storage', project.dataDir];
    await expect(project.compose(...foreign)).rejects.toThrow(/is not empty: set AUTOML_UID=/);
  }, 60_000);

  test('down leaves nothing but the data folder', async () => {
    await project.compose('down', '--volumes', '--timeout', '20');
    const filters = { label: [`com.docker.compose.project=${project.name}`] };
    expect(await project.containers()).toEqual([]);
    expect(await project.executions()).toEqual([]);
    expect(await project.docker.listNetworks({ filters })).toEqual([]);
    expect((await project.docker.listVolumes({ filters })).Volumes).toEqual([]);
  }, 120_000);

  async function rowInPostgres(id: string): Promise<string> {
    const query = `SELECT status || '|' || target_column FROM jobs WHERE id = '${id}'`;
    const psql = ['psql', '-h', '127.0.0.1', '-U', 'automl', '-d', 'automl', '-At', '-c', query];
    return (await project.compose('exec', '-T', '-e', `PGPASSWORD=${PASSWORD}`, 'postgres', ...psql)).trim();
  }
}

interface DockerEvent {
  Actor: { Attributes: Record<string, string> };
}

/** The first event of a stream that then is closed. */
async function firstOf(events: NodeJS.ReadableStream): Promise<DockerEvent> {
  for await (const chunk of events) return JSON.parse(String(chunk).split('\n')[0]!) as DockerEvent;
  throw new Error('The engine told of no container for this job');
}

async function connects(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (connected: boolean) => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
