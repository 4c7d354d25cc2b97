import { z } from 'zod';
import type { AnalysisReport } from './analysis';
import type { Column } from './dataset';
import {
  ALGORITHMS,
  Algorithm,
  HOLDOUT_FRACTION,
  HolidayRegion,
  TargetTransform,
  type TrainingPlan,
  type Validation,
} from './plans';

const MOST_LAGS = 30;
const MOST_WINDOWS = 10;
const MOST_FOLDS = 10;

const columns = z.array(z.string().min(1).max(500)).max(10_000);

/** What a user decides of the training plan; the agents decide what is not named. */
export const PlanEdits = z
  .strictObject({
    features: columns,
    lags: z.array(z.int().min(1)).max(MOST_LAGS).describe('In steps; forecasts only'),
    windows: z.array(z.int().min(2)).max(MOST_WINDOWS).describe('In steps; forecasts only'),
    calendar: z.boolean(),
    holidays: z
      .string()
      .max(9)
      .nullable()
      .describe('Whose public holidays are known: ISO 3166, such as DE or US-CA; forecasts only'),
    target_encoding: columns.describe('Features that count by the mean target of their value; tables only'),
    text_features: columns.describe('Features that are read word by word; tables only'),
    target_transform: TargetTransform.describe('`auto`: the folds decide; regression of tables only'),
    monotone_increasing: columns.describe('Numeric features with which the prediction never falls; tables only'),
    monotone_decreasing: columns.describe('Numeric features with which the prediction never rises; tables only'),
    group_column: z
      .string()
      .min(1)
      .max(500)
      .nullable()
      .describe('Rows with the same value stay together, sealed or in one fold; tables only'),
    weight_column: z
      .string()
      .min(1)
      .max(500)
      .nullable()
      .describe('Says how much a row counts, in training and in every metric; tables only'),
    algorithms: z.array(Algorithm).min(1).max(ALGORITHMS.length),
    balance_classes: z.boolean(),
    folds: z.int().min(2).max(MOST_FOLDS),
    functions: z
      .array(z.string().max(40))
      .max(20)
      .describe('Names of the feature functions that are kept; agents alone write them'),
  })
  .partial();
export type PlanEdits = z.infer<typeof PlanEdits>;

/** What the data and the installation leave open. */
export const PlanBounds = z.object({
  features: z.array(z.string()),
  /** Of the features: numbers, and those that hold words. */
  numbers: z.array(z.string()),
  words: z.array(z.string()),
  /** Columns whose rows may belong together. */
  groups: z.array(z.string()),
  /** Columns that may say how much a row counts. */
  weights: z.array(z.string()),
  /** Of lags and windows, steps. */
  longest: z.int(),
  algorithms: z.array(Algorithm),
  most_folds: z.int(),
  most_models: z.int().nullable(),
});
export type PlanBounds = z.infer<typeof PlanBounds>;

/** The bounds of a first plan. */
export function planBounds(report: AnalysisReport, plan: TrainingPlan, mostModels: number): PlanBounds {
  const rows = report.dataset.rows;
  const features = report.dataset.columns.filter(({ name }) => report.features.includes(name));
  const table = plan.task !== 'forecasting';
  const groups = report.dataset.columns.filter(
    ({ name, type, distinct }) =>
      name === plan.validation.group_column ||
      (name !== plan.target && type !== 'real' && distinct >= FEWEST_GROUPS && distinct <= rows / 2),
  );
  return {
    features: report.features,
    numbers: namesOf(features, ['integer', 'real']),
    words: namesOf(features, ['category', 'text', 'integer']),
    groups: table && plan.date_column === null ? groups.map(({ name }) => name) : [],
    weights: weightColumns(report).map(({ name }) => name),
    longest: longestLag(report, plan),
    algorithms: [...ALGORITHMS],
    most_folds: MOST_FOLDS,
    most_models: mostModels,
  };
}

/** Fewer groups can't be sealed and folded. */
const FEWEST_GROUPS = 5;

/** The columns of a table by which rows may be weighed: numbers from 0 up, not all of them 0. Dates are no numbers. */
export function weightColumns({ task, target, dataset }: AnalysisReport): Column[] {
  if (task === 'forecasting') return [];
  return dataset.columns.filter(
    ({ name, type, min, max }) =>
      name !== target.column && (type === 'integer' || type === 'real') && Number(min) >= 0 && Number(max) > 0,
  );
}

