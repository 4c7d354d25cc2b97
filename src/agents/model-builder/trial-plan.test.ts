import type { TrainingPlan } from '../../contracts/plans';
import { trialPlan } from './trial-plan';

const PLAN = {
  ...{ task: 'forecasting', target: 'y', features: ['a'], lags: [1, 7], algorithms: ['GLM', 'GBM'], seed: 42 },
  ...{ validation: { scheme: 'time', holdout_rows: 14, holdout_fraction: null, folds: 5 }, heap_mb: 2560 },
  ...{ sample_rows: null, max_models: 10, max_runtime_secs: null, rationale: 'why', holidays: null },
} as unknown as TrainingPlan;

test.each([
  ['a large plan', {}, { sample_rows: 1000, max_models: 3, max_runtime_secs: 60, folds: 2 }],
  ['by time alone', { max_models: null }, { sample_rows: 1000, max_models: 3, max_runtime_secs: 60, folds: 2 }],
  [
    'a smaller one',
    { sample_rows: 50, max_models: 1, max_runtime_secs: 5 },
    { sample_rows: 50, max_models: 1, max_runtime_secs: 5, folds: 2 },
  ],
])('%s is tried small', (_name, changes, expected) => {
  const { validation, ...plan } = trialPlan({ ...PLAN, ...changes });
  expect({ ...plan, folds: validation.folds }).toMatchObject(expected);
});

test('what is tried is the plan: target, features, recipe, seed and the sealed rows stay', () => {
  const { sample_rows, max_models, max_runtime_secs, rationale, validation, ...same } = trialPlan(PLAN);
  expect(PLAN).toMatchObject({ ...same, validation: { ...validation, folds: 5 } });
  expect([sample_rows, max_models, max_runtime_secs]).toEqual([1000, 3, 60]);
  expect(rationale).toMatch(/trial/);
});

test('rows weigh in a trial as they do in the training', () => {
  expect(trialPlan({ ...PLAN, weight_column: 'fnlwgt' }).weight_column).toBe('fnlwgt');
});

test('no package is installed for a trial', () => {
  expect(trialPlan({ ...PLAN, holidays: 'DE' }).holidays).toBeNull();
});
