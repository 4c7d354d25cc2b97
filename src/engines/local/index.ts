import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../config';
import type { ResourceSample } from '../../contracts/execution';
import { AutomlError } from '../../contracts/failure';
import type { Extra } from '../../contracts/plans';
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
import { prepareLayout } from '../layout';
import { executionName, handleOf, installationOf, keyName, keyOf, newest } from '../names';
import { installByProcess } from './extras';
import { launchSupervisor, mayStillStart, neverStarted, recordLoss } from './launch';
import { followOutput } from './output';
import { isAlive, sendSignal } from './processes';
import { findPythonRuntime, type PythonRuntime } from './python';
import { cleanEnvironment, limitedCommand, probeIsolation, sandboxCommand, stageView, type Isolation } from './sandbox';
import { claimState, FILES, readState, type Claim, type Exit, type Launch, type Sample } from './state';

const POLL_MS = 100;
const KILL_GRACE_MS = 10_000;

interface Host {
  runtime: PythonRuntime;
  isolation: Isolation;
}

/**
 * Runs scripts as processes of this machine, each under a detached supervisor of its own. All that is known of an
 * execution lies in its state folder under `run/executions`, so any process of this installation finds it again.
 */
export class LocalEngine implements ExecutionEngine {
  readonly name = 'local';
  /** Custom functions need a container, even where bubblewrap works: they could use up the host. */
  readonly isolated = false;
  private readonly installation: string;
  private readonly states: string;
  private readonly extras: Extras;
  private host: Promise<Host> | undefined;

  constructor(
    private readonly config: Config,
    private readonly log: (message: string) => void,
  ) {
    this.installation = installationOf(config.dataDir);
    this.states = path.join(config.runDir, 'executions');
    this.extras = new Extras(config, async (draft) => {
      await installByProcess(config, (await this.ready()).runtime, draft);
    });
  }

  async check(): Promise<EngineCheck> {
    try {
      const { isolation } = await this.ready();
      if (isolation.works) return { ok: true, verdict: 'Scripts run in a bubblewrap sandbox here.', remedy: null };
      const remedy = 'Install bubblewrap (`apt-get install bubblewrap`) or a Docker engine.';
      return { ok: true, verdict: `Scripts run as plain processes: ${isolation.reason}.`, remedy };
    } catch (error) {
      if (!(error instanceof AutomlError)) throw error;
      return { ok: false, verdict: error.failure.message, remedy: error.failure.hint };
    }
  }

  async prepare(onProgress: (message: string) => void): Promise<void> {
    checkMemory(this.config.execution.memoryMb, totalmem());
    const { isolation } = await this.ready();
    if (!isolation.works) onProgress(`Scripts run without isolation: ${isolation.reason}.`);
  }

  extra(name: Extra): Promise<string> {
    return this.extras.folder(name);
  }

  async start(spec: ExecutionSpec): Promise<ExecutionHandle> {
    const name = executionName(this.installation, spec);
    const folder = path.join(this.states, name);
    if (!existsSync(folder)) {
      await prepareLayout(spec);
      await this.stage(folder, spec);
    }
    if (!existsSync(path.join(folder, FILES.claim))) await launchSupervisor(folder);
    return { ...keyOf(spec), incarnation: spec.incarnation, engine: this.name, name };
  }

  async find(key: ExecutionKey): Promise<ExecutionHandle | undefined> {
    const prefix = `${keyName(this.installation, key)}-i`;
    return newest((await this.list()).filter((handle) => handle.name.startsWith(prefix)));
  }

  async list(): Promise<ExecutionHandle[]> {
    if (!existsSync(this.states)) return [];
    const names = await readdir(this.states);
    return names.flatMap((name) => handleOf(name, this.installation, this.name) ?? []);
  }

  async inspect(handle: ExecutionHandle): Promise<ExecutionState> {
    const folder = this.folderOf(handle);
    const claim = readState<Claim>(folder, FILES.claim);
    // In this order: a supervisor that is dead now has written its last file before.
    const supervised = claim ? isAlive(claim) : await mayStillStart(folder);
    const exit = readState<Exit>(folder, FILES.exit);
    if (exit) return { running: false, ...exit };
    const startedAt = claim?.started_at ?? new Date().toISOString();
    if (supervised) return { running: true, started_at: startedAt };
    return { running: false, ...(await recordLoss(folder, startedAt)) };
  }

