import { Insight } from './insight';

const measured = {
  interval: null,
  folds: [],
  fit: null,
  importance: [],
  contributions: null,
  dependence: [],
  horizons: [],
  decomposition: null,
};

describe('the learning curve of an insight', () => {
  test('is null in results of before there was any', () => {
    expect(Insight.parse(measured)).toEqual({ ...measured, learning_curve: null });
  });

  const points = [
    { rows: 50, training: 0.99, validated: 0.8 },
    { rows: 400, training: null, validated: null },
  ];
  test.each([
    ['where it was not measured', null],
    ['as it stands', { model_id: 'GBM_1', metric: 'auc', points }],
  ])('is kept %s', (_, learning_curve) => {
    expect(Insight.parse({ ...measured, learning_curve }).learning_curve).toEqual(learning_curve);
  });

  test.each([
    ['a metric that no plan has', { metric: 'gini', points }],
    ['more points than are ever trained', { metric: 'auc', points: Array.from({ length: 21 }, () => points[0]) }],
  ])('does not have %s', (_, curve) => {
    const learning_curve = { model_id: 'GBM_1', ...curve };
    expect(Insight.safeParse({ ...measured, learning_curve }).success).toBe(false);
  });
});
