import { changesOf, formOf, type PlanView } from '../../web/src/features/job/api/change-plan';

/** What a reader's changes of the plan say to the server. */

const code = 'def half(x):\n  return x / 2';
const half = { name: 'half', inputs: ['size'], output: 'number' as const, code };
const view = {
  plan: {
    ...{ features: ['size', 'kind'], algorithms: ['GLM'], lags: [], windows: [], calendar: false },
    ...{
      balance_classes: false,
      validation: { folds: 3 },
      max_models: 4,
      functions: [half, { ...half, name: 'more' }],
    },
  },
  edits: {},
} as unknown as PlanView;

test('nothing where nothing is changed', () => {
  expect(changesOf(view, formOf(view))).toEqual({});
});

test('a function that is left out leaves the names of the others, never their code', () => {
  const form = { ...formOf(view), functions: ['half'] };
  expect(changesOf(view, form)).toEqual({ functions: ['half'] });
  expect(changesOf({ ...view, edits: { functions: ['half', 'more'] } }, form)).toEqual({ functions: ['half'] });
});

test('what weighs the rows is chosen, and taken back', () => {
  expect(changesOf(view, { ...formOf(view), weight_column: 'size' })).toEqual({ weight_column: 'size' });
  const weighed: PlanView = { ...view, plan: { ...view.plan, weight_column: 'size' } };
  expect(changesOf(weighed, { ...formOf(weighed), weight_column: null })).toEqual({ weight_column: null });
});
