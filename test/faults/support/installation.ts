import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadConfig, type Config } from '../../../src/config';
import { createEngine } from '../../../src/engines';
import type { ExecutionEngine } from '../../../src/engines/engine';
import { installationOf } from '../../../src/engines/names';
import { isAlive, type ProcessIdentity } from '../../../src/launcher/process-identity';
import { choosePorts, type Ports } from '../../../src/launcher/ports';
import { StateFile } from '../../../src/launcher/state';
import { RestClient } from '../../support/client';
import { eventually } from './moments';
import { Rows } from './rows';

export type EngineName = 'local' | 'docker';
export type Part = 'api' | 'worker' | 'temporal';

const START_SECONDS = 90;

/**
 * Free ports from below those that the system hands out by itself: while the stack is down, no connection and no server
 * of another test gets them.
 */
async function lastingPorts(): Promise<Ports> {
  const some = () => String(randomInt(10_000, 30_000));
  const wanted = { ...process.env, PORT: some(), TEMPORAL_PORT: some(), TEMPORAL_UI_PORT: some() };
  const { ports, release } = await choosePorts(loadConfig(wanted), 'take_another');
  release();
  return ports;
}

/**
 * One data folder and its ports, which outlive every process: a launcher of its own runs the real build on them, as
 * `npm start` does, and can be killed and started again.
 */
export class Installation {
  readonly id: string;
  readonly client: RestClient;
  private launcher: ChildProcess | undefined;
  private opened: Rows | undefined;

  private constructor(
    readonly config: Config,
    readonly engine: ExecutionEngine,
    readonly environment: NodeJS.ProcessEnv,
  ) {
    this.id = installationOf(config.dataDir);
    this.client = new RestClient(`http://127.0.0.1:${config.port}`);
  }

  /** @param more variables of the environment, besides those that keep installations apart */
  static async create(engine: EngineName, more: NodeJS.ProcessEnv = {}): Promise<Installation> {
    const dataDir = more['DATA_DIR'] ?? (await mkdtemp(path.join(os.tmpdir(), 'automl-faults-')));
    const ports = await lastingPorts();
    const environment = {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: String(ports.api),
      TEMPORAL_PORT: String(ports.temporal),
      TEMPORAL_UI_PORT: String(ports.temporalUi),
      EXECUTION_ENGINE: engine,
      ...more,
    };
    const config = loadConfig(environment);
    mkdirSync(config.runDir, { recursive: true });
    return new Installation(config, await createEngine(config, () => undefined), environment);
  }

  get databaseFile(): string {
    return this.config.databaseUrl.replace('sqlite:', '');
  }

  /** Only while the database exists: after the first start. */
  async rows(): Promise<Rows> {
    this.opened ??= await Rows.open(this.databaseFile);
    return this.opened;
  }

  /** Lets go of the database: even a reader keeps its files open. */
  async closeRows(): Promise<void> {
    await this.opened?.close();
    this.opened = undefined;
  }

