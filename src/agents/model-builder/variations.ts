import type { AnalysisReport } from '../../contracts/analysis';
import { withFeatures } from '../../contracts/plan-edits';
import type { Algorithm, TrainingPlan } from '../../contracts/plans';
import { count, list } from '../text';
import type { Changed } from '../scripted';

/** Below this many rows XGBoost is no use. */
const FEW_ROWS = 50;
const FEWEST_FEATURES = 4;
const LONGER_MEMORY = 14;

/** One way in which another draft may go about it; undefined where the data leave no room for it. */
type Variation = (plan: TrainingPlan, report: AnalysisReport) => Changed<TrainingPlan> | undefined;

/**
 * What is tried beside the first plan, most promising first. Target, metric, sealed rows and folds stay as they are, so
 * that the validated scores of all drafts can be compared.
 */
export function variationsOf({ task }: TrainingPlan): readonly Variation[] {
  return task === 'forecasting'
    ? [longerMemory, boostedTrees, lean, linearAndForest]
    : [boostedTrees, strongestFeatures, linearAndForest, otherBalance];
}

const boostedTrees: Variation = (plan, { dataset }) =>
  algorithms(plan, dataset.rows < FEW_ROWS ? ['GBM'] : ['XGBoost', 'GBM'], 'boosted trees alone get all the models');

const linearAndForest: Variation = (plan) =>
  algorithms(plan, ['GLM', 'DRF', 'StackedEnsemble'], 'a linear model and a forest, weighed together');

function algorithms(plan: TrainingPlan, wanted: Algorithm[], why: string): Changed<TrainingPlan> {
  return { plan: { ...plan, algorithms: wanted }, change: `${list(wanted)}: ${why}` };
}

/** Lags and windows further back, as far as half of what is learned from reaches. */
const longerMemory: Variation = (plan, report) => {
  const season = plan.frequency?.season_length ?? 1;
  const longest = longestLag(plan, report);
  const near = Array.from({ length: LONGER_MEMORY }, (_, index) => index + 1);
  const seasons = season > 1 ? [1, 2, 3, 4].map((times) => times * season) : [];
  const lags = fitting([...plan.lags, ...near, ...seasons], longest);
  const windows = fitting([...plan.windows, 4 * Math.max(season, 3)], longest);
  return {
    plan: { ...plan, lags, windows },
    change: `a longer memory, ${count(lags.length, 'lag')} up to ${lags.at(-1)} steps back`,
  };
};

const lean: Variation = (plan, report) => {
  const season = plan.frequency?.season_length ?? 1;
  const lags = fitting([1, 2, season], longestLag(plan, report));
  const windows = plan.windows.slice(0, 1);
  return { plan: { ...plan, lags, windows }, change: `few features of the past, lags ${list(lags.map(String))}` };
};

/** The half that says most about the target, each column alone. */
const strongestFeatures: Variation = (plan, { associations }) => {
  const ranked = associations.map(({ column }) => column).filter((column) => plan.features.includes(column));
  const most = Math.ceil(plan.features.length / 2);
  if (most < FEWEST_FEATURES || ranked.length < most) return undefined;
  const strongest = new Set(ranked.slice(0, most));
  const features = plan.features.filter((column) => strongest.has(column));
  return {
    plan: withFeatures(plan, features),
    change: `only the ${features.length} columns that say most about the target`,
  };
};

/** Where probabilities decide, they are worse for it. */
const otherBalance: Variation = (plan) => {
  if (plan.metric !== 'auc' && plan.metric !== 'balanced_accuracy') return undefined;
  const balance_classes = !plan.balance_classes;
  return {
    plan: { ...plan, balance_classes },
    change: balance_classes ? 'with balanced classes' : 'with classes as they are',
  };
};

function longestLag(plan: TrainingPlan, { dataset, date_column }: AnalysisReport): number {
  const dates = dataset.columns.find(({ name }) => name === date_column);
  const history = Math.min(dataset.rows, dates?.distinct ?? dataset.rows);
  return Math.max(1, Math.floor((history - (plan.validation.holdout_rows ?? 0)) / 2), ...plan.lags);
}

/** At most as many as a plan may have, the nearest first. */
function fitting(steps: number[], longest: number): number[] {
  const unique = [...new Set(steps)].filter((step) => step >= 1 && step <= longest);
  return unique.sort((a, b) => a - b).slice(0, 30);
}
