import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { eventually } from './moments';

const DAEMON = '/usr/sbin/dockerd';
const START_SECONDS = 60;

/** Why there can be no engine of a test's own; undefined where there can. Jest must know before anything happens. */
export function noPrivateDocker(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can run a Docker engine of its own';
  if (!existsSync(DAEMON)) return `${DAEMON} is not installed`;
  const socket = process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock';
  return existsSync(socket) ? undefined : 'no Docker engine answers that has the image';
}

/** A Docker engine of a test's own, which can be killed without harm to anybody else's containers. */
export class PrivateDocker {
  readonly client: Docker;
  private daemon: ChildProcess | undefined;

  private constructor(private readonly folder: string) {
    this.client = new Docker({ socketPath: this.socket });
  }

  /** Starts it with one image, taken from the machine's own engine. */
  static async with(image: string): Promise<PrivateDocker> {
    const machines = new Docker();
    const docker = new PrivateDocker(await mkdtemp(path.join(os.tmpdir(), 'automl-docker-')));
    await docker.start();
    const loading = await docker.client.loadImage(await machines.getImage(image).get());
    await once(loading.resume(), 'end');
    return docker;
  }

  get host(): string {
    return `unix://${this.socket}`;
  }

  /** @param liveRestore whether containers are to outlive the engine from now on */
  async start(liveRestore = false): Promise<void> {
    const log = openSync(path.join(this.folder, 'log'), 'a');
    const places = ['data-root', 'exec-root', 'pidfile'].map((name) => `--${name}=${path.join(this.folder, name)}`);
    const network = ['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'];
    const options = ['--host', this.host, ...places, ...network, `--live-restore=${liveRestore}`];
    this.daemon = spawn(DAEMON, options, { stdio: ['ignore', log, log] });
    closeSync(log);
    await eventually('the engine answers', START_SECONDS, () => this.client.ping().then(() => true));
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { daemon } = this;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = once(daemon, 'exit');
    daemon.kill(signal);
    await gone;
  }

  /** Containers first: they would outlive an engine that is told so. */
  async discard(): Promise<void> {
    for (const { Id } of await this.client.listContainers({ all: true })) {
      await this.client.getContainer(Id).remove({ force: true });
    }
    await this.stop('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  private get socket(): string {
    return path.join(this.folder, 'docker.sock');
  }
}
