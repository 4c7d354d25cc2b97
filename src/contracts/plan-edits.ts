import { z } from 'zod';
import type { AnalysisReport } from './analysis';
import { ALGORITHMS, Algorithm, type TrainingPlan } from './plans';

const MOST_LAGS = 30;
const MOST_WINDOWS = 10;
const MOST_FOLDS = 10;

/** What a user decides of the training plan; the agents decide what is not named. */
export const PlanEdits = z
  .strictObject({
    features: z.array(z.string().min(1).max(500)).max(10_000),
    lags: z.array(z.int().min(1)).max(MOST_LAGS).describe('In steps; forecasts only'),
    windows: z.array(z.int().min(2)).max(MOST_WINDOWS).describe('In steps; forecasts only'),
    calendar: z.boolean(),
    algorithms: z.array(Algorithm).min(1).max(ALGORITHMS.length),
    balance_classes: z.boolean(),
    folds: z.int().min(2).max(MOST_FOLDS),
  })
  .partial();
export type PlanEdits = z.infer<typeof PlanEdits>;

/** What the data and the installation leave open. */
export const PlanBounds = z.object({
  features: z.array(z.string()),
  /** Of lags and windows, steps. */
  longest: z.int(),
  algorithms: z.array(Algorithm),
  most_folds: z.int(),
  most_models: z.int().nullable(),
});
export type PlanBounds = z.infer<typeof PlanBounds>;

/** The bounds of a first plan. */
export function planBounds(report: AnalysisReport, plan: TrainingPlan, mostModels: number): PlanBounds {
  return {
    features: report.features,
    longest: longestLag(report, plan),
    algorithms: [...ALGORITHMS],
    most_folds: MOST_FOLDS,
    most_models: mostModels,
  };
}

/** Half of what is left to learn from; at least what the plan uses. */
function longestLag(report: AnalysisReport, plan: TrainingPlan): number {
  const dates = report.dataset.columns.find(({ name }) => name === report.date_column);
  const history = Math.min(report.dataset.rows, dates?.distinct ?? report.dataset.rows);
  const half = Math.floor((history - (plan.validation.holdout_rows ?? 0)) / 2);
  return Math.max(1, half, ...plan.lags, ...plan.windows);
}

/** The plan with what is named; whether that makes sense is for `planProblems` to say. */
export function applyPlanEdits(plan: TrainingPlan, edits: PlanEdits): TrainingPlan {
  const { features, lags, windows, algorithms, folds, calendar, balance_classes } = edits;
  return {
    ...plan,
    features: features ? [...new Set(features)] : plan.features,
    lags: sorted(lags) ?? plan.lags,
    windows: sorted(windows) ?? plan.windows,
    calendar: calendar ?? plan.calendar,
    algorithms: algorithms ? [...new Set(algorithms)] : plan.algorithms,
    balance_classes: balance_classes ?? plan.balance_classes,
    validation: { ...plan.validation, folds: folds ?? plan.validation.folds },
  };
}

/** What is wrong with a plan, one sentence a field; none where it can be trained. */
export function planProblems(plan: TrainingPlan, bounds: PlanBounds): string[] {
  const { longest } = bounds;
  const foreign = plan.features.filter((name) => !bounds.features.includes(name));
  const forecasting = plan.task === 'forecasting';
  const names = foreign.slice(0, 5).map((name) => `"${name}"`);
  const checks: [boolean, string][] = [
    [foreign.length > 0, `features: not among the allowed ones: ${names.join(', ')}`],
    [plan.features.length === 0 && bounds.features.length > 0 && !forecasting, 'features: none are left'],
    [!forecasting && plan.lags.length + plan.windows.length > 0, 'lags, windows: only a forecast has them'],
    [!forecasting && plan.calendar, 'calendar: only a forecast has it'],
    [forecasting && plan.balance_classes, 'balance_classes: a forecast has no classes'],
    [plan.lags.some((lag) => lag < 1 || lag > longest), `lags: each must be from 1 to ${longest}`],
    [
      plan.windows.some((size) => size < 2 || size > Math.max(2, longest)),
      `windows: each must be from 2 to ${longest}`,
    ],
    [plan.lags.length > MOST_LAGS || plan.windows.length > MOST_WINDOWS, 'lags, windows: too many'],
    [forecasting && plan.lags.length === 0, 'lags: a forecast needs at least one'],
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

function sorted(steps: number[] | undefined): number[] | undefined {
  return steps && [...new Set(steps)].sort((a, b) => a - b);
}
