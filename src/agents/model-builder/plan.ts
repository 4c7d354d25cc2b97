import type { AnalysisReport, Metric } from '../../contracts/analysis';
import type { JobOptions } from '../../contracts/jobs';
import { withFeatures } from '../../contracts/plan-edits';
import { HOLDOUT_FRACTION, type Algorithm, type TrainingPlan, type Validation } from '../../contracts/plans';
import type { BuildInput, JobBrief, Limits } from '../agent';
import { count, duration, integer, list, percent, quoted } from '../text';
import { holidayRegion } from './holidays';
import { chooseGroup, chooseTableRecipe, type Reasoned } from './table-recipe';
import { chooseWeight } from './weights';

const DEFAULT_SEED = 42;
/** H2O wants about four times the table's size in its heap. */
const HEAP_PER_BYTE = 4;
/** Beside it, of each cell Python and XGBoost hold so many bytes. */
const BESIDE_PER_CELL = 32;
/** What Java and Python take before there are any rows. */
const RUNNING_MB = 450;
const MEGABYTE = 1024 * 1024;
/** Below this many rows each more fold costs more in noise than it gives. */
const SMALL_TABLE = 60;
const LONG_SERIES = 200;
const MIN_HISTORY = 8;
const MOST_NEAR_LAGS = 7;

/** A plan with the reasons for its parts, in words. */
export interface ReasonedPlan {
  plan: TrainingPlan;
  reasons: string[];
}

/**
 * The first plan for a report: what the task, the size of the data and the limits call for.
 * @throws {AutomlError} `weight_unfit` where the job asks for a weight that the data don't have
 */
export function firstPlan({ report, job, limits }: BuildInput<'training'>): ReasonedPlan {
  const shape = shapeOf(report);
  const weight = chooseWeight(report, job);
  const validation = chooseValidation(report, shape, weight.value);
  const budget = chooseBudget(job, limits);
  const recipe = chooseLags(report, shape, { validation: validation.value, job });
  const table = chooseTableRecipe(report, budget.max_models);
  const group = validation.value.group_column;
  const algorithms = chooseAlgorithms(shape, budget.max_models);
  const balance = chooseBalance(report.metric);
  const sample = chooseSample(report, limits);
  const plan: TrainingPlan = {
    schema_version: 1,
    task: report.task,
    target: report.target.column,
    date_column: report.date_column,
    series_id_columns: report.series_id_columns,
    frequency: report.frequency,
    horizon: report.horizon,
    metric: report.metric,
    // New rows come from groups of their own: what names a group says nothing of them. Nor does what weighs a row.
    features: report.features.filter((name) => name !== group && name !== weight.value),
    functions: [],
    ...recipe.value,
    ...table.value,
    validation: validation.value,
    weight_column: weight.value,
    algorithms: algorithms.value,
    balance_classes: balance.value,
    max_models: budget.max_models,
    max_runtime_secs: budget.max_runtime_secs,
    seed: job.options.seed ?? DEFAULT_SEED,
    sample_rows: sample.value,
    heap_mb: limits.heap_mb,
    rationale: '',
  };
  const parts = [validation, weight, recipe, table, algorithms, balance, budget, sample];
  return { plan: withFeatures(plan, plan.features), reasons: parts.map(({ reason }) => reason).filter(Boolean) };
}

interface Shape {
  /** Rows with a value of the target. */
  rows: number;
  /** Steps in the longest series, as far as the row count tells; the rows of a table. */
  history: number;
}

/** The report counts rows, not series; ids split them evenly at best. */
function shapeOf(report: AnalysisReport): Shape {
  const target = report.dataset.columns.find((column) => column.name === report.target.column);
  const rows = report.dataset.rows - (target?.missing ?? 0);
  const dates = report.dataset.columns.find((column) => column.name === report.date_column);
  const several = report.series_id_columns.length > 0 && dates !== undefined;
  return { rows, history: several ? Math.min(rows, dates.distinct) : rows };
}

function chooseValidation(
  report: AnalysisReport,
  { rows, history }: Shape,
  weight: string | null,
): Reasoned<Validation> {
  if (report.task === 'forecasting') return seriesValidation(report.horizon ?? 1, history);
  const folds = rows < SMALL_TABLE ? 3 : 5;
  const rarest = rarestClass(report);
  const fitting = rarest === null ? folds : Math.max(2, Math.min(folds, rarest));
  const inTime = report.date_column !== null;
  const group = inTime ? null : chooseGroup(report, weight);
  const value: Validation = {
    scheme: inTime ? 'time' : group === null ? 'random' : 'group',
    holdout_rows: inTime ? Math.max(1, Math.round(rows * HOLDOUT_FRACTION)) : null,
    holdout_fraction: inTime ? null : HOLDOUT_FRACTION,
    folds: fitting,
    group_column: group,
  };
  const share = percent(HOLDOUT_FRACTION);
  const which = inTime ? `the latest ${share} of the rows` : `${share} of the rows, drawn at random,`;
  const together =
    group === null ? '' : ` Rows with the same ${quoted(group)} stay together, so that none is known by its siblings.`;
  return {
    value,
    reason: `${capital(which)} are sealed for the final metrics, the rest is cross-validated in ${fitting} folds.${together}`,
  };
}

