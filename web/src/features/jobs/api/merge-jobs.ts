import type { JobView } from '../../../lib/types';
import { comparatorOf, matches, type JobQuery } from './job-query';

/** What was asked for again: jobs as they are now, and the ids of jobs that are no longer in the list. */
export interface Fresh {
  total: number;
  jobs: JobView[];
  gone: string[];
}

/**
 * The loaded pages brought up to date. A job that stands after the last loaded one is left out until its page comes
 * (`complete`: all have come), or it would stand where it does not belong.
 */
export function mergeJobs(
  loaded: readonly JobView[],
  fresh: Fresh | undefined,
  query: JobQuery,
  complete = true,
): JobView[] {
  const order = comparatorOf(query);
  const byId = new Map(loaded.map((job) => [job.id, job]));
  const last = complete ? undefined : loaded.at(-1);
  for (const job of fresh?.jobs ?? []) {
    const before = byId.get(job.id);
    if (before ? job.updated_at >= before.updated_at : !last || order(job, last) < 0) byId.set(job.id, job);
  }
  for (const id of fresh?.gone ?? []) byId.delete(id);
  return [...byId.values()].filter((job) => matches(job, query)).sort(order);
}

/** Asked for by their ids, in one address; more than these at once are taken up by the next round. */
const LOST = 50;

/** Jobs that ran when last seen and are not among what runs now: they have ended, or are gone. */
export function lostFrom(known: readonly JobView[], fresh: readonly JobView[]): JobView[] {
  const seen = new Set(fresh.map((job) => job.id));
  return known.filter((job) => !job.final && !seen.has(job.id)).slice(0, LOST);
}

export interface Head {
  /** The list's first jobs as they are now. */
  jobs: readonly JobView[];
  /** Whether these are all. */
  complete: boolean;
}

/** Jobs that should be among the list's first and are not: deleted, or changed so that they no longer belong there. */
export function goneFrom(known: readonly JobView[], head: Head, query: JobQuery): string[] {
  const order = comparatorOf(query);
  const last = head.jobs.at(-1);
  const seen = new Set(head.jobs.map((job) => job.id));
  return known
    .filter((job) => !seen.has(job.id) && (head.complete || (last !== undefined && order(job, last) < 0)))
    .map((job) => job.id);
}
