import { IsNull } from 'typeorm';
import type { JobEvent } from '../contracts/events';
import type { ExecutionReport, LeaderboardRow, ResourceSample } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import type { JobOptions } from '../contracts/jobs';
import { PHASES, type Phase, type ScriptPhase, type TrainingStage } from '../contracts/status';
import type { AttemptOutcome } from '../contracts/timeline';
import { AttemptRow, ExecutionRow, LeaderboardEntry, ResourceSampleRow } from './execution.entity';
import { JobEventRow, JobRow } from './job.entity';
import { ModelRow } from './record.entity';
import { insertAll, now, type JobKey, type RunKey } from './store-base';
import { TurnStore } from './turn-store';

/** Names one execution; the engines' handles have these fields. */
export interface ExecutionRef {
  job_id: string;
  phase: ScriptPhase;
  attempt: number;
  stage?: TrainingStage;
  incarnation: number;
}

/** An execution as it starts, and with its report once it has ended. */
export type ExecutionRecord = { handle: ExecutionRef & { engine: string; name: string } } & (
  { state: 'running' } | { state: 'ended'; report: ExecutionReport }
);

export type AttemptEvent = Extract<JobEvent, { type: 'attempt' }>['data'];

/** Attempts at phases, executions in engines, what these used and how the models compare. */
export abstract class AttemptStore extends TurnStore {
  async openAttempt(run: RunKey, phase: Phase, attempt: number): Promise<boolean> {
    const done = await this.writeTo(run, async (manager, job) => {
      if (await manager.existsBy(AttemptRow, { job_id: job.id, phase, attempt })) return true;
      const ordinal = 1 + (await manager.countBy(AttemptRow, { job_id: job.id }));
      const { limits_changes } = job;
      const row = { job_id: job.id, phase, attempt, ordinal, run_no: run.run_no, limits_changes, started_at: now() };
      await manager.insert(AttemptRow, row);
      return true;
    });
    return done ?? false;
  }

  /** The first outcome stays. */
  async finishAttempt(
    run: RunKey,
    phase: Phase,
    attempt: number,
    result: { outcome: AttemptOutcome; failure?: Failure | null; detail?: string | null },
  ): Promise<boolean> {
    const done = await this.writeTo(run, async (manager, job) => {
      const open = { job_id: job.id, phase, attempt, outcome: IsNull() };
      const { outcome, failure = null, detail = null } = result;
      await manager.update(AttemptRow, open, { outcome, failure, detail, finished_at: now() });
      return true;
    });
    return done ?? false;
  }

  /** In the order they were opened. */
  async listAttempts(jobId: string): Promise<AttemptRow[]> {
    return await this.database.read((manager) =>
      manager.find(AttemptRow, { where: { job_id: jobId }, order: { ordinal: 'ASC' } }),
    );
  }

  /** The highest attempt number of a phase, over all runs or those before `beforeRun`; 0 where there is none. */
  async lastAttempt(jobId: string, phase: Phase, beforeRun = Number.POSITIVE_INFINITY): Promise<number> {
    const attempts = await this.listAttempts(jobId);
    const counted = attempts.filter((row) => row.phase === phase && row.run_no < beforeRun);
    return Math.max(0, ...counted.map((row) => row.attempt));
  }

  /** Attempts of a phase that another draft was preferred to. */
  async passedOver(jobId: string, phase: Phase): Promise<Set<number>> {
    const attempts = await this.listAttempts(jobId);
    return new Set(attempts.filter((row) => row.phase === phase && isPassedOver(row)).map((row) => row.attempt));
  }

  /** The newest attempt of a phase that no other draft was preferred to; 0 where there is none. */
  async standingAttempt(jobId: string, phase: Phase): Promise<number> {
    const attempts = await this.listAttempts(jobId);
    return attempts.findLast((row) => row.phase === phase && !isPassedOver(row))?.attempt ?? 0;
  }

  /** Of several drafts of a training one is kept: the others' models go, and the leaderboard is that of the kept one. */
  async keepDraft(run: RunKey, kept: number, passedOver: { attempt: number; why: string }[]): Promise<boolean> {
    const done = await this.writeTo(run, async (manager, job) => {
      const phase = 'training' as const;
      for (const { attempt, why } of passedOver) {
        const of = { job_id: job.id, attempt };
        await manager.update(AttemptRow, { ...of, phase }, { outcome: 'not_chosen', detail: why });
        await manager.delete(ModelRow, of);
      }
      const key = `kept:${phase}:${kept}`;
      if (await manager.existsBy(JobEventRow, { job_id: job.id, key })) return true;
      const entries = await manager.find(LeaderboardEntry, {
        where: { job_id: job.id, phase, attempt: kept },
        order: { place: 'ASC' },
      });
      const rows = entries.map(({ model_id, algorithm, metric, score, train_seconds }) => {
        return { model_id, algorithm, metric, score, train_seconds };
      });
      await this.appendEvents(manager, job, [{ type: 'leaderboard', data: { phase, attempt: kept, rows }, key }]);
      return true;
    });
    return done ?? false;
  }

  /**
   * The phases whose outputs hold, in order: each one's newest attempt succeeded, after that of the phase before.
   * A phase that was run again makes the later ones unfinished.
   */
  async finishedPhases(jobId: string): Promise<Phase[]> {
    return finishedAttempts(await this.listAttempts(jobId)).map((row) => row.phase);
  }

