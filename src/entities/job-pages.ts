import { Brackets, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { z } from 'zod';
import { AutomlError } from '../contracts/failure';
import { BOUNDED, type Bounded, type JobSort, type JobsQuery, type SortOrder } from '../contracts/job-list';
import type { JobView } from '../contracts/jobs';
import { JobRow } from './job.entity';
import { queuePosition } from './store-base';
import { jobView, type TemporalUi } from './views';

export type JobFilter = Omit<JobsQuery, 'sort' | 'order'> & { sort?: JobSort; order?: SortOrder };

export interface JobPage {
  jobs: JobView[];
  /** Of all pages. */
  total: number;
  next_cursor: string | null;
}

type Jobs = SelectQueryBuilder<JobRow>;

/** The last job of a page, by what it is sorted by: jobs that come, go or end meanwhile don't shift the next page. */
const Place = z.tuple([z.string(), z.string(), z.union([z.string(), z.number(), z.null()]), z.string(), z.string()]);
type Key = z.infer<typeof Place>[2];

/** Compared byte by byte and without regard to the case of A to Z: alike in every database, and in the web app. */
const WORDS: ReadonlySet<JobSort> = new Set<JobSort>(['name', 'target_column', 'engine']);
const ALWAYS_KNOWN: ReadonlySet<JobSort> = new Set<JobSort>([
  'created_at',
  'name',
  'status',
  'progress',
  'models_trained',
]);

/** One page of jobs. @throws {AutomlError} `cursor_invalid`. */
export async function pageOfJobs(
  manager: EntityManager,
  ui: TemporalUi,
  filter: JobFilter,
  wait: (position: number | null) => Promise<number | null>,
): Promise<JobPage> {
  const query = filtered(manager, filter);
  const total = await query.getCount();
  const rows = await rowsOf(query, filter);
  const page = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? page.at(-1) : undefined;
  const jobs: JobView[] = [];
  for (const row of page) {
    const position = await queuePosition(manager, row);
    jobs.push(jobView(row, ui, position, await wait(position)));
  }
  return { jobs, total, next_cursor: last ? cursorOf(last, filter) : null };
}

function filtered(manager: EntityManager, filter: JobFilter): Jobs {
  const query = manager.createQueryBuilder(JobRow, 'job').where('job.deleted_at IS NULL');
  if (filter.id?.length) query.andWhere('job.id IN (:...ids)', { ids: filter.id });
  if (filter.status?.length) query.andWhere('job.status IN (:...statuses)', { statuses: filter.status });
  if (filter.phase?.length) query.andWhere('job.phase IN (:...phases)', { phases: filter.phase });
  if (filter.target !== undefined) query.andWhere('job.target_column = :target', { target: filter.target });
  if (filter.search) {
    const like = `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    const fields = ['name', 'prompt', 'target_column'];
    query.andWhere(`(${fields.map((field) => `LOWER(job.${field}) LIKE :like ESCAPE '\\'`).join(' OR ')})`, { like });
  }
  if (filter.parent) query.andWhere('job.parent_job_id = :parent', { parent: filter.parent });
  for (const field of Object.keys(BOUNDED) as Bounded[]) {
    const [least, most] = [filter[`min_${field}`], filter[`max_${field}`]];
    if (least !== undefined) query.andWhere(`job.${field} >= :min_${field}`, { [`min_${field}`]: least });
    if (most !== undefined) query.andWhere(`job.${field} <= :max_${field}`, { [`max_${field}`]: most });
  }
  return query;
}

/**
 * A page's rows and one more, where there is one. Jobs with a key and jobs without are two queries: each is a range
 * of the sort's index in every database, which an order with NULLS LAST is not.
 */
async function rowsOf(query: Jobs, { sort = 'created_at', order = 'desc', cursor, limit }: JobFilter) {
  const place = cursor === undefined ? undefined : placeOf(cursor, `${sort} ${order}`);
  const isPostgres = query.connection.options.type === 'postgres';
  const key = WORDS.has(sort) ? `LOWER(job.${sort}${isPostgres ? ' COLLATE "C"' : ''})` : `job.${sort}`;
  const wanted = limit + 1;
  // A second order by the same column would replace the first.
  const byAge = (some: Jobs) => (sort === 'created_at' ? some : some.addOrderBy('job.created_at', 'DESC'));
  const newestFirst = (some: Jobs) => byAge(some).addOrderBy('job.id', 'DESC');
  const rows: JobRow[] = [];
  if (place?.value !== null) {
    const known = query.clone().andWhere(`${key} IS NOT NULL`);
    if (WORDS.has(sort)) known.addSelect(key, 'sort_key');
    if (place) after(known, { ...place, key, order });
    known.orderBy(WORDS.has(sort) ? 'sort_key' : key, order === 'asc' ? 'ASC' : 'DESC');
    rows.push(...(await newestFirst(known).limit(wanted).getMany()));
  }
  if (rows.length < wanted && !ALWAYS_KNOWN.has(sort)) {
    const unknown = query.clone().andWhere(`${key} IS NULL`);
    if (place?.value === null) unknown.andWhere(OLDER, place);
    rows.push(
      ...(await newestFirst(unknown)
        .limit(wanted - rows.length)
        .getMany()),
    );
  }
  return rows;
}

const OLDER = '(job.created_at < :time OR (job.created_at = :time AND job.id < :id))';

interface After {
  key: string;
  order: SortOrder;
  value: Key;
  time: string;
  id: string;
}

function after(query: Jobs, { key, order, ...place }: After): void {
  const beyond = order === 'asc' ? '>' : '<';
  query
    .andWhere(`${key} ${beyond}= :value`, place)
    .andWhere(new Brackets((either) => either.where(`${key} ${beyond} :value`, place).orWhere(OLDER, place)));
}

function placeOf(cursor: string, wanted: string): { value: Key; time: string; id: string } {
  const place = Place.safeParse(parsed(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!place.success || `${place.data[0]} ${place.data[1]}` !== wanted) {
    throw new AutomlError({
      category: 'data',
      code: 'cursor_invalid',
      message: 'The cursor is not one that an earlier page of this order gave.',
      hint: 'Follow the `next` address in the Link header, or start again without a cursor.',
    });
  }
  const [, , value, time, id] = place.data;
  return { value, time, id };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function cursorOf(job: JobRow, { sort = 'created_at', order = 'desc' }: JobFilter): string {
  const value = job[sort];
  const key = typeof value === 'string' && WORDS.has(sort) ? value.replace(/[A-Z]/g, lower) : value;
  return Buffer.from(JSON.stringify([sort, order, key, job.created_at, job.id])).toString('base64url');
}

const lower = (letters: string) => letters.toLowerCase();
