import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { RuntimeEvent, type LeaderboardRow } from '../contracts/execution';
import { HIGHER_IS_BETTER } from '../contracts/analysis';
import { cut } from '../contracts/failure';
import type { LogLevel } from '../contracts/jobs';
import { PROGRESS_OF_PHASE } from '../contracts/status';
import type { StepInput } from '../contracts/steps';
import type { ExecutionHandle, ExitState, LogLine } from '../engines/engine';
import { runName, type JobPatch } from '../entities';
import type { Dependencies } from './dependencies';
import { logFileName } from './execution-logs';
import { setPauseRequest } from './pause-request';
import { limitsInWords, limitsOfRun, plannedFor, putRunLimits, timeoutFor } from './run-limits';
import { allowedLimits } from './stored-steps';
import type { Workspace } from './workspace';

/** Lines are written in batches at this pace: quick enough to look live, slow enough to spare the database. */
const FLUSH_MS = 300;
const SAMPLE_MS = 5000;
/** How soon a run finds what its user wants of it: a pause, other limits. */
const WISHES_POLL_MS = 1000;
/** Rows of the log that one run may fill; a script that floods is told so, and its log file is bounded too. */
const MAX_LOG_ROWS = 20_000;
const MAX_LOG_FILE_BYTES = 50 * 1024 ** 2;

/** What was seen of a run while it lasted. */
export interface Observed {
  peak_memory_bytes: number | null;
  models_trained: number;
}

/** Of a run whose end nobody followed. */
export const UNSEEN: Observed = { peak_memory_bytes: null, models_trained: 0 };

interface LogRow {
  key: string;
  level: LogLevel;
  message: string;
  timestamp: string;
}

/**
 * Follows one execution to its end. Every row is keyed by the line it came from, so following the same run again
 * after a crash, from its first line, adds what is new and repeats nothing.
 */
export class ExecutionWatch {
  private rows: LogRow[] = [];
  private patch: JobPatch = {};
  private leaderboard: LeaderboardRow[] | undefined;
  private best: LeaderboardRow | undefined;
  private logFile: WriteStream | undefined;
  /** Undefined until the first look: an earlier worker may have left a request. */
  private pausePassedOn: boolean | undefined;
  /** The number of the change of limits that the run has been told of. */
  private limitsPassedOn = 0;
  private readonly seen: Observed = { ...UNSEEN };

  constructor(
    private readonly deps: Dependencies,
    private readonly step: StepInput,
    private readonly handle: ExecutionHandle,
    private readonly workspace: Workspace,
  ) {}

  /** @throws the signal's reason when it aborts first; the execution goes on. */
  async untilEnd(signal: AbortSignal): Promise<{ exit: ExitState; seen: Observed }> {
    this.logFile = await this.openLogFile();
    const flushing = every(FLUSH_MS, () => this.flush());
    const sampling = every(SAMPLE_MS, () => this.sample());
    const pausing = every(WISHES_POLL_MS, () => this.passOnPause());
    const limiting = every(WISHES_POLL_MS, () => this.passOnLimits());
    try {
      for await (const line of this.deps.engine.logs(this.handle, 0, signal)) {
        this.read(line);
        if (this.rows.length >= 500) await this.flush();
      }
      const exit = await this.deps.engine.wait(this.handle, signal);
      return { exit, seen: this.seen };
    } finally {
      await Promise.all([flushing.stop(), sampling.stop(), pausing.stop(), limiting.stop()]);
      await this.flush();
      await new Promise<void>((resolve) => this.logFile?.end(resolve) ?? resolve());
    }
  }

  private async openLogFile(): Promise<WriteStream> {
    const { phase, attempt, stage, incarnation } = this.handle;
    const folder = this.workspace.file(this.workspace.attemptFolder(phase, attempt, stage));
    await mkdir(folder, { recursive: true });
    return createWriteStream(path.join(folder, logFileName(incarnation)));
  }

  private read(line: LogLine): void {
    if ((this.logFile?.bytesWritten ?? 0) < MAX_LOG_FILE_BYTES) this.logFile?.write(`${line.text}\n`);
    const event = line.stream === 'stdout' ? parseEvent(line.text) : undefined;
    if (event) return this.take(line, event);
    if (line.text.trim() === '') return;
    this.log(line, line.stream === 'stderr' ? 'WARNING' : 'INFO', line.text);
  }

  private take(line: LogLine, event: RuntimeEvent): void {
    switch (event.event) {
      case 'stage':
        this.advance(event.progress, event.message);
        return this.log(line, 'INFO', event.message, event.time);
      case 'model': {
        const planned = event.planned === null ? '' : ` of ${event.planned}`;
        const score = event.score === null ? '' : `, ${event.metric} ${event.score.toPrecision(5)}`;
        this.advance(event.progress, `Trained model ${event.trained}${planned}`);
        this.patch.models_trained = event.trained;
        this.seen.models_trained = event.trained;
        this.keepBest(event);
        return this.log(line, 'INFO', `Trained ${event.model_id} (${event.algorithm})${score}`, event.time);
      }
      case 'leaderboard':
        this.leaderboard = event.rows;
        return;
      case 'log':
        return this.log(line, event.level, event.message, event.time);
      case 'failure':
        return this.log(line, 'ERROR', `${event.message} (${event.code}) ${event.hint}`, event.time);
    }
  }

