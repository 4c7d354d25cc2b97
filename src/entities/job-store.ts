import { randomUUID } from 'node:crypto';
import { In, IsNull, LessThanOrEqual, MoreThan, MoreThanOrEqual, Not, type EntityManager } from 'typeorm';
import type { JobEvent } from '../contracts/events';
import { cut } from '../contracts/failure';
import type { CreateJob, JobRun, JobView } from '../contracts/jobs';
import { FINAL_STATUSES, PHASES, PROGRESS_OF_PHASE, isFinal, type JobStatus, type Phase } from '../contracts/status';
import { audit } from './audit';
import { ForkStore } from './fork-store';
import { freeKeys, takeKey, type IdempotentCall } from './idempotency';
import { pageOfJobs, type JobFilter, type JobPage } from './job-pages';
import { JobEventRow, JobRow } from './job.entity';
import { estimateWait, queueFacts, type QueueFacts } from './queue-wait';
import { now, queuePosition, type RunKey } from './store-base';
import { jobView } from './views';

/** What a run may change on its job's row. */
export type JobPatch = Partial<
  Pick<
    JobRow,
    | 'status'
    | 'phase'
    | 'progress'
    | 'doing'
    | 'waiting_for'
    | 'question'
    | 'error'
    | 'target_column'
    | 'metric'
    | 'score'
    | 'baseline_score'
    | 'models_trained'
    | 'engine'
    | 'started_at'
    | 'finished_at'
  >
>;

export type JobDataset = Pick<JobRow, 'dataset_path' | 'dataset_name' | 'dataset_bytes'> &
  Partial<Pick<JobRow, 'dataset_id' | 'dataset_version' | 'dataset_overrides'>>;

export interface RunClaim {
  from: Phase;
  /** The job must be in one of these, or nothing is claimed. */
  allowedStatuses: readonly JobStatus[];
  /** Who starts the run, for the audit log. */
  action: 'upload' | 'retry' | 'dataset' | 'reconcile';
  /** Set together with the claim. */
  dataset?: JobDataset;
  /** Runs when the job is ours and before anything is committed; may run again. */
  beforeCommit?: () => Promise<void>;
}

/** A job that should be running: what the sweeper compares with what Temporal knows. */
export interface UnfinishedJob extends JobRun {
  name: string;
  status: JobStatus;
  phase: Phase | null;
  target_column: string | null;
  cancel_requested: boolean;
  pause_requested: boolean;
  updated_at: string;
}

const FACTS_HOLD_MS = 2000;

/**
 * Everything that API and worker keep about jobs, in one place. Reads and writes of rows that are deleted but not
 * purged behave as if they were not there. @throws {AutomlError} of category `system` where the database fails.
 */
export class JobStore extends ForkStore {
  private queue: { at: number; facts: QueueFacts } = { at: 0, facts: { running: [], typical: null } };

  /** @throws {AutomlError} `idempotency_key_reused`. */
  async createJob(create: CreateJob, idempotencyKey?: string): Promise<JobView> {
    const { name, prompt, target_column: target = null, dataset_id, dataset_version, ...options } = create;
    const call: IdempotentCall | undefined =
      idempotencyKey === undefined ? undefined : { scope: 'jobs', key: idempotencyKey, body: create };
    return await this.database.write(async (manager) => {
      const id = randomUUID();
      const known = call && (await this.jobOfKey(manager, call, id));
      if (known) return jobView(known, this.ui, await queuePosition(manager, known));
      const time = now();
      await manager.insert(JobRow, {
        id,
        name,
        prompt,
        target_column: target,
        requested_target_column: target,
        options,
        status: 'created',
        created_at: time,
        updated_at: time,
      });
      await audit(manager, 'create', id, { name, dataset_id, dataset_version });
      const job = await manager.findOneByOrFail(JobRow, { id });
      await this.changeJob(manager, job, {});
      return jobView(job, this.ui, null);
    });
  }

  async getJob(id: string): Promise<JobView | undefined> {
    return await this.database.read(async (manager) => {
      const job = await manager.findOneBy(JobRow, { id, deleted_at: IsNull() });
      if (!job) return undefined;
      const position = await queuePosition(manager, job);
      return jobView(job, this.ui, position, await this.wait(manager, position));
    });
  }

