import type { Bounded, Bounds, JobSort, SortOrder } from '../../../../../src/contracts/job-list';
import type { JobStatus, JobView, Phase } from '../../../lib/types';

export type { Bounded, Bounds, JobSort, SortOrder };

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

/** Which jobs are listed, and in which order: the server decides by it, and the page keeps to it between two answers. */
export interface JobQuery {
  search: string;
  filter: Filter;
  phases: readonly Phase[];
  /** The predicted column, exactly; empty for any. */
  target: string;
  bounds: Bounds;
  sort: JobSort;
  order: SortOrder;
}

export const ALL_JOBS: JobQuery = {
  search: '',
  filter: 'all',
  phases: [],
  target: '',
  bounds: {},
  sort: 'created_at',
  order: 'desc',
};

/** As the API is asked; what bounds nothing is left out. */
export function parametersOf({ search, filter, phases, target, bounds, sort, order }: JobQuery) {
  return {
    ...(search !== '' && { search }),
    ...(FILTERS[filter].length > 0 && { status: [...FILTERS[filter]] }),
    ...(phases.length > 0 && { phase: [...phases] }),
    ...(target !== '' && { target }),
    ...bounds,
    sort,
    order,
  };
}

const BOUNDED = ['skill', 'run_seconds', 'cost_usd'] as const satisfies readonly Bounded[];

/** Whether a job that moved still belongs in the list; what is searched for does not move. */
export function matches(job: JobView, { filter, phases, target, bounds }: JobQuery): boolean {
  const statuses: readonly JobStatus[] = FILTERS[filter];
  if (statuses.length > 0 && !statuses.includes(job.status)) return false;
  if (phases.length > 0 && (job.phase === null || !phases.includes(job.phase))) return false;
  if (target !== '' && job.target_column !== target) return false;
  return BOUNDED.every((field) => {
    const [least, most, value] = [bounds[`min_${field}`], bounds[`max_${field}`], job[field]];
    if (least === undefined && most === undefined) return true;
    return value !== null && value >= (least ?? -Infinity) && value <= (most ?? Infinity);
  });
}

/** Two jobs in the server's order: by the key, what is not known last, and newest first among equals. */
export function comparatorOf({ sort, order }: Pick<JobQuery, 'sort' | 'order'>): (a: JobView, b: JobView) => number {
  const direction = order === 'asc' ? 1 : -1;
  return (a, b) => {
    const [one, other] = [keyOf(a, sort), keyOf(b, sort)];
    if ((one === null) !== (other === null)) return one === null ? 1 : -1;
    if (one !== null && other !== null && one !== other) return compare(one, other) * direction;
    return newestFirst(a, b);
  };
}

function newestFirst(a: JobView, b: JobView): number {
  return a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1;
}

function keyOf(job: JobView, sort: JobSort): string | number | null {
  const value = job[sort];
  return typeof value === 'string' ? value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : value;
}

/** Words by their code points, as the databases' bytes have them; JavaScript's own order differs beyond U+FFFF. */
function compare(one: string | number, other: string | number): number {
  if (typeof one === 'number' || typeof other === 'number') return one < other ? -1 : 1;
  const [a, b] = [[...one], [...other]];
  const at = a.findIndex((letter, index) => letter !== b[index]);
  if (at < 0) return -1;
  return (a[at]?.codePointAt(0) ?? -1) < (b[at]?.codePointAt(0) ?? -1) ? -1 : 1;
}
