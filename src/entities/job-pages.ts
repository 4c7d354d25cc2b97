import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { AutomlError } from '../contracts/failure';
import type { JobView } from '../contracts/jobs';
import type { JobStatus } from '../contracts/status';
import { JobRow } from './job.entity';
import { queuePosition } from './store-base';
import { jobView, type TemporalUi } from './views';

export interface JobFilter {
  status?: readonly JobStatus[];
  /** Part of the name, the goal or the target, in any case. */
  search?: string;
  /** Only forks of this job. */
  parent?: string;
  /** Jobs a page. */
  limit: number;
  /** From the page before. */
  cursor?: string;
}

export interface JobPage {
  jobs: JobView[];
  /** Of all pages. */
  total: number;
  next_cursor: string | null;
}

/** One page of jobs, newest first; jobs that are made meanwhile don't shift the pages. @throws {AutomlError} `cursor_invalid`. */
export async function pageOfJobs(
  manager: EntityManager,
  ui: TemporalUi,
  filter: JobFilter,
  wait: (position: number | null) => Promise<number | null>,
): Promise<JobPage> {
  const query = manager.createQueryBuilder(JobRow, 'job').where('job.deleted_at IS NULL');
  if (filter.status?.length) query.andWhere('job.status IN (:...statuses)', { statuses: filter.status });
  if (filter.search) {
    const like = `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    const fields = ['name', 'prompt', 'target_column'];
    query.andWhere(`(${fields.map((field) => `LOWER(job.${field}) LIKE :like ESCAPE '\\'`).join(' OR ')})`, { like });
  }
  if (filter.parent) query.andWhere('job.parent_job_id = :parent', { parent: filter.parent });
  const total = await query.getCount();
  if (filter.cursor !== undefined) after(query, filter.cursor);
  const rows = await query
    .orderBy('job.created_at', 'DESC')
    .addOrderBy('job.id', 'DESC')
    .take(filter.limit + 1)
    .getMany();
  const page = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? page.at(-1) : undefined;
  const jobs: JobView[] = [];
  for (const row of page) {
    const position = await queuePosition(manager, row);
    jobs.push(jobView(row, ui, position, await wait(position)));
  }
  return { jobs, total, next_cursor: last ? cursorOf(last) : null };
}

function after(query: SelectQueryBuilder<JobRow>, cursor: string): void {
  const [time, id] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (!time || !id) {
    throw new AutomlError({
      category: 'data',
      code: 'cursor_invalid',
      message: 'The cursor is not one that an earlier page gave.',
      hint: 'Follow the `next` address in the Link header, or start again without a cursor.',
    });
  }
  query.andWhere('(job.created_at < :time OR (job.created_at = :time AND job.id < :id))', { time, id });
}

function cursorOf(job: JobRow): string {
  return Buffer.from(`${job.created_at} ${job.id}`).toString('base64url');
}
