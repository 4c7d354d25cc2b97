import { PHASES } from '../../../lib/status';
import { ALL_JOBS, FILTERS, type Filter, type JobQuery, type JobSort } from './job-query';

export const COLUMN_IDS = [
  'name',
  'status',
  'progress',
  'target',
  'score',
  'naive',
  'took',
  'cost',
  'models',
  'engine',
  'age',
] as const;
export type ColumnId = (typeof COLUMN_IDS)[number];

/** What the server sorts by where a column is sorted. */
export const SORT_OF: Record<ColumnId, JobSort> = {
  name: 'name',
  status: 'status',
  progress: 'progress',
  target: 'target_column',
  score: 'score',
  naive: 'skill',
  took: 'run_seconds',
  cost: 'cost_usd',
  models: 'models_trained',
  engine: 'engine',
  age: 'created_at',
};

const BOUNDS = [
  'min_skill',
  'max_skill',
  'min_run_seconds',
  'max_run_seconds',
  'min_cost_usd',
  'max_cost_usd',
] as const;

/** The list that an address asks for; what it does not understand asks for nothing. */
export function queryOf(parameters: URLSearchParams): JobQuery {
  const status = parameters.get('status') ?? '';
  const [sorted] = sortingOf(parameters.get('sort') ?? '');
  const phases = (parameters.get('phase') ?? '').split(',');
  const bounds = BOUNDS.flatMap((name) => {
    const text = parameters.get(name) ?? '';
    return text !== '' && Number.isFinite(Number(text)) ? [[name, Number(text)] as const] : [];
  });
  return {
    search: (parameters.get('q') ?? '').trim().slice(0, 200),
    filter: Object.hasOwn(FILTERS, status) ? (status as Filter) : 'all',
    phases: PHASES.filter((phase) => phases.includes(phase)),
    target: (parameters.get('target') ?? '').slice(0, 500),
    bounds: Object.fromEntries(bounds),
    sort: sorted ? SORT_OF[sorted.id] : ALL_JOBS.sort,
    order: sorted && !sorted.desc ? 'asc' : 'desc',
  };
}

export function sortingOf(text: string): { id: ColumnId; desc: boolean }[] {
  const [id, direction] = text.split('.');
  const column = COLUMN_IDS.find((one) => one === id);
  return column ? [{ id: column, desc: direction === 'desc' }] : [];
}
