import type { TrainingPlan } from '../../contracts/plans';

/** Small enough to end within a minute or so, large enough to meet what a whole training would stumble over. */
const SAMPLE_ROWS = 1000;
const MODELS = 3;
const FOLDS = 2;
const RUNTIME_SECONDS = 60;

/** A plan as it is tried on a sample: what it does is the same, how much of it is not. */
export function trialPlan(plan: TrainingPlan): TrainingPlan {
  return {
    ...plan,
    sample_rows: Math.min(plan.sample_rows ?? SAMPLE_ROWS, SAMPLE_ROWS),
    max_models: Math.min(plan.max_models ?? MODELS, MODELS),
    max_runtime_secs: Math.min(plan.max_runtime_secs ?? RUNTIME_SECONDS, RUNTIME_SECONDS),
    // A package is installed for whole trainings alone.
    holidays: null,
    validation: { ...plan.validation, folds: Math.min(plan.validation.folds, FOLDS) },
    rationale: 'A trial on a sample: it shows whether the plan runs.',
  };
}
