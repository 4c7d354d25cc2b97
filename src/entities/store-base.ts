import type { EntityManager } from 'typeorm';
import { skillOf } from '../contracts/analysis';
import type { JobEvent } from '../contracts/events';
import { isFinal } from '../contracts/status';
import type { Database } from './database';
import { JobEventRow, JobRow } from './job.entity';
import { jobView, type TemporalUi } from './views';

/** Rows a statement inserts at once: well below SQLite's limit on parameters. */
const ROWS_A_STATEMENT = 500;

/** Which run of a job writes. A write by an older run than the row's changes nothing. */
export interface RunKey {
  job_id: string;
  run_no: number;
}

/** The job that is written to; without a run number, whichever run is on. */
export type JobKey = string | RunKey;

/** An event before it has its number. `key` makes a repeated write of it the same event. */
export type NewEvent = {
  [E in JobEvent as E['type']]: { type: E['type']; data: E['data']; key?: string };
}[JobEvent['type']];

export function now(): string {
  return new Date().toISOString();
}

/** What every part of the store shares: the job's row as the lock, and its numbered events. */
export abstract class StoreBase {
  constructor(
    readonly database: Database,
    protected readonly ui: TemporalUi,
  ) {}

  /**
   * One transaction under the lock of the job's row.
   * @returns what `change` returns; undefined, and nothing written, where the job is gone or a newer run is on.
   */
  protected async writeTo<Result>(
    key: JobKey,
    change: (manager: EntityManager, job: JobRow) => Promise<Result>,
  ): Promise<Result | undefined> {
    return await this.database.write(async (manager) => {
      const job = await this.lock(manager, key);
      return job && (await change(manager, job));
    });
  }

  protected async lock(manager: EntityManager, key: JobKey): Promise<JobRow | undefined> {
    const { job_id: id, run_no: runNo } = typeof key === 'string' ? { job_id: key, run_no: undefined } : key;
    // On SQLite the transaction itself is the lock.
    const lock = this.database.kind === 'postgres' ? ({ mode: 'pessimistic_write' } as const) : undefined;
    const job = await manager.findOne(JobRow, { where: { id }, lock });
    if (!job || job.deleted_at !== null) return undefined;
    return runNo !== undefined && runNo < job.run_no ? undefined : job;
  }

  /** Appends events under the job's lock, so that their numbers have no holes; writes the job's other changes too. */
  protected async appendEvents(
    manager: EntityManager,
    job: JobRow,
    events: NewEvent[],
    changes: Partial<JobRow> = {},
  ): Promise<void> {
    const created_at = now();
    const rows = events.map(({ type, data, key }, index) => ({
      job_id: job.id,
      seq: job.event_seq + 1 + index,
      type,
      data: data as Record<string, unknown>,
      key: key ?? null,
      created_at,
    }));
    job.event_seq += events.length;
    await manager.update(JobRow, { id: job.id }, { ...changes, event_seq: job.event_seq });
    await insertAll(manager, JobEventRow, rows);
  }

  /** Writes the job's own changes with the `status` or `end` event that tells of them. */
  protected async changeJob(manager: EntityManager, job: JobRow, changes: Partial<JobRow>): Promise<void> {
    Object.assign(job, changes, { updated_at: now() });
    const derived = derivedOf(job);
    Object.assign(job, derived);
    const view = jobView(job, this.ui, await queuePosition(manager, job));
    // The prompt can be long: `events` puts it back in, as it is by then.
    const event: NewEvent = { type: isFinal(job.status) ? 'end' : 'status', data: { ...view, prompt: '' } };
    await this.appendEvents(manager, job, [event], { ...changes, ...derived, updated_at: job.updated_at });
  }
}

/** What follows from other columns of the row, and is kept beside them for lists to be sorted by. */
function derivedOf({ metric, score, baseline_score, started_at, finished_at }: JobRow) {
  const run_seconds =
    started_at && finished_at ? Math.max(0, Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null;
  return { skill: skillOf(metric, score, baseline_score), run_seconds };
}

/** How many jobs, this one included, have waited at least as long; null for a job that waits for nothing. */
export async function queuePosition(manager: EntityManager, job: JobRow): Promise<number | null> {
  if (job.waiting_since === null) return null;
  const ahead = await manager
    .createQueryBuilder(JobRow, 'job')
    .where('job.waiting_since IS NOT NULL AND job.deleted_at IS NULL AND job.id <> :id', { id: job.id })
    .andWhere('(job.waiting_since < :since OR (job.waiting_since = :since AND job.id < :id))', {
      since: job.waiting_since,
    })
    .getCount();
  return ahead + 1;
}

/** Inserts any number of rows; an empty list is no statement. */
export async function insertAll<Row extends object>(
  manager: EntityManager,
  entity: new () => Row,
  rows: Partial<Row>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    await manager
      .createQueryBuilder()
      .insert()
      .into(entity)
      .values(rows.slice(start, start + ROWS_A_STATEMENT) as never)
      .updateEntity(false)
      .execute();
  }
}