function namesOf(of: AnalysisReport['dataset']['columns'], types: string[]): string[] {
  return of.filter(({ type }) => types.includes(type)).map(({ name }) => name);
}

/** Half of what is left to learn from; at least what the plan uses. */
function longestLag(report: AnalysisReport, plan: TrainingPlan): number {
  const dates = report.dataset.columns.find(({ name }) => name === report.date_column);
  const history = Math.min(report.dataset.rows, dates?.distinct ?? report.dataset.rows);
  const half = Math.floor((history - (plan.validation.holdout_rows ?? 0)) / 2);
  return Math.max(1, half, ...plan.lags, ...plan.windows);
}

/** The plan with other features; what it says of a feature goes with it. */
export function withFeatures(plan: TrainingPlan, features: string[]): TrainingPlan {
  const kept = (names: string[]) => names.filter((name) => features.includes(name));
  return {
    ...plan,
    features,
    target_encoding: kept(plan.target_encoding),
    text_features: kept(plan.text_features),
    monotone_increasing: kept(plan.monotone_increasing),
    monotone_decreasing: kept(plan.monotone_decreasing),
    functions: plan.functions.filter(({ inputs }) => inputs.every((name) => features.includes(name))),
  };
}

/** The plan with what is named; whether that makes sense is for `planProblems` to say. */
export function applyPlanEdits(plan: TrainingPlan, edits: PlanEdits): TrainingPlan {
  const { features, lags, windows, algorithms, folds, group_column, weight_column } = edits;
  const learnt = withFeatures(
    plan,
    unique(features ?? plan.features).filter((name) => name !== group_column && name !== weight_column),
  );
  const { target_encoding, text_features, monotone_increasing, monotone_decreasing } = edits;
  const edited: TrainingPlan = {
    ...learnt,
    lags: sorted(lags) ?? plan.lags,
    windows: sorted(windows) ?? plan.windows,
    calendar: edits.calendar ?? plan.calendar,
    holidays: edits.holidays === undefined ? plan.holidays : edits.holidays,
    weight_column: weight_column === undefined ? plan.weight_column : weight_column,
    target_encoding: unique(target_encoding ?? learnt.target_encoding),
    text_features: unique(text_features ?? learnt.text_features),
    target_transform: edits.target_transform ?? plan.target_transform,
    monotone_increasing: unique(monotone_increasing ?? learnt.monotone_increasing),
    monotone_decreasing: unique(monotone_decreasing ?? learnt.monotone_decreasing),
    functions: learnt.functions.filter(({ name }) => edits.functions?.includes(name) ?? true),
    algorithms: unique(algorithms ?? plan.algorithms),
    balance_classes: edits.balance_classes ?? plan.balance_classes,
    validation: withGroup({ ...plan.validation, folds: folds ?? plan.validation.folds }, group_column),
  };
  // Who asks for a direction gets the algorithms that keep it, unless they are named too.
  return algorithms || !isMonotone(edited) ? edited : { ...edited, algorithms: keepingDirection(edited.algorithms) };
}

function withGroup(validation: Validation, group: string | null | undefined): Validation {
  if (group === undefined) return validation;
  if (group === null) {
    const scheme = validation.scheme === 'group' ? 'random' : validation.scheme;
    return { ...validation, scheme, group_column: null };
  }
  return {
    ...validation,
    scheme: 'group',
    group_column: group,
    holdout_rows: null,
    holdout_fraction: HOLDOUT_FRACTION,
  };
}

const DIRECTED: readonly Algorithm[] = ['XGBoost', 'GBM', 'StackedEnsemble'];

function isMonotone(plan: TrainingPlan): boolean {
  return plan.monotone_increasing.length + plan.monotone_decreasing.length > 0;
}

function keepingDirection(algorithms: Algorithm[]): Algorithm[] {
  const kept = algorithms.filter((name) => DIRECTED.includes(name));
  return kept.some((name) => name !== 'StackedEnsemble') ? kept : ['XGBoost', 'GBM', ...kept];
}

type Check = [wrong: boolean, words: string];

