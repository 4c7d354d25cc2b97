import type { JobStatus, JobView } from '../../../lib/types';

export const FILTERS = {
  all: [],
  active: [
    'queued',
    'analyzing_data',
    'training_model',
    'generating_predictions',
    'visualizing',
    'finalizing',
    'awaiting_user_input',
    'paused',
  ],
  completed: ['completed'],
  failed: ['failed'],
  other: ['created', 'partial', 'cancelled'],
} as const satisfies Record<string, readonly JobStatus[]>;
export type Filter = keyof typeof FILTERS;

/** What was asked for again: jobs as they are now, and the ids of jobs that are no longer in the list. */
export interface Fresh {
  total: number;
  jobs: JobView[];
  gone: string[];
}

/** Newest first; the id decides between jobs of one moment, as the API's pages do. */
function newestFirst(a: JobView, b: JobView): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

function matches(job: JobView, filter: Filter): boolean {
  const statuses: readonly JobStatus[] = FILTERS[filter];
  return statuses.length === 0 || statuses.includes(job.status);
}

/**
 * The loaded pages brought up to date. A job older than the last loaded page is left out until its page comes
 * (`complete`: all have come), or it would stand where it does not belong.
 */
export function mergeJobs(
  loaded: readonly JobView[],
  fresh: Fresh | undefined,
  filter: Filter,
  complete = true,
): JobView[] {
  const byId = new Map(loaded.map((job) => [job.id, job]));
  const oldest = complete ? undefined : loaded.at(-1);
  for (const job of fresh?.jobs ?? []) {
    const before = byId.get(job.id);
    if (before ? job.updated_at >= before.updated_at : !oldest || newestFirst(job, oldest) < 0) byId.set(job.id, job);
  }
  for (const id of fresh?.gone ?? []) byId.delete(id);
  return [...byId.values()].filter((job) => matches(job, filter)).sort(newestFirst);
}

/** Asked for one by one; more than these at once are taken up by the next round. */
const LOST = 20;

/** Jobs that ran when last seen and are not among what runs now: they have ended, or are gone. */
export function lostFrom(known: readonly JobView[], fresh: readonly JobView[]): JobView[] {
  const seen = new Set(fresh.map((job) => job.id));
  return known.filter((job) => !job.final && !seen.has(job.id)).slice(0, LOST);
}

/** Jobs that should be among the newest and are not: deleted, or of another status now. */
export function goneFrom(known: readonly JobView[], newest: readonly JobView[], complete: boolean): string[] {
  const last = newest.at(-1);
  const seen = new Set(newest.map((job) => job.id));
  return known
    .filter((job) => !seen.has(job.id) && (complete || (last !== undefined && newestFirst(job, last) < 0)))
    .map((job) => job.id);
}
