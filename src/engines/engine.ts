import type { ExitKind, ResourceSample } from '../contracts/execution';
import type { Extra } from '../contracts/plans';
import type { ScriptPhase, TrainingStage } from '../contracts/status';

/** Names one run of one attempt at one script phase of one job; every incarnation of its execution shares it. */
export interface ExecutionKey {
  job_id: string;
  phase: ScriptPhase;
  attempt: number;
  /** Which of a training's runs; undefined where one run does the whole work of an attempt. */
  stage?: TrainingStage;
  /** A small run before the attempt's own, from 1; undefined for the attempt's own. */
  trial?: number;
}

/** A file or folder of the host that the execution sees at the same place relative to its own folder. */
export interface InputMount {
  /** Absolute path on the host. */
  source: string;
  /** Where the script finds it, relative to the job's workspace, e.g. `dataset.csv`. */
  target: string;
}

export interface ExecutionSpec extends ExecutionKey {
  /** Counts from 1; a new one is started only after the last was proved dead, and resumes from its checkpoints. */
  incarnation: number;
  /** Absolute path of the job's workspace on the host; mounted piecewise, never as a whole. */
  workspace: string;
  /** The run's folder relative to the workspace, e.g. `attempts/training-1`: script and config.json, read-only. */
  folder: string;
  /** The script's file name inside the folder. */
  script: string;
  /** The one writable folder, relative to the workspace, e.g. `attempts/training-1/out`. */
  output: string;
  inputs: InputMount[];
  limits: {
    memory_mb: number;
    cpus: number;
    timeout_seconds: number;
    output_quota_mb: number;
  };
  /** Whether a GPU may be used where there is one: its sums are not the same to the digit twice. */
  gpu?: boolean;
}

/** What is needed to find an execution again after any process of ours has died. */
export interface ExecutionHandle extends ExecutionKey {
  incarnation: number;
  engine: string;
  /** The container's name, or the local supervisor's folder name. */
  name: string;
}

export interface ExitState {
  /**
   * `killed`, `timed_out` and `quota_exceeded` are our own doing. Ended by somebody else (an operator, a host that
   * shuts down), or gone without a word, is `lost`: it may be run again. In every case it is proved dead.
   */
  kind: ExitKind;
  /** Null where the engine can't say (lost). */
  code: number | null;
  /** ISO 8601 UTC. */
  started_at: string;
  finished_at: string;
}

export type ExecutionState = { running: true; started_at: string } | ({ running: false } & ExitState);

/** One line of what the execution printed, control sequences stripped and length capped. */
export interface LogLine {
  /** Counts from 1 over the execution's whole output, the same at every reading: the line's identity. */
  ordinal: number;
  stream: 'stdout' | 'stderr';
  text: string;
}

export interface EngineCheck {
  ok: boolean;
  /** One sentence on what was found. */
  verdict: string;
  /** One sentence on what to do, null where nothing is needed. */
  remedy: string | null;
}

/**
 * Runs scripts detached from the worker: an execution outlives the process that started it and is found again by
 * its key. All methods are idempotent. @throws {AutomlError} for every foreign error, classified.
 */
export interface ExecutionEngine {
  readonly name: 'docker' | 'local';
  /** Whether custom feature functions may run here. */
  readonly isolated: boolean;
  check(): Promise<EngineCheck>;
  /** Makes the engine ready (builds a missing image, say); cheap when it is. */
  prepare(onProgress: (message: string) => void): Promise<void>;
  /**
   * The folder of a package that runs may be given as an input; installed now where it was not yet.
   * @throws {AutomlError} `extra_unavailable` where it can't be installed.
   */
  extra(name: Extra): Promise<string>;
  /** Starts the execution, or attaches where one with the same key and incarnation exists already. */
  start(spec: ExecutionSpec): Promise<ExecutionHandle>;
  /** The newest incarnation under this key, dead or alive. */
  find(key: ExecutionKey): Promise<ExecutionHandle | undefined>;
  /** Everything at the engine that carries our label, of this installation, dead or alive. */
  list(): Promise<ExecutionHandle[]>;
  inspect(handle: ExecutionHandle): Promise<ExecutionState>;
  /** Follows the output from line `after` + 1 until the execution ends or the signal aborts. */
  logs(handle: ExecutionHandle, after: number, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Waits for the end. @throws the signal's reason when it aborts first; the execution is left alone then. */
  wait(handle: ExecutionHandle, signal: AbortSignal): Promise<ExitState>;
  /** A sample of what it uses now; undefined once it has ended. */
  stats(handle: ExecutionHandle): Promise<ResourceSample | undefined>;
  /** Stops it; resolves when it is proved dead. */
  kill(handle: ExecutionHandle): Promise<void>;
  /** Kills it where needed and removes all traces at the engine; the workspace is not touched. */
  remove(handle: ExecutionHandle): Promise<void>;
}
