import { Injectable } from '@nestjs/common';
import { In, Like, MoreThan, type EntityManager, type FindOptionsWhere } from 'typeorm';
import {
  Database,
  ExecutionRow,
  JobEventRow,
  JobStore,
  LogRow,
  MessageRow,
  ReportRow,
  ResourceSampleRow,
  ScriptRow,
  StatisticsRow,
  logView,
  messageView,
  turnView,
} from '../../entities';
import type { LogLevel } from '../../contracts/jobs';
import type { TimelineView } from '../../contracts/timeline';
import { JobsService } from './jobs.service';
import { LOADED, TRAINED, timelineOf, type Reattachment, type TimelineFacts } from './timeline';

export interface LogFilter {
  level?: LogLevel[];
  search?: string;
  after?: number;
  before?: number;
  limit: number;
}

/** Samples of one job that a curve can still show. */
const MOST_SAMPLES = 20_000;

/** What a job has left behind, for readers. A job that is not there, or deleted, is a 404 for all of them. */
@Injectable()
export class RecordsService {
  constructor(
    private readonly database: Database,
    private readonly store: JobStore,
    private readonly jobs: JobsService,
  ) {}

  /** Newest first. */
  async logs(jobId: string, filter: LogFilter) {
    return await this.of(jobId, async (manager) => {
      const query = manager.createQueryBuilder(LogRow, 'log').where('log.job_id = :jobId', { jobId });
      if (filter.level) query.andWhere('log.level IN (:...levels)', { levels: filter.level });
      if (filter.search) {
        const like = `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
        query.andWhere("LOWER(log.message) LIKE :like ESCAPE '\\'", { like });
      }
      if (filter.after !== undefined) query.andWhere('log.id > :after', { after: filter.after });
      const total = await query.getCount();
      if (filter.before !== undefined) query.andWhere('log.id < :before', { before: filter.before });
      const rows = await query.orderBy('log.id', 'DESC').take(filter.limit).getMany();
      return { rows: rows.map(logView), total, hasMore: rows.length === filter.limit };
    });
  }

  /** Oldest first. */
  async messages(jobId: string, { after = 0, limit }: { after?: number; limit: number }) {
    return await this.of(jobId, async (manager) => {
      const where: FindOptionsWhere<MessageRow> = { job_id: jobId, id: MoreThan(after) };
      const [rows, total] = await manager.findAndCount(MessageRow, { where, order: { id: 'ASC' }, take: limit });
      return { rows: rows.map(messageView), total, hasMore: rows.length < total };
    });
  }

  async statistics(jobId: string) {
    return await this.of(jobId, (manager) =>
      manager.find(StatisticsRow, { where: { job_id: jobId }, order: { id: 'ASC' } }),
    );
  }

  /** In the order in which they were begun. */
  async turns(jobId: string) {
    await this.jobs.get(jobId);
    return (await this.store.turnsOfJob(jobId)).map(turnView);
  }

  async reports(jobId: string) {
    const rows = await this.of(jobId, (manager) =>
      manager.find(ReportRow, { where: { job_id: jobId }, order: { id: 'ASC' } }),
    );
    return rows.map(({ key: _key, ...view }) => view);
  }

  async scripts(jobId: string) {
    return await this.of(jobId, (manager) =>
      manager.find(ScriptRow, { where: { job_id: jobId }, order: { id: 'ASC' } }),
    );
  }

  async timeline(jobId: string): Promise<TimelineView> {
    await this.jobs.get(jobId);
    const [attempts, executions, turns] = await Promise.all([
      this.store.listAttempts(jobId),
      this.store.listExecutions(jobId),
      this.store.turnsOfJob(jobId),
    ]);
    return timelineOf({ attempts, executions, turns, ...(await this.marks(jobId)) });
  }

  /** What the runs said of their models, and the workers of the runs. */
  private async marks(jobId: string): Promise<Pick<TimelineFacts, 'marks' | 'reattachments'>> {
    return await this.database.read(async (manager) => {
      const marks = await manager.find(LogRow, {
        select: { id: true, key: true, message: true, timestamp: true },
        where: [
          { job_id: jobId, message: Like(`%${LOADED}`) },
          { job_id: jobId, message: Like(`${TRAINED}%`) },
        ],
      });
      const told = await manager.findBy(JobEventRow, { job_id: jobId, type: 'attempt', key: Like('%:reattached:%') });
      return { marks, reattachments: told.map(({ data }) => data as unknown as Reattachment) };
    });
  }

  /** Samples of all executions, in the order they were taken. */
  async resources(jobId: string) {
    return await this.of(jobId, async (manager) => {
      const executions = await manager.findBy(ExecutionRow, { job_id: jobId });
      const byId = new Map(executions.map((row) => [row.id, row]));
      const samples = await manager.find(ResourceSampleRow, {
        where: { execution_id: In([...byId.keys()]) },
        order: { time: 'ASC' },
        take: MOST_SAMPLES,
      });
      return samples.map((sample) => {
        const { phase, attempt } = byId.get(sample.execution_id)!;
        return { ...sample, phase, attempt };
      });
    });
  }

  private async of<Result>(jobId: string, read: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    await this.jobs.get(jobId);
    return await this.database.read(read);
  }
}
