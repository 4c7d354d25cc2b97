import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config';
import { AutomlError } from '../contracts/failure';
import { SupervisedChild, type ChildEvents, type ChildSpec } from './child';
import { environmentOf, javaHome } from './environment';
import { choosePorts, type BusyPortPolicy, type HeldPorts, type Ports } from './ports';
import { endProcess, isAlive } from './process-identity';
import { refuseUnfinishedRestore } from './unfinished-restore';
import { StateFile, type LauncherState, type StackUrls } from './state';
import { findTemporal, serverArguments, TemporalAdministration } from './temporal-server';

/** A worker may finish a short activity; an execution outlives it anyway. */
const STOP_GRACE_MS = 20_000;
const TEMPORAL_STOP_GRACE_MS = 10_000;
const READY_TIMEOUT_MS = 90_000;

export interface LaunchOptions {
  /** The launcher's own environment; each child gets only what it may hold of it. */
  environment: NodeJS.ProcessEnv;
  busyPorts: BusyPortPolicy;
  /** A sentence for the person at the terminal. */
  say(message: string): void;
  /** Gives the start up; what was started by then is stopped. */
  signal?: AbortSignal;
}

/** API, worker and Temporal under this process. */
export interface Stack {
  urls: StackUrls;
  /** Worker and API first, then Temporal. Resolves when all are gone. */
  stop(): Promise<void>;
  /** Hurries a `stop` that is under way. */
  hurry(): void;
}

/** Another launcher holds this installation. */
export class AlreadyRunning extends Error {
  constructor(readonly state: LauncherState) {
    super(`This installation is run by process ${state.launcher.pid} already.`);
  }
}

/**
 * Starts Temporal (unless TEMPORAL_ADDRESS names a server), the API and the worker, and keeps them running.
 * What a killed launcher left behind is stopped first.
 * @throws {AlreadyRunning} @throws {AutomlError} when a port is taken, a program is missing or a child won't start
 */
export async function launch(config: Config, options: LaunchOptions): Promise<Stack> {
  refuseUnfinishedRestore(config);
  const stateFile = new StateFile(config.runDir);
  const claim = stateFile.claim();
  if (!claim.claimed) throw new AlreadyRunning(claim.holder);
  const starting = new StartingStack(config, options, stateFile);
  const giveUp = () => void starting.stop();
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await stopLeftovers(claim.left, options.say);
    return await starting.start();
  } catch (error) {
    await starting.stop();
    throw error;
  } finally {
    // From here on the caller stops what it was given.
    options.signal?.removeEventListener('abort', giveUp);
  }
}

/** API and worker leave by themselves when their launcher is gone; Temporal stays until somebody ends it. */
async function stopLeftovers(left: LauncherState | undefined, say: (message: string) => void): Promise<void> {
  const alive = Object.entries(left?.children ?? {}).filter(([, identity]) => isAlive(identity));
  if (alive.length === 0) return;
  say(`Stopping what an earlier start left behind: ${alive.map(([name]) => name).join(', ')}.`);
  await Promise.all(alive.map(([, identity]) => endProcess(identity, STOP_GRACE_MS)));
}

class StartingStack {
  private readonly children: { temporal?: SupervisedChild; api?: SupervisedChild; worker?: SupervisedChild } = {};
  private readonly identities: LauncherState['children'] = {};
  private readonly events: ChildEvents;
  private held: HeldPorts | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly config: Config,
    private readonly options: LaunchOptions,
    private readonly stateFile: StateFile,
  ) {
    this.events = {
      say: options.say,
      changed: (name, identity) => {
        if (identity) this.identities[name] = identity;
        else delete this.identities[name];
        stateFile.update({ children: this.identities });
      },
    };
  }

  async start(): Promise<Stack> {
    this.held = await choosePorts(this.config, this.options.busyPorts);
    const { ports } = this.held;
    // Who gave up meanwhile has stopped all there was, which was not yet this.
    if (this.options.signal?.aborted) this.held.release();
    this.options.signal?.throwIfAborted();
    mkdirSync(this.config.dataDir, { recursive: true });
    if (this.config.temporal.embedded) await this.startTemporal(ports);

    this.options.signal?.throwIfAborted();
    const urls = urlsOf(this.config, ports);
    const api = this.node('api', 'api/main.js', ports);
    const worker = this.node('worker', 'worker.js', ports);
    Object.assign(this.children, { api, worker });
    api.start();
    worker.start();
    await api.ready(() => answersOk(`${urls.app}/health/live`), READY_TIMEOUT_MS);
    this.stateFile.update({ urls });
    return { urls, stop: () => this.stop(), hurry: () => this.hurry() };
  }

  async stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    await this.stopped;
  }

  private async stopAll(): Promise<void> {
    await Promise.all([this.children.api?.stop(STOP_GRACE_MS), this.children.worker?.stop(STOP_GRACE_MS)]);
    await this.children.temporal?.stop(TEMPORAL_STOP_GRACE_MS);
    this.held?.release();
    this.stateFile.release();
  }

  private hurry(): void {
    for (const child of Object.values(this.children)) child.kill();
  }

  private async startTemporal(ports: Ports): Promise<void> {
    const { config, options } = this;
    const program = findTemporal(config, options.environment);
    const environment = environmentOf('temporal', options.environment, {});
    const args = serverArguments(config, ports);
    const child = this.supervise({ name: 'temporal', command: program, args, environment, channel: false });
    this.children.temporal = child;
    child.start();
    const { namespace } = config.temporal;
    const administration = new TemporalAdministration(program, `127.0.0.1:${ports.temporal}`, environment);
    await child.ready(() => administration.answers(namespace), READY_TIMEOUT_MS);
    await administration.keepHistory(namespace);
  }

  private node(name: 'api' | 'worker', entry: string, ports: Ports): SupervisedChild {
    const { config, options } = this;
    const script = path.join(config.root, 'dist', entry);
    if (!existsSync(script)) throw notBuilt(script);
    const java = name === 'worker' ? javaHome(config.root, options.environment) : undefined;
    const environment = environmentOf(name, options.environment, {
      PORT: String(ports.api),
      TEMPORAL_PORT: String(ports.temporal),
      TEMPORAL_UI_PORT: String(ports.temporalUi),
      ...(java ? { JAVA_HOME: java } : {}),
    });
    const args = ['--enable-source-maps', script];
    return this.supervise({ name, command: process.execPath, args, environment, channel: true });
  }

  private supervise(spec: Pick<ChildSpec, 'name' | 'command' | 'args' | 'environment' | 'channel'>): SupervisedChild {
    const logFile = path.join(this.config.runDir, `${spec.name}.log`);
    return new SupervisedChild({ ...spec, cwd: this.config.root, logFile }, this.events);
  }
}

/** Where a person on this machine reaches what listens on every address. */
export function urlsOf(config: Config, ports: Ports): StackUrls {
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  const app = `http://${host.includes(':') ? `[${host}]` : host}:${ports.api}`;
  const temporal = config.temporal.embedded ? `http://127.0.0.1:${ports.temporalUi}` : config.temporal.uiUrl;
  return { app, docs: `${app}/docs`, temporal };
}

async function answersOk(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    (answer) => answer.ok,
    () => false,
  );
}

function notBuilt(script: string): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'not_built',
    message: `${script} is missing: the project is not built.`,
    hint: 'Run `npm run setup`.',
  });
}
