import { z } from 'zod';
import { Dataset } from './dataset';

export const TASKS = ['forecasting', 'regression', 'binary', 'multiclass'] as const;
export const Task = z.enum(TASKS);
export type Task = z.infer<typeof Task>;

/** The metric a leaderboard is sorted by. Lower is better but for `auc` and `accuracy`. */
/** `balanced_accuracy`: the share of right labels of each class, averaged over the classes. */
export const METRICS = [
  ...(['mae', 'rmse', 'mape', 'smape', 'mase', 'rmsle'] as const),
  ...(['auc', 'logloss', 'accuracy', 'balanced_accuracy'] as const),
] as const;
export const Metric = z.enum(METRICS);
export type Metric = z.infer<typeof Metric>;

export const HIGHER_IS_BETTER: ReadonlySet<Metric> = new Set<Metric>(['auc', 'accuracy', 'balanced_accuracy']);

/**
 * How much better a score is than the naive baseline's: the share of its error that is gone (0.23: 23 % less error)
 * or, where higher is better, the difference. Null where nothing can be said.
 */
export function skillOf(metric: Metric | null, score: number | null, baseline: number | null): number | null {
  if (metric === null || score === null || baseline === null) return null;
  if (HIGHER_IS_BETTER.has(metric)) return score - baseline;
  return baseline > 0 ? 1 - score / baseline : null;
}

/** The step of a regular time index, as a pandas offset alias. */
export const FREQUENCIES = ['min', 'h', 'D', 'B', 'W', 'MS', 'QS', 'YS'] as const;
export const Frequency = z.object({
  unit: z.enum(FREQUENCIES),
  /** How many units one step is: `{unit: 'min', step: 30}` is half-hourly. */
  step: z.int().min(1),
  /** Steps in one season; 1 where the data shows none. */
  season_length: z.int().min(1),
});
export type Frequency = z.infer<typeof Frequency>;

export const Finding = z.object({
  code: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  column: z.string().nullable(),
  evidence: z.string(),
  action: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** How much one column alone says about the target, measured on rows that it was not fitted to. */
export const Association = z.object({
  column: z.string(),
  /** Share of the target's variance (numbers) or Brier score (classes) that the column explains, 0-1. */
  skill: z.number().min(0).max(1),
  /** Pearson's, where both are numbers. */
  correlation: z.number().min(-1).max(1).nullable(),
});
export type Association = z.infer<typeof Association>;

/** What the DataProcessor found out: the ground on which every later agent stands. */
export const AnalysisReport = z.object({
  schema_version: z.literal(1),
  task: Task,
  target: z.object({
    column: z.string(),
    how: z.enum(['given', 'near_match', 'inferred']),
    reason: z.string(),
    /** Ranked alternatives, best first. */
    candidates: z.array(z.object({ column: z.string(), score: z.number(), reason: z.string() })),
  }),
  date_column: z.string().nullable(),
  series_id_columns: z.array(z.string()),
  frequency: Frequency.nullable(),
  horizon: z.int().min(1).nullable().describe('steps to forecast'),
  metric: Metric,
  /** Columns that may be used as features, in file order. */
  features: z.array(z.string()),
  excluded: z.array(z.object({ column: z.string(), reason: z.string() })),
  findings: z.array(Finding),
  /** Of the features, strongest first. */
  associations: z.array(Association).max(50).default([]),
  recommendations: z.array(z.string()),
  /** Two or three sentences for a person. */
  summary: z.string(),
  dataset: Dataset,
});
export type AnalysisReport = z.infer<typeof AnalysisReport>;
