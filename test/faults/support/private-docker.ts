import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { eventually } from './moments';

const DAEMON = '/usr/sbin/dockerd';
const RUNTIME = '/usr/bin/containerd';
const START_SECONDS = 60;

/** Why there can be no engine of a test's own; undefined where there can. Jest must know before anything happens. */
export function noPrivateDocker(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can run a Docker engine of its own';
  const absent = [DAEMON, RUNTIME].find((program) => !existsSync(program));
  if (absent) return `${absent} is not installed`;
  const socket = process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock';
  return existsSync(socket) ? undefined : 'no Docker engine answers that has the image';
}

/**
 * A Docker engine of a test's own, which can be killed without harm to anybody else's containers. Its containerd is a
 * process beside it, as a distribution's services have it: containers are its children and outlive a killed engine.
 */
export class PrivateDocker {
  readonly client: Docker;
  private runtime: ChildProcess | undefined;
  private daemon: ChildProcess | undefined;

  private constructor(private readonly folder: string) {
    this.client = new Docker({ socketPath: this.socket });
  }

  /** Starts it with one image, taken from the machine's own engine. */
  static async with(image: string): Promise<PrivateDocker> {
    const machines = new Docker();
    const docker = new PrivateDocker(await mkdtemp(path.join(os.tmpdir(), 'automl-docker-')));
    await docker.startRuntime();
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
    const places = ['data-root', 'exec-root', 'pidfile'].map((name) => `--${name}=${this.at(name)}`);
    const network = ['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'];
    const options = ['--host', this.host, ...places, ...network, `--live-restore=${liveRestore}`];
    this.daemon = this.spawn(DAEMON, [...options, `--containerd=${this.at('containerd.sock')}`]);
    await eventually('the engine answers', START_SECONDS, () => this.client.ping().then(() => true)).catch((error) => {
      throw new Error(`${String(error)}\n${readFileSync(this.at('log'), 'utf8').slice(-2000)}`);
    });
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await end(this.daemon, signal);
  }

  /** Containers first: they would outlive an engine that is told so. */
  async discard(): Promise<void> {
    for (const { Id } of await this.client.listContainers({ all: true })) {
      await this.client.getContainer(Id).remove({ force: true });
    }
    await this.stop('SIGTERM');
    await end(this.runtime, 'SIGTERM');
    this.unmountFolder();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The engine mounts its folder on itself, and leaves that behind where it was killed. */
  private unmountFolder(): void {
    const folder = this.at('data-root');
    if (readFileSync('/proc/mounts', 'utf8').includes(` ${folder} `)) execFileSync('umount', ['--lazy', folder]);
  }

  private async startRuntime(): Promise<void> {
    const config = [
      ...['version = 2', `root = "${this.at('containerd')}"`, `state = "${this.at('containerd-state')}"`],
      ...['disabled_plugins = ["io.containerd.grpc.v1.cri"]', '[grpc]', `address = "${this.at('containerd.sock')}"`],
    ];
    writeFileSync(this.at('containerd.toml'), `${config.join('\n')}\n`);
    this.runtime = this.spawn(RUNTIME, ['--config', this.at('containerd.toml')]);
    await eventually('containerd answers', START_SECONDS, async () => existsSync(this.at('containerd.sock')));
  }

  private spawn(program: string, options: string[]): ChildProcess {
    const log = openSync(this.at('log'), 'a');
    const child = spawn(program, options, { stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  }

  private at(name: string): string {
    return path.join(this.folder, name);
  }

  private get socket(): string {
    return this.at('docker.sock');
  }
}

async function end(child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
