import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import type { Config } from '../../config';
import { ExitKind, type ResourceSample } from '../../contracts/execution';
import { AutomlError } from '../../contracts/failure';
import type { Extra } from '../../contracts/plans';
import { folderBytes } from '../disk';
import type {
  EngineCheck,
  ExecutionEngine,
  ExecutionHandle,
  ExecutionKey,
  ExecutionSpec,
  ExecutionState,
  ExitState,
  LogLine,
} from '../engine';
import { Extras } from '../extras';
import { checkMemory } from '../host';
import { handOver, prepareLayout } from '../layout';
import { executionName, handleOf, installationOf, keyName, keyOf, newest } from '../names';
import { containerOptions, KILL_AFTER_SECONDS, type Labels } from './container';
import { classifyDockerError, docker, dockerUnless } from './errors';
import { installInContainer } from './extras';
import { gpuRequest } from './gpu';
import { ensureImage, imageProblem } from './image';
import { LineNumberer } from '../lines';
import { linesOf } from './logs';
import { removeContainer } from './remove';
import { exitOf } from './state';

/** The machine that the engine runs on. */
interface Host {
  cpus: number;
  memoryBytes: number;
  gpu: Docker.DeviceRequest | undefined;
}

const POLL_MS = 250;
const REOPEN_MS = 50;
const WATCH_EVERY_MS = 2000;
/** A container is started right after it is made; one that still isn't after this long was left by a dead worker. */
const START_TIMEOUT_MS = 20_000;
/** Used where the worker is root: nobody's on the host, as in the image. */
const UNPRIVILEGED_ID = 10_001;
const NOT_FOUND = 404;
const CONFLICT = 409;
const MEGABYTE = 1024 * 1024;

/** Runs scripts in containers. What is known of an execution is at the engine: its name, labels, state and log. */
export class DockerEngine implements ExecutionEngine {
  readonly name = 'docker';
  readonly isolated = true;
  private readonly client = new Docker();
  private readonly installation: string;
  private readonly reasons: string;
  private readonly lastCpu = new Map<string, { nanoseconds: number; time: number }>();
  private host: Promise<Host> | undefined;

  private readonly extras: Extras;

  constructor(private readonly config: Config) {
    this.installation = installationOf(config.dataDir);
    this.extras = new Extras(config, (draft) => {
      const name = `automl-${this.installation}-extras`;
      return installInContainer({ client: this.client, config, name, user: innerUser() }, draft);
    });
    this.reasons = path.join(config.runDir, 'docker');
  }

  async check(): Promise<EngineCheck> {
    try {
      const { version } = await docker(async () => ({ version: (await this.client.version()).Version }));
      const problem = await imageProblem(this.client, this.config);
      return { ok: true, verdict: `Docker ${version} answers.${problem ? ` ${problem}` : ''}`, remedy: null };
    } catch (error) {
      if (!(error instanceof AutomlError)) throw error;
      return { ok: false, verdict: error.failure.message, remedy: error.failure.hint };
    }
  }

  async prepare(onProgress: (message: string) => void): Promise<void> {
    const { memoryBytes } = await this.hostOf();
    checkMemory(this.config.execution.memoryMb, memoryBytes);
    await ensureImage(this.client, this.config, onProgress);
  }

  extra(name: Extra): Promise<string> {
    return this.extras.folder(name);
  }

  async start(spec: ExecutionSpec): Promise<ExecutionHandle> {
    const name = executionName(this.installation, spec);
    if (!(await this.details(name))) await this.create(spec, name);
    else await this.startAbandoned(name);
    return { ...keyOf(spec), incarnation: spec.incarnation, engine: this.name, name };
  }

  async find(key: ExecutionKey): Promise<ExecutionHandle | undefined> {
    const prefix = `${keyName(this.installation, key)}-i`;
    return newest((await this.list()).filter((handle) => handle.name.startsWith(prefix)));
  }