/** The sealed block is as long as the forecast, unless that would leave too little to learn from. */
function seriesValidation(horizon: number, history: number): Reasoned<Validation> {
  const most = Math.max(1, Math.min(Math.floor(history / 4), history - MIN_HISTORY));
  const holdout = Math.min(horizon, most);
  const folds = history >= LONG_SERIES ? 5 : 3;
  const why =
    holdout < horizon ? ', fewer than the horizon because the history is short,' : ', as many as are forecast,';
  return {
    value: { scheme: 'time', holdout_rows: holdout, holdout_fraction: null, folds, group_column: null },
    reason: `The last ${count(holdout, 'step')}${why} are sealed for the final metrics; the ${folds} folds are blocks of time.`,
  };
}

/** Rows of the rarest class where the profile knows all classes; null for numbers. */
function rarestClass({ task, dataset, target }: AnalysisReport): number | null {
  if (task !== 'binary' && task !== 'multiclass') return null;
  const column = dataset.columns.find((candidate) => candidate.name === target.column);
  if (!column || column.top_values.length === 0 || column.top_values.length < column.distinct) return null;
  return Math.min(...column.top_values.map((top) => top.count));
}

type Recipe = Pick<TrainingPlan, 'lags' | 'windows' | 'calendar' | 'holidays'>;

function chooseLags(
  report: AnalysisReport,
  { history }: Shape,
  { validation, job }: { validation: Validation; job: JobBrief },
): Reasoned<Recipe> {
  if (report.task !== 'forecasting' || !report.frequency)
    return { value: { lags: [], windows: [], calendar: false, holidays: null }, reason: '' };
  const season = report.frequency.season_length;
  const longest = Math.max(1, Math.floor((history - (validation.holdout_rows ?? 0)) / 2));
  const near = Array.from({ length: Math.max(3, Math.min(season, MOST_NEAR_LAGS)) }, (_, index) => index + 1);
  const wanted = [...near, season, 2 * season];
  const lags = unique(wanted.filter((lag) => lag >= 1 && lag <= longest));
  const windows = unique((season > 1 ? [season, 2 * season] : [3, 6]).filter((size) => size >= 2 && size <= longest));
  const holidays = holidayRegion(report, job.prompt, job.options.holidays);
  const value = { lags: lags.length > 0 ? lags : [1], windows, calendar: true, holidays };
  const seasonal = season > 1 ? `, around the season of ${count(season, 'step')},` : '';
  return {
    value,
    reason:
      `Past values at lags ${list(value.lags.map(String), 12)}${seasonal} and the calendar describe each date` +
      `${holidays ? `, with the public holidays of ${holidays}` : ''}.`,
  };
}

function chooseAlgorithms({ rows }: Shape, maxModels: number): Reasoned<Algorithm[]> {
  const base: Algorithm[] = rows < 50 ? ['GLM', 'GBM', 'DRF'] : ['GLM', 'XGBoost', 'GBM', 'DRF'];
  const value: Algorithm[] = maxModels >= 2 ? [...base, 'StackedEnsemble'] : base;
  const small = rows < 50 ? ' XGBoost is left out because the table is so small.' : '';
  return { value, reason: `${list(value)} compete.${small}` };
}

/** What judges every class alike must learn so; any other metric is worse for it, for probabilities are distorted. */
function chooseBalance(metric: Metric): Reasoned<boolean> {
  const value = metric === 'balanced_accuracy';
  return { value, reason: value ? 'All classes weigh the same in training, as in the metric, however rare.' : '' };
}

function chooseBudget(
  job: JobBrief,
  limits: Limits,
): { max_models: number; max_runtime_secs: number | null; reason: string } {
  const { max_models: wanted } = job.options;
  const { max_models: models, max_runtime_secs: seconds } = limitsOf(job.options, limits);
  const cut =
    wanted !== undefined && wanted > models
      ? ` (${wanted} were wanted, this installation allows ${limits.max_models})`
      : '';
  const time =
    seconds === null ? 'without a time limit, so the result can be repeated exactly' : `within ${duration(seconds)}`;
  return { max_models: models, max_runtime_secs: seconds, reason: `At most ${count(models, 'model')}${cut} ${time}.` };
}

/** What bounds a training: what the user asks for, inside what the installation allows. */
export function limitsOf(
  options: JobOptions,
  allowed: Limits,
): { max_models: number; max_runtime_secs: number | null } {
  const seconds = least(options.max_runtime_secs ?? null, allowed.max_runtime_secs);
  return {
    max_models: Math.min(options.max_models ?? allowed.max_models, allowed.max_models),
    // Several drafts share the time of one.
    max_runtime_secs: seconds === null ? null : Math.max(1, Math.floor(seconds / (options.search ?? 1))),
  };
}

function least(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** Rows that would not fit the memory of a training are sampled from the start. */
function chooseSample({ task, dataset }: AnalysisReport, limits: Limits): Reasoned<number | null> {
  const { bytes, columns, rows } = dataset;
  const inHeap = (limits.heap_mb * MEGABYTE * rows) / (HEAP_PER_BYTE * bytes);
  const beside = (limits.memory_mb - limits.heap_mb - RUNNING_MB) * MEGABYTE;
  // Of series features are made, for as many rows as are asked for.
  const fitting = task === 'forecasting' ? inHeap : Math.min(inHeap, beside / (BESIDE_PER_CELL * columns.length));
  if (rows * (1 - HOLDOUT_FRACTION) <= fitting) return { value: null, reason: '' };
  const value = Math.max(1000, Math.floor(fitting));
  return {
    value,
    reason: `A sample of ${integer(value)} rows is learnt from: more would not fit ${limits.memory_mb} MB of memory.`,
  };
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