  /**
   * The job's options with the number of their newest change, where the user has changed what bounds a training since
   * the attempt began; undefined where its plan knows all.
   */
  async changedLimits(
    jobId: string,
    phase: Phase,
    attempt: number,
  ): Promise<{ change: number; options: JobOptions } | undefined> {
    return await this.database.read(async (manager) => {
      const job = await manager.findOneBy(JobRow, { id: jobId, deleted_at: IsNull() });
      const row = await manager.findOneBy(AttemptRow, { job_id: jobId, phase, attempt });
      if (!job || !row || job.limits_changes <= row.limits_changes) return undefined;
      return { change: job.limits_changes, options: job.options };
    });
  }

  /**
   * Tells the stream what happened to an attempt; the same thing is told once.
   * @param number tells apart what may happen to an attempt several times.
   */
  async addAttemptEvent(key: JobKey, data: AttemptEvent, number?: number): Promise<boolean> {
    const done = await this.writeTo(key, async (manager, job) => {
      const { phase, attempt, stage, incarnation, state, time } = data;
      // A worker may find an execution again any number of times; each is news.
      const which = state === 'reattached' ? time : number;
      // A change of limits is the attempt's, whichever incarnation hears of it first.
      const of = state === 'limits_changed' ? attempt : `${attempt}${stage ? `:${stage}` : ''}:${incarnation}`;
      const once = `attempt:${phase}:${of}:${state}${which === undefined ? '' : `:${which}`}`;
      if (await manager.existsBy(JobEventRow, { job_id: job.id, key: once })) return true;
      await this.appendEvents(manager, job, [{ type: 'attempt', data, key: once }]);
      return true;
    });
    return done ?? false;
  }

  async upsertExecution(record: ExecutionRecord): Promise<boolean> {
    const { job_id, phase, attempt, stage = '' as const, incarnation, engine, name } = record.handle;
    const done = await this.writeTo(job_id, async (manager) => {
      const id = executionIdOf(record.handle);
      const known = await manager.findOneBy(ExecutionRow, { id });
      if (!known) {
        const key = { id, job_id, phase, attempt, stage, incarnation };
        await manager.insert(ExecutionRow, { ...key, engine, container: name, started_at: now() });
      }
      if (record.state === 'ended') {
        const { started_at, finished_at, exit, exit_code, seconds, peak_memory_bytes, cpu_seconds } = record.report;
        const end = { started_at, finished_at, exit, exit_code, seconds, peak_memory_bytes, cpu_seconds };
        await manager.update(ExecutionRow, { id }, end);
      }
      return true;
    });
    return done ?? false;
  }

  /** Oldest first. */
  async listExecutions(jobId: string): Promise<ExecutionRow[]> {
    return await this.database.read((manager) =>
      manager.find(ExecutionRow, { where: { job_id: jobId }, order: { started_at: 'ASC', id: 'ASC' } }),
    );
  }

  async addResourceSamples(execution: ExecutionRef, samples: ResourceSample[]): Promise<boolean> {
    const done = await this.writeTo(execution.job_id, async (manager) => {
      const execution_id = executionIdOf(execution);
      const rows = samples.map((sample) => ({ ...sample, execution_id }));
      await manager.upsert(ResourceSampleRow, rows, ['execution_id', 'time']);
      return true;
    });
    return done ?? false;
  }

  /** Replaces the leaderboard of one attempt, best first; unchanged rows make no event. */
  async putLeaderboard(key: JobKey, phase: Phase, attempt: number, rows: LeaderboardRow[]): Promise<boolean> {
    const done = await this.writeTo(key, async (manager, job) => {
      const natural = { job_id: job.id, phase, attempt };
      const entries = rows.map((row, index) => ({ ...natural, ...row, place: index + 1 }));
      const known = await manager.find(LeaderboardEntry, { where: natural, order: { place: 'ASC' } });
      if (sameRows(known, entries)) return true;
      await manager.delete(LeaderboardEntry, natural);
      await insertAll(manager, LeaderboardEntry, entries);
      await this.appendEvents(manager, job, [{ type: 'leaderboard', data: { phase, attempt, rows } }]);
      return true;
    });
    return done ?? false;
  }
}

/** Of attempts in the order they were opened, those whose outputs hold; see `finishedPhases`. */
export function finishedAttempts(attempts: AttemptRow[]): AttemptRow[] {
  const newest = new Map(attempts.filter((row) => !isPassedOver(row)).map((row) => [row.phase, row]));
  const finished: AttemptRow[] = [];
  for (const phase of PHASES) {
    const row = newest.get(phase);
    if (row?.outcome !== 'succeeded' || row.ordinal <= (finished.at(-1)?.ordinal ?? 0)) break;
    finished.push(row);
  }
  return finished;
}

function isPassedOver({ outcome }: AttemptRow): boolean {
  return outcome === 'not_chosen';
}

export function executionIdOf({ job_id, phase, attempt, stage, incarnation }: ExecutionRef): string {
  return [job_id, phase, attempt, ...(stage ? [stage] : []), incarnation].join('/');
}

interface NamedRun {
  phase: string;
  attempt: number;
  stage?: string | null;
  incarnation: number;
}

/** What the lines that a run prints are kept under, before their number. */
export function runName({ phase, attempt, stage, incarnation }: NamedRun): string {
  return [phase, attempt, ...(stage ? [stage] : []), incarnation].join('-');
}

function sameRows(known: LeaderboardEntry[], entries: Omit<LeaderboardEntry, never>[]): boolean {
  const text = (row: LeaderboardEntry) =>
    JSON.stringify([row.place, row.model_id, row.algorithm, row.metric, row.score, row.train_seconds]);
  return known.length === entries.length && known.every((row, index) => text(row) === text(entries[index]!));
}