  async list(): Promise<ExecutionHandle[]> {
    const filters = { label: [`automl.installation=${this.installation}`] };
    const containers = await docker(() => this.client.listContainers({ all: true, filters }));
    return containers.flatMap(({ Names }) =>
      Names.flatMap((name) => handleOf(name.replace(/^\//, ''), this.installation, this.name) ?? []),
    );
  }

  async inspect(handle: ExecutionHandle): Promise<ExecutionState> {
    const info = await this.details(handle.name);
    if (!info) return { running: false, ...missing() };
    const { State: state } = info;
    if (state.Status === 'created') return this.inspectUnstarted(info);
    if (state.Running || state.Paused || state.Restarting) {
      return { running: true, started_at: new Date(state.StartedAt).toISOString() };
    }
    const { 'automl.timeout-seconds': timeout } = labelsOf(info);
    return { running: false, ...exitOf(state, Number(timeout), await this.reasonOf(handle.name)) };
  }

  async *logs(handle: ExecutionHandle, after: number, signal: AbortSignal): AsyncIterable<LogLine> {
    const release = this.guard(handle);
    try {
      let read = after;
      for (let over = false; !over && !signal.aborted;) {
        // Asked before reading: what is there after the end is all there will be.
        over = !(await this.inspect(handle)).running;
        for await (const line of this.recorded(handle, over, signal)) {
          if (signal.aborted) return;
          if (line.ordinal <= read) continue;
          read = line.ordinal;
          yield line;
        }
        if (!over) await delay(REOPEN_MS);
      }
    } catch (error) {
      if (!signal.aborted) throw classifyDockerError(error);
    } finally {
      release();
    }
  }

  async wait(handle: ExecutionHandle, signal: AbortSignal): Promise<ExitState> {
    const release = this.guard(handle);
    try {
      for (;;) {
        signal.throwIfAborted();
        const state = await this.inspect(handle);
        if (!state.running) return state;
        await delay(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    } finally {
      release();
    }
  }

  async stats(handle: ExecutionHandle): Promise<ResourceSample | undefined> {
    const info = await this.details(handle.name);
    if (!info?.State.Running) return undefined;
    const usage = await dockerUnless([NOT_FOUND, CONFLICT], () =>
      this.client.getContainer(handle.name).stats({ stream: false, 'one-shot': true }),
    );
    if (!usage?.memory_stats.usage) return undefined;
    const time = Date.now();
    const last = this.lastCpu.get(handle.name) ?? { nanoseconds: 0, time: Date.parse(info.State.StartedAt) };
    const nanoseconds = usage.cpu_stats.cpu_usage.total_usage;
    this.lastCpu.set(handle.name, { nanoseconds, time });
    const cache = usage.memory_stats.stats as { inactive_file?: number; total_inactive_file?: number };
    const disk = await folderBytes(labelsOf(info)['automl.output']);
    return {
      time: new Date(time).toISOString(),
      cpu: Number(((nanoseconds - last.nanoseconds) / 1e6 / Math.max(time - last.time, 1)).toFixed(3)),
      memory_bytes: usage.memory_stats.usage - (cache.total_inactive_file ?? cache.inactive_file ?? 0),
      disk_bytes: Number.isFinite(disk) ? disk : 0,
    };
  }

  async kill(handle: ExecutionHandle): Promise<void> {
    await this.end(handle, 'killed');
  }

  async remove(handle: ExecutionHandle): Promise<void> {
    await removeContainer(this.client.getContainer(handle.name));
    await rm(this.reasonFile(handle.name), { force: true });
    this.lastCpu.delete(handle.name);
  }

  private async create(spec: ExecutionSpec, name: string): Promise<void> {
    await prepareLayout(spec);
    const [innerUid, innerGid] = innerUser();
    if (process.getuid?.() === 0) await handOver(spec, innerUid, innerGid);
    const { cpus, gpu } = await this.hostOf();
    const plan = { name, installation: this.installation, user: `${innerUid}:${innerGid}`, hostCpus: cpus };
    const options = containerOptions(spec, this.config, {
      ...plan,
      ...(spec.gpu && gpu ? { gpu } : {}),
    });
    const created = await dockerUnless([CONFLICT], () => this.client.createContainer(options));
    if (!created) return this.startAbandoned(name);
    try {
      await created.start();
    } catch (error) {
      // What can't be started must not be found by the next try, which may ask for something else.
      await dockerUnless([NOT_FOUND, CONFLICT], () => created.remove({ v: true }));
      throw classifyDockerError(error);
    }
  }

  /** Somebody else's container: it is theirs to start, unless they died before they could. */
  private async startAbandoned(name: string): Promise<void> {
    for (;;) {
      const info = await this.details(name);
      if (info?.State.Status !== 'created') return;
      if (Date.now() - Date.parse(info.Created) > START_TIMEOUT_MS / 4) {
        await docker(() => this.client.getContainer(name).start());
        return;
      }
      await delay(POLL_MS);
    }
  }

  /** Made but not started counts as running for a while; then it is removed, so that nobody can start it any more. */
  private async inspectUnstarted(info: Docker.ContainerInspectInfo): Promise<ExecutionState> {
    const abandoned = Date.now() - Date.parse(info.Created) > START_TIMEOUT_MS;
    // Without force, the engine refuses where it was started meanwhile.
    const remove = () =>
      this.client
        .getContainer(info.Id)
        .remove({ v: true })
        .then(() => true);
    if (abandoned && (await dockerUnless([CONFLICT], remove))) return { running: false, ...missing() };
    return { running: true, started_at: new Date(info.Created).toISOString() };
  }

  /** The log from its first line; an unfinished last line counts only when nothing can follow it. */
  private async *recorded(handle: ExecutionHandle, over: boolean, abortSignal: AbortSignal): AsyncIterable<LogLine> {
    const options = { stdout: true, stderr: true, follow: true, abortSignal } as const;
    const stream = await dockerUnless([NOT_FOUND, CONFLICT], () => this.client.getContainer(handle.name).logs(options));
    const numberer = new LineNumberer();
    if (stream) yield* linesOf(stream as unknown as AsyncIterable<Buffer>, numberer);
    if (over) yield* numberer.end();
  }

  /** Watches an execution for as long as somebody follows it. @returns what ends the watch. */
  private guard(handle: ExecutionHandle): () => void {
    let busy = false;
    const turn = async () => {
      if (busy) return;
      busy = true;
      // An engine that fails here is met, and reported, by whoever follows the execution.
      await this.watch(handle).catch(() => undefined);
      busy = false;
    };
    const timer = setInterval(() => void turn(), WATCH_EVERY_MS);
    return () => clearInterval(timer);
  }

  /** Ends an execution that has outrun its limits; the deadline inside the container comes first as a rule. */
  private async watch(handle: ExecutionHandle): Promise<void> {
    const info = await this.details(handle.name);
    if (!info?.State.Running) return;
    const labels = labelsOf(info);
    const ranSeconds = (Date.now() - Date.parse(info.State.StartedAt)) / 1000;
    if (ranSeconds > Number(labels['automl.timeout-seconds']) + 2 * KILL_AFTER_SECONDS) {
      await this.end(handle, 'timed_out');
    } else if ((await folderBytes(labels['automl.output'])) > Number(labels['automl.quota-mb']) * MEGABYTE) {
      await this.end(handle, 'quota_exceeded');
    }
  }

  /** Kills a running container, with the reason on record first; resolves when the engine says that it is dead. */
  private async end(handle: ExecutionHandle, reason: ExitKind): Promise<void> {
    const info = await this.details(handle.name);
    if (!info) return;
    const container = this.client.getContainer(info.Id);
    if (info.State.Status === 'created') {
      await dockerUnless([NOT_FOUND], () => container.remove({ force: true, v: true }));
      return;
    }
    if (!info.State.Running) return;
    await mkdir(this.reasons, { recursive: true });
    await writeFile(this.reasonFile(handle.name), reason, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await dockerUnless([NOT_FOUND, CONFLICT], () => container.kill());
    await dockerUnless([NOT_FOUND], () => container.wait({ condition: 'not-running' }));
  }

  private async reasonOf(name: string): Promise<ExitKind | undefined> {
    const reason = await readFile(this.reasonFile(name), 'utf8').catch(() => undefined);
    return ExitKind.safeParse(reason).data;
  }

  private reasonFile(name: string): string {
    return path.join(this.reasons, `${name}.reason`);
  }

  private details(name: string): Promise<Docker.ContainerInspectInfo | undefined> {
    return dockerUnless([NOT_FOUND], () => this.client.getContainer(name).inspect());
  }

  private hostOf(): Promise<Host> {
    this.host ??= docker(() => this.client.info()).then(
      (info) => ({ cpus: info.NCPU, memoryBytes: info.MemTotal, gpu: gpuRequest(info) }),
      (error) => {
        this.host = undefined;
        throw error;
      },
    );
    return this.host;
  }
}

/** Who scripts are inside: the worker's user, or nobody where that is root. */
function innerUser(): [uid: number, gid: number] {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return uid === 0 ? [UNPRIVILEGED_ID, UNPRIVILEGED_ID] : [uid, gid];
}

function labelsOf(info: Docker.ContainerInspectInfo): Labels {
  return info.Config.Labels as unknown as Labels;
}

/** A container that is gone: nothing is known of its end. */
function missing(): ExitState {
  const now = new Date().toISOString();
  return { kind: 'lost', code: null, started_at: now, finished_at: now };
}