  async *logs(handle: ExecutionHandle, after: number, signal: AbortSignal): AsyncIterable<LogLine> {
    const ended = async () => !(await this.inspect(handle)).running;
    yield* followOutput(path.join(this.folderOf(handle), FILES.output), after, ended, signal);
  }

  async wait(handle: ExecutionHandle, signal: AbortSignal): Promise<ExitState> {
    for (;;) {
      signal.throwIfAborted();
      const state = await this.inspect(handle);
      if (!state.running) return state;
      await delay(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  async stats(handle: ExecutionHandle): Promise<ResourceSample | undefined> {
    const { running } = await this.inspect(handle);
    return running ? readState<Sample>(this.folderOf(handle), FILES.sample) : undefined;
  }

  async kill(handle: ExecutionHandle): Promise<void> {
    const folder = this.folderOf(handle);
    if (!(await this.inspect(handle)).running) return;
    await writeFile(path.join(folder, FILES.killRequest), '');
    claimState(folder, FILES.claim, neverStarted());
    const claim = readState<Claim>(folder, FILES.claim) as Claim;
    sendSignal(claim, 'SIGTERM');
    const deadline = Date.now() + KILL_GRACE_MS;
    while ((await this.inspect(handle)).running) {
      // A supervisor that does not obey is stopped itself; `inspect` then sees to its script.
      if (Date.now() > deadline) sendSignal(claim, 'SIGKILL');
      await delay(POLL_MS);
    }
  }

  async remove(handle: ExecutionHandle): Promise<void> {
    await this.kill(handle);
    await rm(this.folderOf(handle), { recursive: true, force: true });
  }

  private folderOf(handle: ExecutionHandle): string {
    return path.join(this.states, executionName(this.installation, handle));
  }

  private ready(): Promise<Host> {
    this.host ??= this.findHost().catch((error) => {
      this.host = undefined;
      throw error;
    });
    return this.host;
  }

  private async findHost(): Promise<Host> {
    if (process.platform !== 'linux') throw onlyLinux();
    const runtime = await findPythonRuntime(this.config);
    const isolation = await probeIsolation(runtime, this.config.execution.searchPath);
    if (!isolation.works) {
      if (this.config.execution.requireIsolation) throw noIsolation(isolation.reason);
      this.log(`Scripts run as plain processes, not isolated from this machine: ${isolation.reason}.`);
    }
    return { runtime, isolation };
  }

  /** Makes the state folder whole and renames it into place: whoever comes second finds it there and attaches. */
  private async stage(folder: string, spec: ExecutionSpec): Promise<void> {
    const { runtime, isolation } = await this.ready();
    mkdirSync(this.states, { recursive: true, mode: 0o700 });
    const draft = await mkdtemp(path.join(this.states, '.draft-'));
    const name = path.basename(folder);
    const marker = `AUTOML_EXECUTION=${name}`;
    const temporary = isolation.works ? '/tmp' : path.join(folder, 'tmp');
    const launch: Launch = {
      command: isolation.works ? sandboxCommand(runtime, spec, isolation) : limitedCommand(runtime, spec),
      environment: { ...cleanEnvironment(runtime, temporary), AUTOML_EXECUTION: name },
      cwd: isolation.works ? '/' : path.join(folder, 'view', spec.folder),
      marker,
      output: path.join(spec.workspace, spec.output),
      limits: spec.limits,
    };
    if (!isolation.works) {
      stageView(path.join(draft, 'view'), spec);
      mkdirSync(path.join(draft, 'tmp'));
    }
    await writeFile(path.join(draft, FILES.launch), JSON.stringify(launch));
    try {
      renameSync(draft, folder);
    } catch (error) {
      rmSync(draft, { recursive: true });
      if (!existsSync(folder)) throw error;
    }
  }
}

function onlyLinux(): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'local_engine_unsupported',
    message: `Scripts can't run as plain processes on ${process.platform}: the local engine needs Linux.`,
    hint: 'Install and start a Docker engine.',
  });
}

function noIsolation(reason: string): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'isolation_unavailable',
    message: `REQUIRE_ISOLATION is set, but scripts can't be isolated here: ${reason}.`,
    hint: 'Install bubblewrap (`apt-get install bubblewrap`) or a Docker engine, or unset REQUIRE_ISOLATION.',
  });
}