/** What is wrong with a plan, one sentence a field; none where it can be trained. */
export function planProblems(plan: TrainingPlan, bounds: PlanBounds): string[] {
  const { longest } = bounds;
  const foreign = plan.features.filter((name) => !bounds.features.includes(name));
  const forecasting = plan.task === 'forecasting';
  const checks: Check[] = [
    [foreign.length > 0, `features: not among the allowed ones: ${named(foreign)}`],
    [plan.features.length === 0 && bounds.features.length > 0 && !forecasting, 'features: none are left'],
    [!forecasting && plan.lags.length + plan.windows.length > 0, 'lags, windows: only a forecast has them'],
    [!forecasting && plan.calendar, 'calendar: only a forecast has it'],
    [!forecasting && plan.holidays !== null, 'holidays: only a forecast knows them'],
    [!HolidayRegion.nullable().safeParse(plan.holidays).success, 'holidays: an ISO 3166 code such as DE or US-CA'],
    [forecasting && plan.balance_classes, 'balance_classes: a forecast has no classes'],
    [forecasting && plan.functions.length > 0, 'functions: only a table has them'],
    [plan.lags.some((lag) => lag < 1 || lag > longest), `lags: each must be from 1 to ${longest}`],
    [
      plan.windows.some((size) => size < 2 || size > Math.max(2, longest)),
      `windows: each must be from 2 to ${longest}`,
    ],
    [plan.lags.length > MOST_LAGS || plan.windows.length > MOST_WINDOWS, 'lags, windows: too many'],
    [forecasting && plan.lags.length === 0, 'lags: a forecast needs at least one'],
    ...tableChecks(plan, bounds),
    [!plan.algorithms.some((name) => name !== 'StackedEnsemble'), 'algorithms: at least one besides StackedEnsemble'],
    [plan.algorithms.some((name) => !bounds.algorithms.includes(name)), 'algorithms: some were ruled out'],
    [plan.validation.folds < 2 || plan.validation.folds > bounds.most_folds, `folds: from 2 to ${bounds.most_folds}`],
    [
      plan.max_models !== null && (plan.max_models < 1 || plan.max_models > (bounds.most_models ?? Infinity)),
      `max_models: from 1 to ${bounds.most_models}`,
    ],
  ];
  return checks.flatMap(([wrong, words]) => (wrong ? [words] : []));
}

function tableChecks(plan: TrainingPlan, { numbers, words, groups, weights }: PlanBounds): Check[] {
  const learnt = [...plan.target_encoding, ...plan.text_features];
  const directed = [...plan.monotone_increasing, ...plan.monotone_decreasing];
  const outside = (names: string[], allowed: string[]) =>
    names.filter((name) => !allowed.includes(name) || !plan.features.includes(name));
  const [wordless, numberless] = [outside(learnt, words), outside(directed, numbers)];
  const both = plan.monotone_increasing.filter((name) => plan.monotone_decreasing.includes(name));
  const group = plan.validation.group_column;
  const slopeless = plan.algorithms.filter((name) => !DIRECTED.includes(name));
  return [
    [
      plan.task === 'forecasting' && learnt.length + directed.length > 0,
      'target_encoding, text_features, monotone: only a table has them',
    ],
    [wordless.length > 0, `target_encoding, text_features: not among the features with words: ${named(wordless)}`],
    [
      plan.target_transform !== 'none' && plan.task !== 'regression',
      "target_transform: only a table's number can be transformed",
    ],
    [numberless.length > 0, `monotone: not among the numeric features: ${named(numberless)}`],
    [both.length > 0, `monotone: both ways at once: ${named(both)}`],
    [directed.length > 0 && plan.task === 'multiclass', 'monotone: several classes have no direction'],
    [
      directed.length > 0 && slopeless.length > 0,
      `algorithms: ${slopeless.join(', ')} can't keep a direction; leave them out`,
    ],
    [group !== null && !groups.includes(group), `group_column: ${named([group ?? ''])} can't group the rows`],
    [group !== null && plan.features.includes(group), 'group_column: what names a group is no feature'],
    ...weightChecks(plan, weights),
  ];
}

function weightChecks({ task, features, validation, weight_column: weight }: TrainingPlan, weights: string[]): Check[] {
  if (weight === null) return [];
  if (task === 'forecasting') return [[true, 'weight_column: only a table has one']];
  return [
    [!weights.includes(weight), `weight_column: ${named([weight])} can't weigh the rows: numbers from 0 up are needed`],
    [validation.group_column === weight, 'weight_column: what names a group is no weight'],
    [features.includes(weight), 'weight_column: what weighs the rows is no feature'],
  ];
}

function named(names: string[]): string {
  return names
    .slice(0, 5)
    .map((name) => `"${name}"`)
    .join(', ');
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function sorted(steps: number[] | undefined): number[] | undefined {
  return steps && unique(steps).sort((a, b) => a - b);
}