  /** Newest first, unless another order is asked for. */
  async listJobs(filter: JobFilter): Promise<JobPage> {
    return await this.database.read((manager) =>
      pageOfJobs(manager, this.ui, filter, (position) => this.wait(manager, position)),
    );
  }

  /** Facts of the last seconds do: two hundred waiting jobs are asked for again and again. */
  private async wait(manager: EntityManager, position: number | null): Promise<number | null> {
    if (position === null) return null;
    if (Date.now() - this.queue.at > FACTS_HOLD_MS) this.queue = { at: Date.now(), facts: await queueFacts(manager) };
    return estimateWait(position, this.queue.facts);
  }

  async renameJob(id: string, name: string): Promise<JobView | undefined> {
    return await this.writeTo(id, async (manager, job) => {
      await audit(manager, 'rename', id, { name });
      if (job.name !== name) await this.changeJob(manager, job, { name });
      return jobView(job, this.ui, await queuePosition(manager, job));
    });
  }

  async setDataset(id: string, dataset: JobDataset): Promise<boolean> {
    const done = await this.writeTo(id, async (manager, job) => {
      await this.changeJob(manager, job, dataset);
      return true;
    });
    return done ?? false;
  }

  /**
   * Begins a new run, of all callers at once for exactly one: the job must still be in one of the statuses.
   * What earlier runs have stored stays; their error and the requests to cancel or pause go.
   */
  async claimRun(id: string, claim: RunClaim): Promise<JobRun | undefined> {
    return await this.writeTo(id, async (manager, job) => {
      if (!claim.allowedStatuses.includes(job.status)) return undefined;
      const run: JobRun = { job_id: id, run_no: job.run_no + 1, from: claim.from };
      await claim.beforeCommit?.();
      await audit(manager, claim.action, id, { run_no: run.run_no, from: run.from });
      await this.changeJob(manager, job, { ...claim.dataset, ...atStart(run, job) });
      return run;
    });
  }

  /**
   * Changes the job's row and tells the stream. Progress never goes back within a run, and a final status stays.
   * @returns false, and nothing is changed, where a newer run is on or this one has ended otherwise.
   */
  async updateJob(run: RunKey, patch: JobPatch): Promise<boolean> {
    const done = await this.writeTo(run, async (manager, job) => {
      if (isFinal(job.status)) return patch.status === job.status;
      const changes = changesOf(job, patch);
      if (Object.keys(changes).length > 0) await this.changeJob(manager, job, changes);
      return true;
    });
    return done ?? false;
  }

  /**
   * Notes that the user wants the job stopped; one that never started is cancelled at once.
   * @returns the status before; undefined where the job is gone.
   */
  async requestCancel(id: string): Promise<{ previous_status: JobStatus; run_no: number } | undefined> {
    return await this.writeTo(id, async (manager, job) => {
      const before = { previous_status: job.status, run_no: job.run_no };
      if (isFinal(job.status)) return before;
      await audit(manager, 'cancel', id, before);
      const started = job.run_no > 0;
      await this.changeJob(manager, job, {
        cancel_requested: true,
        ...(started ? {} : changesOf(job, { status: 'cancelled' })),
      });
      return before;
    });
  }

  /** Hides the job from every reader at once. @returns false where it is gone already. */
  async markDeleted(id: string): Promise<boolean> {
    const done = await this.writeTo(id, async (manager, job) => {
      await audit(manager, 'delete', id, { name: job.name, status: job.status });
      await manager.update(JobRow, { id }, { deleted_at: now() });
      await freeKeys(manager, 'jobs', id);
      await freeKeys(manager, 'forks', id);
      return true;
    });
    return done ?? false;
  }

  /** Removes every row of the job but those of the audit log; a job that is gone is no error. */
  async purgeJob(id: string): Promise<void> {
    await this.database.write((manager) => manager.delete(JobRow, { id }));
  }

