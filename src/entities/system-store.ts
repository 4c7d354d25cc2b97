import { LessThan } from 'typeorm';
import type { RunningExecution, Spend, WaitingJob, WorkerState } from '../contracts/system';
import { FINAL_STATUSES, type JobStatus } from '../contracts/status';
import { AgentTurnRow } from './agent-turn.entity';
import type { Database } from './database';
import { ExecutionRow } from './execution.entity';
import { JobRow } from './job.entity';
import { WorkerRow } from './worker.entity';

/** After this a worker that died without a word is forgotten. */
const FORGOTTEN_AFTER_MS = 86_400_000;
const SHOWN_EXECUTIONS = 50;
const SHOWN_WAITING = 10;

export type WorkerFacts = Omit<WorkerState, 'alive'> & Pick<WorkerRow, 'checks' | 'checked_at'>;

/** What concerns no single job: the workers, and sums over all jobs. */
export class SystemStore {
  constructor(private readonly database: Database) {}

  /** A worker says that it lives, and what it knows. */
  async beat(worker: WorkerFacts): Promise<void> {
    const forgotten = new Date(Date.now() - FORGOTTEN_AFTER_MS).toISOString();
    await this.database.write(async (manager) => {
      await manager.upsert(WorkerRow, worker, ['id']);
      await manager.delete(WorkerRow, { seen_at: LessThan(forgotten) });
    });
  }

  /** A worker ends as it should. */
  async leave(id: string): Promise<void> {
    await this.database.write((manager) => manager.delete(WorkerRow, { id }));
  }

  /** Newest first. */
  async workers(): Promise<WorkerFacts[]> {
    return await this.database.read((manager) => manager.find(WorkerRow, { order: { started_at: 'DESC', id: 'ASC' } }));
  }

  /** How many jobs have each status, and how many of them wait in a queue. */
  async jobCounts(): Promise<{ status: JobStatus; count: number; waiting: number }[]> {
    const rows: { status: JobStatus; count: string | number; waiting: string | number }[] = await this.database.read(
      (manager) =>
        manager
          .createQueryBuilder(JobRow, 'job')
          .select('job.status', 'status')
          .addSelect('COUNT(*)', 'count')
          .addSelect('COUNT(job.waiting_since)', 'waiting')
          .where('job.deleted_at IS NULL')
          .groupBy('job.status')
          .getRawMany(),
    );
    return rows.map(({ status, count, waiting }) => ({ status, count: Number(count), waiting: Number(waiting) }));
  }

  /** Where the newest job that ran did so; null where none did. */
  async lastEngine(): Promise<string | null> {
    const newest = await this.database.read((manager) =>
      manager
        .createQueryBuilder(JobRow, 'job')
        .where('job.deleted_at IS NULL AND job.engine IS NOT NULL')
        .orderBy('job.created_at', 'DESC')
        .take(1)
        .getOne(),
    );
    return newest?.engine ?? null;
  }

  /** The first of the queue, longest waiting first. */
  async waitingJobs(): Promise<WaitingJob[]> {
    const jobs = await this.database.read((manager) =>
      manager
        .createQueryBuilder(JobRow, 'job')
        .where('job.waiting_since IS NOT NULL AND job.deleted_at IS NULL')
        .orderBy('job.waiting_since', 'ASC')
        .addOrderBy('job.id', 'ASC')
        .take(SHOWN_WAITING)
        .getMany(),
    );
    return jobs.map(({ id, name, waiting_for, waiting_since }) => ({
      job_id: id,
      job_name: name,
      waiting_for,
      waiting_since: waiting_since!,
    }));
  }

  /** Scripts that run, by the rows: not those of an ended job, whose last word was lost with its worker. */
  async runningExecutions(): Promise<{ count: number; first: RunningExecution[] }> {
    return await this.database.read(async (manager) => {
      const running = manager
        .createQueryBuilder(ExecutionRow, 'execution')
        .innerJoin(JobRow, 'job', 'job.id = execution.job_id')
        .where('execution.finished_at IS NULL AND job.deleted_at IS NULL')
        .andWhere('job.status NOT IN (:...final)', { final: FINAL_STATUSES });
      const count = await running.getCount();
      const first = await running
        .select([
          ...['job_id', 'phase', 'attempt', 'engine', 'container', 'started_at'].map(
            (column) => `execution.${column} AS ${column}`,
          ),
          'job.name AS job_name',
        ])
        .orderBy('execution.started_at', 'ASC')
        .limit(SHOWN_EXECUTIONS)
        .getRawMany<RunningExecution>();
      return { count, first };
    });
  }

  /** What models cost since an instant, or ever. */
  async spend(since?: string): Promise<Spend> {
    const row = await this.database.read((manager) => {
      const sum = manager
        .createQueryBuilder(AgentTurnRow, 'turn')
        .innerJoin(JobRow, 'job', 'job.id = turn.job_id')
        .select('SUM(turn.calls)', 'calls')
        .addSelect('SUM(turn.cost_usd)', 'usd')
        .addSelect('SUM(CASE WHEN turn.cost_usd IS NULL THEN turn.calls ELSE 0 END)', 'unpriced')
        .where('job.deleted_at IS NULL');
      if (since !== undefined) sum.andWhere('turn.created_at >= :since', { since });
      return sum.getRawOne<Record<'calls' | 'usd' | 'unpriced', string | number | null>>();
    });
    const usd = row?.usd ?? null;
    return {
      usd: usd === null ? null : Number(usd),
      calls: Number(row?.calls ?? 0),
      unpriced_calls: Number(row?.unpriced ?? 0),
    };
  }
}