  /** Starts the launcher and waits until it serves. @throws with its last words where it ends instead. */
  async start(): Promise<void> {
    const log = path.join(this.config.runDir, 'launcher.log');
    const output = openSync(log, 'a');
    const launcher = spawn(process.execPath, [path.join(__dirname, 'launcher.cjs')], {
      cwd: this.config.root,
      env: this.environment,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.launcher = launcher;
    await eventually('the stack serves', START_SECONDS, async () => {
      if (launcher.exitCode !== null) {
        throw new Error(`The launcher ended with ${launcher.exitCode}: ${readFileSync(log, 'utf8').slice(-1500)}`);
      }
      const state = new StateFile(this.config.runDir).running();
      return state?.launcher.pid === launcher.pid && state?.urls && (await this.answers());
    });
  }

  /** As Ctrl-C does; what is left of a stack whose launcher is dead goes with SIGKILL. */
  async stop(): Promise<void> {
    const children = Object.values(this.state()?.children ?? {});
    if (this.launcher && this.launcher.exitCode === null && this.launcher.signalCode === null) {
      const gone = once(this.launcher, 'exit');
      this.launcher.kill('SIGTERM');
      await gone;
    }
    for (const child of children.filter(isAlive)) process.kill(child.pid, 'SIGKILL');
  }

  /** Ends all, and removes all traces unless KEEP_DATA is set. */
  async discard(): Promise<void> {
    await this.closeRows();
    await this.stop();
    for (const handle of await this.engine.list()) await this.engine.remove(handle);
    if (!process.env['KEEP_DATA']) await rm(this.config.dataDir, { recursive: true, force: true });
  }

  /** Does what may fail; a failure then tells what the processes said last, for their files are removed. */
  async telling<T>(work: () => Promise<T>): Promise<T> {
    return await work().catch((error: Error) => {
      const logs = (['launcher', 'worker', 'api'] as const).map((name) => `--- ${name}\n${this.log(name)}`);
      throw Object.assign(error, { message: [error.message, ...logs].join('\n') });
    });
  }

  /** Whether the process that the launcher has on record lives. */
  isAlive(part: Part): boolean {
    const identity = this.state()?.children[part];
    return identity !== undefined && isAlive(identity);
  }

  /** SIGKILL, to the very process that runs now. */
  async kill(part: Part): Promise<void> {
    const identity = await this.part(part);
    process.kill(identity.pid, 'SIGKILL');
    await eventually(`the ${part} is dead`, 10, () => !isAlive(identity), 5);
  }

  /** SIGTERM, as a deployment does. @throws where it has not let go of its work and left after so many seconds */
  async drain(part: Part, seconds: number): Promise<void> {
    const identity = await this.part(part);
    process.kill(identity.pid, 'SIGTERM');
    await eventually(`the ${part} has drained`, seconds, () => !isAlive(identity), 5);
  }

  /** SIGKILL to the launcher alone; its children find themselves without one. */
  async killLauncher(): Promise<void> {
    const launcher = this.launcher;
    if (!launcher) throw new Error('There is no launcher to kill.');
    const gone = once(launcher, 'exit');
    launcher.kill('SIGKILL');
    await gone;
  }

  /** The launcher first, for it would start the others again; then all of its children within the same moment. */
  async killEverything(): Promise<void> {
    const children = Object.values(this.state()?.children ?? {});
    const dead = this.killLauncher();
    for (const child of children.filter(isAlive)) process.kill(child.pid, 'SIGKILL');
    await dead;
    await eventually('every process is dead', 10, () => !children.some(isAlive), 5);
  }

  async answers(): Promise<boolean> {
    const [api, temporal] = await Promise.all([
      fetch(`${this.client.url}/health/live`, { signal: AbortSignal.timeout(2000) }),
      fetch(`${this.temporalApi}/cluster-info`, { signal: AbortSignal.timeout(2000) }),
    ]);
    await Promise.all([api.body?.cancel(), temporal.body?.cancel()]);
    return api.ok && temporal.ok;
  }

  get temporalApi(): string {
    return `http://127.0.0.1:${this.config.temporal.uiPort}/api/v1`;
  }

  /** Types of the activities that Temporal believes to be under way; undefined where it knows no such workflow. */
  async pendingActivities(jobId: string): Promise<string[] | undefined> {
    const answer = await fetch(`${this.temporalApi}/namespaces/default/workflows/automl-job-${jobId}`);
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`Temporal answers ${answer.status}`);
    const { pendingActivities } = (await answer.json()) as {
      pendingActivities?: { activityType: { name: string } }[];
    };
    return (pendingActivities ?? []).map((activity) => activity.activityType.name);
  }

  /** The end of a process's log, for the message of a test that fails. */
  log(name: Part | 'launcher', characters = 3000): string {
    const file = path.join(this.config.runDir, `${name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-characters) : '(no log)';
  }

  private state() {
    return new StateFile(this.config.runDir).read();
  }

  async part(part: Part): Promise<ProcessIdentity> {
    return await eventually(`a ${part} runs`, 60, () => {
      const identity = this.state()?.children[part];
      return identity && isAlive(identity) && identity;
    });
  }
}
