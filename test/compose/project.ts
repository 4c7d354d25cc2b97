import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { installationOf } from '../../src/engines/names';

const execute = promisify(execFile);
const ROOT = path.join(__dirname, '..', '..');
/** Compose waits without end for a dependency that never gets healthy. */
const COMPOSE_TIMEOUT_MS = 240_000;
const SOCKET = process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock';

/** `docker compose` where it is there, else Debian's `docker-compose`; undefined where neither is, or no engine. */
export function findCompose(): string[] | undefined {
  const works = ([program, ...args]: string[]) => spawnSync(program!, [...args, 'version']).status === 0;
  if (!works(['docker'])) return undefined;
  return [['docker', 'compose'], ['docker-compose']].find(works);
}

/** The images that docker-compose.yml needs, made or found by the project's own script; what it prints, as variables. */
export async function composeImages(): Promise<Record<string, string>> {
  const { stdout } = await execute('bash', [path.join(ROOT, 'scripts', 'compose-images.sh')]);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]),
  );
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** docker-compose.yml under a name, a data folder and ports of its own; no `.env` of this machine is read. */
export class ComposeProject {
  readonly docker = new Docker();
  readonly folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'automl-compose-')));
  readonly dataDir = mkdtempSync(path.join(this.folder, 'data-'));
  readonly name = path.basename(this.folder).toLowerCase();
  private readonly environment: NodeJS.ProcessEnv;

  constructor(
    private readonly command: string[],
    variables: Record<string, string>,
  ) {
    writeFileSync(path.join(this.folder, 'empty.env'), '');
    // As root, the folder is handed to the services' own user; anybody else runs them as himself.
    const own = process.getuid?.() ? { AUTOML_UID: `${process.getuid()}`, AUTOML_GID: `${process.getgid?.()}` } : {};
    this.environment = {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], DOCKER_HOST: process.env['DOCKER_HOST'] },
      ...{ AUTOML_DATA_DIR: this.dataDir, DOCKER_GID: String(statSync(SOCKET).gid), DOCKER_SOCKET: SOCKET, ...own },
      ...variables,
    };
  }

  async compose(...args: string[]): Promise<string> {
    const [program, ...first] = this.command as [string, ...string[]];
    const place = [
      '--project-name',
      this.name,
      '--project-directory',
      ROOT,
      '-f',
      path.join(ROOT, 'docker-compose.yml'),
    ];
    const all = [...first, '--env-file', path.join(this.folder, 'empty.env'), ...place, ...args];
    const options = { cwd: ROOT, env: this.environment, maxBuffer: 64 * 1024 * 1024, timeout: COMPOSE_TIMEOUT_MS };
    const { stdout, stderr } = await execute(program, all, options);
    return stdout + stderr;
  }

  /** Of all containers of the project, running or not. */
  async containers(): Promise<Docker.ContainerInspectInfo[]> {
    const filters = { label: [`com.docker.compose.project=${this.name}`] };
    const found = await this.docker.listContainers({ all: true, filters });
    return await Promise.all(found.map(({ Id }) => this.docker.getContainer(Id).inspect()));
  }

  async container(service: string): Promise<Docker.ContainerInspectInfo> {
    const found = (await this.containers()).find((container) => serviceOf(container) === service);
    if (!found) throw new Error(`The project has no container for ${service}`);
    return found;
  }

  /** @throws with the end of the service's log when it is not healthy in time. */
  async healthy(service: string, seconds: number): Promise<void> {
    for (const giveUp = Date.now() + seconds * 1000; ;) {
      const { State: state } = await this.container(service);
      if (state.Health?.Status === 'healthy') return;
      if (Date.now() > giveUp) {
        const probe = state.Health?.Log.at(-1)?.Output ?? '';
        throw new Error(`${service}: ${state.Status}, ${probe}\n${await this.compose('logs', '--tail=60', service)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** Training containers that the project's worker started beside it. */
  async executions(): Promise<Docker.ContainerInfo[]> {
    const filters = { label: [`automl.installation=${installationOf(this.dataDir)}`] };
    return await this.docker.listContainers({ all: true, filters });
  }

  /** Removes all of it: containers, networks, volumes and the data folder. */
  async remove(): Promise<void> {
    await this.compose('down', '--volumes', '--remove-orphans', '--timeout', '20');
    for (const { Id } of await this.executions()) await this.docker.getContainer(Id).remove({ force: true });
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function serviceOf(container: Docker.ContainerInspectInfo): string {
  return container.Config.Labels['com.docker.compose.service'] ?? '';
}
