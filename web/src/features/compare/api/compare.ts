import { useQueries } from '@tanstack/react-query';
import { duration, higherIsBetter } from '../../../lib/format';
import { ApiError, api, dataOf } from '../../../lib/http';
import { secondsOf } from '../../../lib/status';
import type { JobView, Metric, ResultsView } from '../../../lib/types';
import { chartSeries, readPredictions, type ChartSeries } from '../../results/api/predictions';
import type { TrainingPlan } from './plans';

export interface Compared {
  job: JobView;
  results: ResultsView;
  /** The first series' forecast; null for tables without dates. */
  series: ChartSeries | null;
  /** The newest training plan; null where the job has none yet. */
  plan: TrainingPlan | null;
}

async function loadOne(id: string, signal: AbortSignal): Promise<Compared> {
  const call = { params: { path: { id } }, signal };
  const [job, results] = await Promise.all([
    dataOf(api.GET('/jobs/{id}', call)),
    dataOf(api.GET('/jobs/{id}/results', call)) as Promise<ResultsView>,
  ]);
  const plan = await planOf(job, signal);
  if (!results.predictions_csv) return { job, results, series: null, plan };
  const text = (await dataOf(api.GET('/jobs/{id}/predictions_csv', { ...call, parseAs: 'text' }))) as string;
  const predictions = readPredictions(text);
  const all = predictions && chartSeries(predictions, results.backtest, results.history);
  return { job, results, series: all?.[0] ?? null, plan };
}

async function planOf({ id, phase }: JobView, signal: AbortSignal): Promise<TrainingPlan | null> {
  if (phase === null || phase === 'analysis') return null;
  try {
    return (await dataOf(api.GET('/jobs/{id}/plan', { params: { path: { id } }, signal }))).plan;
  } catch (error) {
    // A job that ended before its training was planned, or has it planned just now, is compared by the rest.
    if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return null;
    throw error;
  }
}

export function useCompared(ids: readonly string[]) {
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ['jobs', 'one', id, 'compared'],
      queryFn: ({ signal }: { signal: AbortSignal }) => loadOne(id, signal),
    })),
    combine: (answers) => ({
      compared: answers.flatMap((answer) => (answer.data ? [answer.data] : [])),
      error: answers.find((answer) => answer.error)?.error ?? null,
      isPending: answers.some((answer) => answer.isPending),
      refetch: () => answers.forEach((answer) => void answer.refetch()),
    }),
  });
}

export interface ComparedRow<Value> {
  field: string;
  values: Value[];
}

/** What the jobs were asked and how they ran, of that only what is not the same for all. */
export function differences(jobs: readonly JobView[]): ComparedRow<string>[] {
  const facts = jobs.map((job): Record<string, unknown> => ({
    prompt: job.prompt,
    target_column: job.target_column,
    dataset: job.dataset_path?.split('/').at(-1),
    ...job.options,
    metric: job.metric,
    status: job.status,
    engine: job.engine,
    models_trained: job.models_trained,
    took: job.finished_at === null ? null : duration(secondsOf(job, 0)),
    version_number: job.version_number,
  }));
  const fields = [...new Set(facts.flatMap((fact) => Object.keys(fact)))];
  return fields
    .map((field) => ({ field, values: facts.map((fact) => textOf(fact[field])) }))
    .filter(({ values }) => new Set(values).size > 1);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const HIGHER_TOO = new Set(['r2', 'f1', 'precision', 'recall']);

/** Each metric that any of the jobs has; `best` is the number of the job that leads, null on a tie. */
export function metricRows(results: readonly ResultsView[]): (ComparedRow<number | null> & { best: number | null })[] {
  const fields = [...new Set(results.flatMap((one) => Object.keys(one.metrics)))];
  return fields.map((field) => {
    const values = results.map((one) => one.metrics[field] ?? null);
    const present = values.filter((value) => value !== null);
    const high = HIGHER_TOO.has(field) || higherIsBetter(field as Metric);
    const lead = present.length < 2 ? null : high ? Math.max(...present) : Math.min(...present);
    const leaders = values.flatMap((value, at) => (value === lead && lead !== null ? [at] : []));
    return { field, values, best: leaders.length === 1 ? (leaders[0] ?? null) : null };
  });
}

/** Two jobs may have one name: the number tells them apart, as in the tables. */
export function nameOf(job: { name: string }, at: number): string {
  return `${at + 1}. ${job.name}`;
}
