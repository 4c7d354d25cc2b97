import { differences, metricRows } from '../../web/src/features/compare/api/compare';
import { functionsText, planDifferences, type TrainingPlan } from '../../web/src/features/compare/api/plans';
import { forkBody } from '../../web/src/features/job/api/fork-changes';
import {
  brierOf,
  calibrationOf,
  confusionOf,
  countsAt,
  curvesOf,
  rarestClass,
  readClasses,
} from '../../web/src/features/results/api/classification';
import { lastStep, range, swarm } from '../../web/src/features/results/api/insight';
import { pastedRows } from '../../web/src/features/results/api/score';
import { sectionOf } from '../../web/src/features/results/api/findings';
import { readPredictions } from '../../web/src/features/results/api/predictions';
import { residualBins } from '../../web/src/features/results/api/residuals';
import type { JobView, Metric, ResultsView } from '../../web/src/lib/types';

const table = readClasses(
  readPredictions(
    'row,prediction,actual,prediction,probability_no,probability_yes\n' +
      '1,feature,no,no,0.9,0.1\n2,feature,no,yes,0.4,0.6\n3,feature,yes,yes,0.2,0.8\n4,feature,no,no,0.7,0.3\n5,,,no,1,0\n',
  )!,
)!;

describe('classes told apart', () => {
  test('rows with a known class are read, a feature that is called prediction is not', () => {
    expect(table.classes).toEqual(['no', 'yes']);
    expect(table.rows.map((row) => row.predicted)).toEqual(['no', 'yes', 'yes', 'no']);
    expect(rarestClass(table)).toBe(1);
  });

  test('the area is that of the ranks: every yes stands above every no here', () => {
    expect(curvesOf(table, 1)!.auc).toBe(1);
    const tied = { ...table, rows: table.rows.map((row) => ({ ...row, probabilities: [0.5, 0.5] })) };
    expect(curvesOf(tied, 1)!.auc).toBe(0.5);
    expect(curvesOf({ ...table, rows: table.rows.slice(0, 2) }, 1)).toBeNull();
  });

  test.each([
    [0.5, [1, 1, 0, 2]],
    [0.7, [1, 0, 0, 3]],
    [0.9, [0, 0, 1, 3]],
  ])('from a probability of %p on', (threshold, [tp, fp, fn, tn]) => {
    const counts = countsAt(table, 1, threshold);
    expect(counts).toMatchObject({ truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn });
  });

  test('a threshold that calls nothing has no precision', () => {
    expect(countsAt(table, 1, 0.9)).toMatchObject({ precision: null, recall: 0, f1: 0 });
  });

  test('what was said is held against what came true; few rows are judged together with their neighbours', () => {
    const rowsOf = (count: number, said: number, yes: number) =>
      Array.from({ length: count }, (_, at) => ({
        ...{ actual: at < yes ? 'yes' : 'no', predicted: 'no' },
        probabilities: [1 - said, said],
      }));
    const many = { ...table, rows: [...rowsOf(20, 0.05, 1), ...rowsOf(4, 0.3, 2), ...rowsOf(6, 0.5, 3)] };
    expect(calibrationOf(many, 1)).toEqual([
      { said: expect.closeTo(0.05), share: 0.05, rows: 20 },
      { said: expect.closeTo(0.42), share: 0.5, rows: 10 },
    ]);
    const rest = { ...many, rows: [...many.rows, ...rowsOf(3, 0.95, 3)] };
    expect(calibrationOf(rest, 1).map(({ rows }) => rows)).toEqual([20, 13]);
    expect(calibrationOf(table, 1).map(({ rows }) => rows)).toEqual([4]);
    const sure = { ...table, rows: table.rows.map((row) => ({ ...row, probabilities: [0, 1] })) };
    expect([brierOf(table, 1), brierOf(sure, 1)]).toEqual([expect.closeTo(0.125), 0.75]);
  });

  test('the confusion has the actual in rows', () => {
    expect(confusionOf(table)).toEqual([
      [2, 1],
      [0, 1],
    ]);
  });

  test('numbers are no classes', () => {
    expect(readClasses(readPredictions('prediction,actual\n1,2\n')!)).toBeNull();
  });
});

describe('errors in bars', () => {
  test('every error is in one, and zero is in the middle one', () => {
    const bins = residualBins([-4, -1, 0, 0, 1, 4]);
    expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(6);
    const middle = bins[(bins.length - 1) / 2]!;
    expect(middle.from).toBeLessThan(0);
    expect(middle.from + middle.to).toBe(0);
  });
  test.each([[[]], [[3]], [[0, 0]]])('nothing to draw of %p', (values) => expect(residualBins(values)).toEqual([]));
});