  /** The runtime says how much of the run is done; the phase says which part of the job that is. */
  private advance(done: number, doing: string): void {
    const [start, end] = PROGRESS_OF_PHASE[this.handle.phase];
    const { number, of } = this.step.draft ?? { number: 1, of: 1 };
    this.patch.progress = Math.floor(start + ((end - start) * (number - 1 + done)) / of);
    this.patch.doing = doing;
  }

  private keepBest(row: LeaderboardRow): void {
    if (row.score === null || this.handle.phase !== 'training') return;
    const sign = HIGHER_IS_BETTER.has(row.metric) ? -1 : 1;
    if (this.best?.score !== null && this.best !== undefined && sign * (row.score - (this.best.score ?? 0)) >= 0)
      return;
    this.best = row;
    this.patch.metric = row.metric;
    this.patch.score = row.score;
  }

  private log(line: LogLine, level: LogLevel, message: string, time = new Date().toISOString()): void {
    if (level === 'DEBUG' && !this.deps.config.debug) return;
    if (line.ordinal > MAX_LOG_ROWS) return;
    const flooded = line.ordinal === MAX_LOG_ROWS;
    this.rows.push({
      key: `${runName(this.handle)}-${line.ordinal}`,
      level: flooded ? 'WARNING' : level,
      message: flooded ? `More than ${MAX_LOG_ROWS} lines: the rest is only in the log file.` : cut(message, 4000),
      timestamp: new Date(time).toISOString(),
    });
  }

  /** What can't be written now is kept for the next turn. */
  private async flush(): Promise<void> {
    const { rows, patch, leaderboard } = this;
    this.rows = [];
    this.patch = {};
    this.leaderboard = undefined;
    try {
      await this.write(rows, patch, leaderboard);
    } catch (error) {
      this.rows = [...rows, ...this.rows];
      this.patch = { ...patch, ...this.patch };
      this.leaderboard ??= leaderboard;
      throw error;
    }
  }

  private async write(rows: LogRow[], patch: JobPatch, leaderboard: LeaderboardRow[] | undefined): Promise<void> {
    const { store } = this.deps;
    const { phase, attempt } = this.handle;
    if (rows.length > 0) await store.appendLogs(this.step, rows);
    if (leaderboard) await store.putLeaderboard(this.step, phase, attempt, leaderboard);
    if (Object.keys(patch).length > 0) await store.updateJob(this.step, patch);
  }

  /** The row says what the user wants; the run looks for a file. */
  private async passOnPause(): Promise<void> {
    const wanted = (await this.deps.store.getJob(this.handle.job_id))?.pause_requested ?? false;
    if (wanted === this.pausePassedOn) return;
    const { phase, attempt, stage } = this.handle;
    await setPauseRequest(this.workspace.file(this.workspace.outputFolder(phase, attempt, stage)), wanted);
    this.pausePassedOn = wanted;
  }

  /** As with a pause. Told again after a crash it is the same file and the same event. */
  private async passOnLimits(): Promise<void> {
    const { job_id, phase, attempt, stage, incarnation } = this.handle;
    // Limits are for the run that searches: sealing has none, and what was chosen is trained again as it is.
    if (phase !== 'training' || stage === 'seal' || stage === 'evaluate') return;
    const changed = await this.deps.store.changedLimits(job_id, phase, attempt);
    if (!changed || changed.change === this.limitsPassedOn) return;
    const { execution } = this.deps.config;
    const folder = this.workspace.file(this.workspace.attemptFolder(phase, attempt));
    const timeout = timeoutFor((await plannedFor(folder)).budgetSeconds, execution.timeoutSeconds);
    const limits = limitsOfRun(changed.options, allowedLimits(this.deps), timeout);
    await putRunLimits(this.workspace.file(this.workspace.outputFolder(phase, attempt)), limits);
    const run = { phase, attempt, ...(stage && { stage }), incarnation };
    const event = { ...run, state: 'limits_changed', detail: limitsInWords(limits) } as const;
    await this.deps.store.addAttemptEvent(this.step, { ...event, time: new Date().toISOString() }, changed.change);
    this.limitsPassedOn = changed.change;
  }

  private async sample(): Promise<void> {
    const sample = await this.deps.engine.stats(this.handle);
    if (!sample) return;
    this.seen.peak_memory_bytes = Math.max(this.seen.peak_memory_bytes ?? 0, sample.memory_bytes);
    await this.deps.store.addResourceSamples(this.handle, [sample]);
  }
}

function parseEvent(text: string): RuntimeEvent | undefined {
  if (!text.startsWith('{"event"')) return undefined;
  try {
    const parsed = RuntimeEvent.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Repeats a step with a pause between, never twice at once. A failure is passed over: the next turn, and the final
 * flush, which does throw, come soon.
 */
function every(pauseMs: number, step: () => Promise<void>): { stop(): Promise<void> } {
  let stopped = false;
  let wake: () => void = () => undefined;
  const loop = (async () => {
    while (!stopped) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, pauseMs).unref();
      });
      if (!stopped) await step().catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await loop;
    },
  };
}
