import { z } from 'zod';
import { Frequency, Metric, Task } from './analysis';

/** H2O AutoML's algorithm families. */
export const ALGORITHMS = ['GLM', 'GBM', 'XGBoost', 'DRF', 'DeepLearning', 'StackedEnsemble'] as const;
export const Algorithm = z.enum(ALGORITHMS);
export type Algorithm = z.infer<typeof Algorithm>;

/** Share of a table's rows that is sealed, unless a plan names another share or a number of rows. */
export const HOLDOUT_FRACTION = 0.2;

/** How the sealed rows and the folds are cut. Series are never split at random. */
export const Validation = z.object({
  /** `group`: rows with the same value of `group_column` are sealed together and stay in one fold. */
  scheme: z.enum(['time', 'random', 'group']),
  /** Last rows a series for `time`; share of the rows otherwise. */
  holdout_rows: z.int().min(1).nullable(),
  holdout_fraction: z.number().gt(0).lt(1).nullable(),
  folds: z.int().min(2).max(10),
  group_column: z.string().nullable().default(null),
});
export type Validation = z.infer<typeof Validation>;

/** The scale a number is learnt on; `auto`: the folds choose between the two. */
export const TARGET_TRANSFORMS = ['none', 'log', 'auto'] as const;
export const TargetTransform = z.enum(TARGET_TRANSFORMS);
export type TargetTransform = z.infer<typeof TargetTransform>;

/** Limits of runtime/h2o/automl_runtime/functions/rules.py. */
const MOST_FUNCTIONS = 20;
const MOST_INPUTS = 10;
const LONGEST_CODE = 4000;

/**
 * A feature of a table that a model has written: the values of one row in, one value out. Its code is the small part of
 * Python that `automl_runtime.functions` allows, and runs in a container only.
 */
export const FeatureFunction = z.object({
  /** Of the function and of the feature. */
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  /** Features of the plan, one for each parameter, in order. */
  inputs: z.array(z.string()).min(1).max(MOST_INPUTS),
  output: z.enum(['number', 'category']),
  /** One function definition. */
  code: z.string().min(1).max(LONGEST_CODE),
});
export type FeatureFunction = z.infer<typeof FeatureFunction>;

/** A country or a part of one, by ISO 3166. */
export const HolidayRegion = z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,6})?$/, 'an ISO 3166 code such as DE or US-CA');

/** Packages that no image has and a plan may ask for; their pins are in runtime/h2o/extras. */
export type Extra = 'holidays';

/** Which packages a plan asks for. */
export function extrasOf(plan: { holidays?: string | null }): Extra[] {
  return plan.holidays ? ['holidays'] : [];
}

/** Validated JSON that a template renders into a complete training script. */
export const TrainingPlan = z.object({
  schema_version: z.literal(1),
  task: Task,
  target: z.string(),
  date_column: z.string().nullable(),
  series_id_columns: z.array(z.string()),
  frequency: Frequency.nullable(),
  horizon: z.int().min(1).nullable(),
  metric: Metric,
  /** Static or known covariates for a series; all features for a table. */
  features: z.array(z.string()),
  /** Tables only: more features, made of these. Plans of before there were any have none. */
  functions: z.array(FeatureFunction).max(MOST_FUNCTIONS).default([]),
  /** Series only: lags and rolling windows in steps, and calendar parts of the date. */
  lags: z.array(z.int().min(1)),
  windows: z.array(z.int().min(2)),
  calendar: z.boolean(),
  /** Series of days or finer steps: whose public holidays are known. Plans of before they could be have none. */
  holidays: HolidayRegion.nullable().default(null),
  /** Tables only: features that are encoded by what the target is on average where a row has their value. */
  target_encoding: z.array(z.string()).default([]),
  /** Tables only: features that are read word by word. */
  text_features: z.array(z.string()).default([]),
  /** Regression of a table only. */
  target_transform: TargetTransform.default('none'),
  /** Tables only: numeric features with which the prediction must not fall, and not rise. */
  monotone_increasing: z.array(z.string()).default([]),
  monotone_decreasing: z.array(z.string()).default([]),
  validation: Validation,
  /**
   * Tables only: the column that says how much a row counts in training and in every metric (a survey's weight, an
   * exposure); it is no feature. Plans of before there was one have none.
   */
  weight_column: z.string().nullable().default(null),
  algorithms: z.array(Algorithm).min(1),
  /** Classes only: rows weigh so that every class weighs the same in training, however rare it is. */
  balance_classes: z.boolean(),
  /** Stop after this many base models; null: by time alone. */
  max_models: z.int().min(1).nullable(),
  /** Seconds for all that is done from training to plot; null: bounded by models alone, which is reproducible. */
  max_runtime_secs: z.int().min(1).nullable(),
  seed: z.int(),
  /** Use at most this many rows for training; null: all. */
  sample_rows: z.int().min(10).nullable(),
  /** The JVM's heap, MiB. */
  heap_mb: z.int().min(256),
  /** Why the plan is as it is, for a person. */
  rationale: z.string(),
});
export type TrainingPlan = z.infer<typeof TrainingPlan>;

export const PredictionPlan = z.object({
  schema_version: z.literal(1),
  task: Task,
  target: z.string(),
  date_column: z.string().nullable(),
  series_id_columns: z.array(z.string()),
  frequency: Frequency.nullable(),
  horizon: z.int().min(1).nullable(),
  /** Series: the future. Tables: rows whose target is empty, else the sealed rows. */
  rows: z.enum(['future', 'missing_target', 'holdout']),
  heap_mb: z.int().min(256),
  rationale: z.string(),
});
export type PredictionPlan = z.infer<typeof PredictionPlan>;

export const PlotPlan = z.object({
  schema_version: z.literal(1),
  task: Task,
  kind: z.enum(['forecast', 'actual_vs_predicted', 'roc_confusion', 'confusion']),
  title: z.string(),
  target: z.string(),
  date_column: z.string().nullable(),
  series_id_columns: z.array(z.string()),
  /** Series: how many of the last observations are drawn. */
  history_points: z.int().min(1).nullable(),
  rationale: z.string(),
});
export type PlotPlan = z.infer<typeof PlotPlan>;

export const PLANS = { training: TrainingPlan, prediction: PredictionPlan, visualization: PlotPlan };
export type PlanOf = { [P in keyof typeof PLANS]: z.infer<(typeof PLANS)[P]> };