describe('jobs side by side', () => {
  const job = { prompt: 'Forecast', options: {}, finished_at: null, started_at: null } as unknown as JobView;

  test('only what differs', () => {
    const other = { ...job, target_column: 'sales', options: { horizon: 3 } } as JobView;
    expect(differences([{ ...job, target_column: null }, other])).toEqual([
      { field: 'target_column', values: ['–', 'sales'] },
      { field: 'horizon', values: ['–', '3'] },
    ]);
    expect(differences([job, job])).toEqual([]);
  });

  const plan = {
    features: ['a', 'b', 'c'],
    lags: [1],
    seed: 1,
    rationale: 'first',
    validation: { folds: 5, scheme: 'random' },
    functions: [
      { name: 'z', inputs: ['a'], output: 'number', code: 'def z(a):\n    return a\n' },
      { name: 'm', inputs: ['b', 'c'], output: 'category', code: 'def m(b, c):\n    return b' },
    ],
  } as unknown as TrainingPlan;

  test('of the plans too, a list by what is not shared', () => {
    const other = { ...plan, features: ['a', 'b', 'd'], lags: [1, 7], rationale: 'other' };
    const folds = { ...other, validation: { ...plan.validation, folds: 3 } } as TrainingPlan;
    expect(planDifferences([plan, folds])).toEqual([
      { field: 'features', values: ['c (+ 2)', 'd (+ 2)'] },
      { field: 'lags', values: ['(1)', '7 (+ 1)'] },
      { field: 'folds', values: ['5', '3'] },
    ]);
    expect(planDifferences([plan, { ...plan, rationale: 'in other words' }])).toEqual([]);
    expect(planDifferences([plan, null]).find(({ field }) => field === 'seed')!.values).toEqual(['1', '–']);
  });

  test('functions are laid out by name, whatever their order', () => {
    const text = '# m: b, c -> category\ndef m(b, c):\n    return b\n\n# z: a -> number\ndef z(a):\n    return a\n';
    expect(functionsText(plan)).toBe(text);
    expect(functionsText({ ...plan, functions: [...plan.functions].reverse() })).toBe(text);
    expect(functionsText(null)).toBe('');
  });

  test.each([
    ['an error leads by being small', { rmse: 3 }, { rmse: 2 }, 1],
    ['an AUC by being large', { auc: 0.9 }, { auc: 0.8 }, 0],
    ['a tie has no leader', { mae: 1 }, { mae: 1 }, null],
    ['nor has the only value', { mae: 1 }, {}, null],
  ])('%s', (_, first, second, best) => {
    const results = [first, second].map((metrics) => ({ metrics }) as unknown as ResultsView);
    expect(metricRows(results)[0]!.best).toBe(best);
  });
});

describe('a fork', () => {
  const job = { name: 'Sales', prompt: 'Forecast', target_column: 'sales', options: { horizon: 7 } } as JobView;
  const same = {
    name: 'Sales',
    prompt: 'Forecast',
    target_column: 'sales',
    horizon: 7,
    metric: null,
    max_models: null,
    max_runtime_secs: null,
    approval: null,
  };
  test('sends only what was changed, and takes back what was emptied', () => {
    expect(forkBody('prediction', job, same)).toEqual({ from: 'prediction' });
    expect(forkBody('analysis', job, { ...same, target_column: '', horizon: 14 })).toEqual({
      from: 'analysis',
      changes: { target_column: null, horizon: 14 },
    });
  });
});

describe('a section of a report', () => {
  const page = '# Analysis\n\n## Findings\n\n| a | b |\n\n### Detail\n\nmore\n\n## Columns\n\nx';
  test.each([
    ['up to the next of its rank', 'Findings', '| a | b |\n\n### Detail\n\nmore'],
    ['to the end', 'Columns', 'x'],
    ['missing', 'Left out', null],
  ])('%s', (_, title, text) => expect(sectionOf(page, title)).toBe(text));
});

describe('what a model listens to', () => {
  test('points of one place stand beside each other, the strongest feature on top', () => {
    const point = (contribution: number) => ({ height: null, contribution });
    const found = swarm([
      { feature: 'strong', mean: 1, points: [point(1), point(1), point(-1)] },
      { feature: 'weak', mean: 0, points: [point(0)] },
    ]);
    expect(found.map(({ row }) => row)).toEqual([1, expect.closeTo(0.93, 9), 1, 0]);
    expect(swarm([])).toEqual([]);
    const many = swarm([{ feature: 'x', mean: 1, points: Array.from({ length: 100 }, () => point(1)) }]);
    expect(Math.max(...many.map(({ row }) => Math.abs(row)))).toBeLessThanOrEqual(0.36);
  });

  test.each([
    [[], null],
    [[1], null],
    [
      [2, null, 1],
      [1, 2],
    ],
  ])('scores %j reach over %j', (scores, reach) => {
    expect(range(scores.map((score) => ({ label: '', rows: 1, score })))).toEqual(reach);
  });

  test.each<[string, Metric, (number | null)[], boolean | null]>([
    ['an error that falls', 'rmse', [20, 10, 9.5], true],
    ['an error that falls by no more than chance', 'rmse', [20, 10, 9.9], false],
    ['an error that grows', 'rmse', [20, 10, 12], false],
    ['an AUC that grows', 'auc', [0.7, 0.8, 0.85], true],
    ['an AUC that nears its end', 'auc', [0.9, 0.95, 0.96], true],
    ['an AUC that falls', 'auc', [0.7, 0.8, 0.7], false],
    ['no error left to lose', 'mae', [0, 0], false],
    ['a size without a score is passed over', 'rmse', [10, 8, null], true],
    ['a single score', 'rmse', [null, 8], null],
  ])('more rows help: %s', (_, metric, scores, helps) => {
    const points = scores.map((validated, at) => ({ rows: 100 * 2 ** at, training: null, validated }));
    expect(lastStep({ model_id: 'GBM_1', metric, points })?.helps ?? null).toBe(helps);
  });

  test('the step that is told of is the last that was measured', () => {
    const points = [2, 4, null, 3].map((validated, at) => ({ rows: at + 1, training: 0, validated }));
    expect(lastStep({ model_id: 'GBM_1', metric: 'mae', points })).toEqual({
      before: { rows: 2, score: 4 },
      after: { rows: 4, score: 3 },
      helps: true,
    });
  });

  test.each([
    ['[{"x": 1}]', [{ x: 1 }]],
    [' {"x": 1}', [{ x: 1 }]],
    ['x,y\n1,2', null],
    ['[broken', null],
    ['', null],
  ])('pasted %j', (text, rows) => expect(pastedRows(text)).toEqual(rows));
});
