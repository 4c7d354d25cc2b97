import type { AnalysisReport } from '../../contracts/analysis';
import { withFeatures } from '../../contracts/plan-edits';
import type { Algorithm, TrainingPlan } from '../../contracts/plans';
import type { Correction } from '../../contracts/verdict';
import { type ApplyCorrection, type LastResort, type Step } from '../scripted';
import { count, integer, list, quoted } from '../text';

/** Slowest to train first. */
const SLOWEST_FIRST: readonly Algorithm[] = ['DeepLearning', 'XGBoost', 'GBM', 'DRF', 'StackedEnsemble'];
const SMALLEST_HEAP_MB = 512;
const SMALLEST_SAMPLE = 50;

type Change = ReturnType<ApplyCorrection<TrainingPlan>>;

/** Carries out one correction on a training plan; undefined where it changes nothing or there is no place for it. */
export function correctionsFor(report: AnalysisReport): ApplyCorrection<TrainingPlan> {
  return (plan, correction) => {
    switch (correction.kind) {
      case 'exclude_algorithm':
        return excludeAlgorithm(plan, correction.algorithm);
      case 'limit_models':
        return limitModels(plan, correction.max_models);
      case 'limit_runtime':
        return limitRuntime(plan, correction.max_runtime_secs);
      case 'sample_rows':
        return sampleRows(plan, correction.rows);
      case 'set_heap':
        return setHeap(plan, correction.heap_mb);
      case 'drop_feature':
        return dropFeature(plan, correction.column);
      case 'set_folds':
        return setFolds(plan, correction.folds);
      case 'set_holdout':
        return setHoldout(plan, correction.holdout_rows);
      case 'shorten_lags':
        return shortenLags(plan, correction.longest);
      case 'set_date_format':
        return otherDateColumn(plan, correction, report);
      case 'drop_functions':
        return dropFunctions(plan);
      case 'regenerate':
        return undefined;
    }
  };
}

function excludeAlgorithm(plan: TrainingPlan, algorithm: Algorithm): Change {
  const left = plan.algorithms.filter((name) => name !== algorithm);
  const base = left.filter((name) => name !== 'StackedEnsemble');
  if (left.length === plan.algorithms.length || base.length === 0) return undefined;
  return { plan: { ...plan, algorithms: left }, change: `${algorithm} is left out; ${list(left)} remain` };
}

function limitModels(plan: TrainingPlan, models: number): Change {
  if (plan.max_models !== null && models >= plan.max_models) return undefined;
  return { plan: { ...plan, max_models: models }, change: `at most ${count(models, 'model')}` };
}

function limitRuntime(plan: TrainingPlan, seconds: number): Change {
  if (plan.max_runtime_secs !== null && seconds >= plan.max_runtime_secs) return undefined;
  return { plan: { ...plan, max_runtime_secs: seconds }, change: `at most ${integer(seconds)} s of training` };
}

function sampleRows(plan: TrainingPlan, rows: number): Change {
  if (plan.sample_rows !== null && rows >= plan.sample_rows) return undefined;
  return { plan: { ...plan, sample_rows: rows }, change: `a sample of ${count(rows, 'row')}` };
}

function setHeap(plan: TrainingPlan, heapMb: number): Change {
  const heap = Math.max(SMALLEST_HEAP_MB, Math.min(heapMb, plan.heap_mb));
  if (heap === plan.heap_mb) return undefined;
  return { plan: { ...plan, heap_mb: heap }, change: `a Java heap of ${integer(heap)} MB` };
}

function dropFeature(plan: TrainingPlan, column: string): Change {
  if (!plan.features.includes(column)) return undefined;
  return { plan: withoutFeature(plan, column), change: `without the column ${quoted(column)}` };
}

function withoutFeature(plan: TrainingPlan, column: string): TrainingPlan {
  const features = plan.features.filter((name) => name !== column);
  return withFeatures(plan, features);
}

function dropFunctions(plan: TrainingPlan): Change {
  if (plan.functions.length === 0) return undefined;
  const names = plan.functions.map(({ name }) => name);
  return { plan: { ...plan, functions: [] }, change: `without the feature functions ${list(names)}` };
}

function setFolds(plan: TrainingPlan, folds: number): Change {
  if (folds === plan.validation.folds) return undefined;
  return { plan: { ...plan, validation: { ...plan.validation, folds } }, change: `${folds} folds` };
}

function setHoldout(plan: TrainingPlan, rows: number): Change {
  if (plan.validation.scheme !== 'time' || rows === plan.validation.holdout_rows) return undefined;
  const validation = { ...plan.validation, holdout_rows: rows };
  return { plan: { ...plan, validation }, change: `${count(rows, 'sealed step')}` };
}

function shortenLags(plan: TrainingPlan, longest: number): Change {
  const lags = plan.lags.filter((lag) => lag <= longest);
  const windows = plan.windows.filter((size) => size <= longest);
  if (lags.length === plan.lags.length && windows.length === plan.windows.length) return undefined;
  return { plan: { ...plan, lags, windows }, change: `no lag longer than ${count(longest, 'step')}` };
}

/** The canonical file has ISO dates only, so another format means another column with dates, where there is one. */
function otherDateColumn(
  plan: TrainingPlan,
  correction: Correction & { kind: 'set_date_format' },
  report: AnalysisReport,
): Change {
  const other = report.dataset.columns.find(
    ({ name, type }) => (type === 'date' || type === 'datetime') && name !== correction.column && name !== plan.target,
  );
  if (!other || plan.date_column !== correction.column) return undefined;
  const change = `dates from ${quoted(other.name)} instead of ${quoted(correction.column)}`;
  return { plan: withoutFeature({ ...plan, date_column: other.name }, other.name), change };
}

/** What is taken away when the corrections alone would repeat an earlier plan. */
export function trainingLadder(rows: number): readonly Step<TrainingPlan>[] {
  return [
    (plan) =>
      plan.max_models === null || plan.max_models < 2 ? undefined : limitModels(plan, Math.ceil(plan.max_models / 2)),
    dropSlowest,
    (plan) => {
      const half = Math.floor(Math.min(plan.sample_rows ?? rows, rows) / 2);
      return half < SMALLEST_SAMPLE ? undefined : sampleRows(plan, half);
    },
    (plan) => {
      const longest = Math.max(0, ...plan.lags, ...plan.windows);
      return longest < 2 ? undefined : shortenLags(plan, Math.floor(longest / 2));
    },
    (plan) => setHeap(plan, Math.floor(plan.heap_mb * 0.75)),
    (plan) => (plan.validation.folds > 2 ? setFolds(plan, plan.validation.folds - 1) : undefined),
  ];
}

/** Nothing is left to take away: chance may still go another way. */
export const nextSeed: LastResort<TrainingPlan> = (plan) => ({
  plan: { ...plan, seed: plan.seed + 1 },
  change: `another seed, ${plan.seed + 1}`,
});

function dropSlowest(plan: TrainingPlan): Change {
  const slowest = SLOWEST_FIRST.find((name) => plan.algorithms.includes(name));
  return slowest ? excludeAlgorithm(plan, slowest) : undefined;
}