  /** Ids of jobs that are hidden and wait for their purge. */
  async deletedJobs(): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager.find(JobRow, { select: { id: true }, where: { deleted_at: Not(IsNull()) } }),
    );
    return rows.map((row) => row.id);
  }

  /** Events after number `after`, in order. */
  async events(id: string, after: number, limit: number): Promise<JobEvent[]> {
    return await this.database.read(async (manager) => {
      const rows = await manager.find(JobEventRow, {
        where: { job_id: id, seq: MoreThan(after) },
        order: { seq: 'ASC' },
        take: limit,
      });
      const bearsPrompt = rows.some((row) => row.type === 'status' || row.type === 'end');
      const job = bearsPrompt ? await manager.findOne(JobRow, { select: { prompt: true }, where: { id } }) : null;
      return rows.map(({ seq, type, data }) => {
        const whole = type === 'status' || type === 'end' ? { ...data, prompt: job?.prompt ?? '' } : data;
        return { seq, type, data: whole } as JobEvent;
      });
    });
  }

  /** Jobs with a run that has not ended and that nobody has touched for a while. */
  async jobsToReconcile(olderThanSeconds: number): Promise<UnfinishedJob[]> {
    const before = new Date(Date.now() - olderThanSeconds * 1000).toISOString();
    const rows = await this.database.read((manager) =>
      manager.find(JobRow, {
        where: {
          status: Not(In([...FINAL_STATUSES])),
          run_no: MoreThanOrEqual(1),
          deleted_at: IsNull(),
          updated_at: LessThanOrEqual(before),
        },
        order: { created_at: 'ASC' },
      }),
    );
    return rows.map((row) => ({ ...row, job_id: row.id, from: row.run_from ?? 'analysis' }));
  }

  /** The job that an earlier call with this key made; the key is taken for `id` where there is none. */
  private async jobOfKey(manager: EntityManager, call: IdempotentCall, id: string): Promise<JobRow | null> {
    const holder = await takeKey(manager, call, id);
    return holder === id ? null : await manager.findOneBy(JobRow, { id: holder });
  }
}

/** The row of a job whose run begins. */
function atStart(run: JobRun, job: JobRow): Partial<JobRow> {
  const trainsAgain = PHASES.indexOf(run.from) <= PHASES.indexOf('training');
  return {
    run_no: run.run_no,
    run_from: run.from,
    status: 'queued',
    phase: run.from,
    progress: run.from === 'analysis' ? 0 : PROGRESS_OF_PHASE[run.from][0],
    waiting_since: now(),
    waiting_for: null,
    question: null,
    doing: null,
    error: null,
    error_message: null,
    cancel_requested: false,
    pause_requested: false,
    started_at: null,
    finished_at: null,
    ...(run.from === 'analysis' ? { target_column: job.requested_target_column } : {}),
    ...(trainsAgain ? { score: null, baseline_score: null, models_trained: 0 } : {}),
  };
}

/** What a patch really changes, with what follows from it. */
function changesOf(job: JobRow, patch: JobPatch): Partial<JobRow> {
  const status = patch.status ?? job.status;
  const wanted: Partial<JobRow> = { ...patch };
  if (patch.progress !== undefined) wanted.progress = Math.max(job.progress, Math.round(patch.progress));
  if (patch.error !== undefined) wanted.error_message = patch.error?.message ?? null;
  if (patch.doing) wanted.doing = cut(patch.doing, 500);
  if (status !== 'awaiting_user_input') wanted.question = null;
  if (status !== 'queued' && status !== 'created') wanted.started_at = patch.started_at ?? job.started_at ?? now();
  if (isFinal(status)) {
    const finished_at = patch.finished_at ?? now();
    Object.assign(wanted, { finished_at, doing: null, waiting_for: null, pause_requested: false });
    if (job.run_no === 0) wanted.started_at = null;
  }
  const waitingFor = wanted.waiting_for === undefined ? job.waiting_for : wanted.waiting_for;
  // Who waits for a user stands in no queue.
  const forUser = status === 'paused' || status === 'awaiting_user_input';
  const waits = status === 'queued' || (waitingFor !== null && !forUser);
  wanted.waiting_since = waits ? (job.waiting_since ?? now()) : null;
  const differs = ([field, value]: [string, unknown]) =>
    value !== undefined && JSON.stringify(value) !== JSON.stringify(job[field as keyof JobRow]);
  return Object.fromEntries(Object.entries(wanted).filter(differs));
}
