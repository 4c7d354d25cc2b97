import { duration, metricValue, skill, skillSize } from '../../web/src/lib/format';
import { en } from '../../web/src/lib/i18n/en';
import { es } from '../../web/src/lib/i18n/es';
import { phaseState } from '../../web/src/lib/status';
import {
  chartSeries,
  displayOrder,
  readPredictions,
  scatterPairs,
} from '../../web/src/features/results/api/predictions';

describe('numbers in words', () => {
  test.each([
    [0.42, '< 1 s'],
    [8.2, '8 s'],
    [75, '1 min 15 s'],
    [3600 + 240, '1 h 04 min'],
    [2 * 86_400 + 3600, '2 d 1 h'],
    [null, '–'],
  ])('%p seconds are %p', (seconds, words) => expect(duration(seconds)).toBe(words));

  test.each([
    ['less error than naive', 'rmse', 77, 100, '23%'],
    ['more error than naive', 'mae', 110, 100, '10%'],
    ['an AUC is compared by its difference', 'auc', 0.81, 0.5, '0.31'],
  ] as const)('%s', (_, metric, score, naive, words) => {
    const value = skill(metric, score, naive)!;
    expect(Math.sign(value)).toBe(metric === 'mae' ? -1 : 1);
    expect(skillSize(metric, value, 'en')).toBe(words);
  });

  test('nothing is said where nothing can be: no baseline, or one without error', () => {
    expect(skill('rmse', 5, null)).toBeNull();
    expect(skill('rmse', 5, 0)).toBeNull();
  });

  test('shares are percents, other measures plain', () => {
    expect(metricValue('smape', 0.0312, 'en')).toBe('3.12%');
    expect(metricValue('rmse', 1234.567, 'de')).toBe('1.235');
    expect(metricValue('mase', 0.41287, 'es')).toBe('0,4129');
  });
});

describe('the languages', () => {
  type Leaf = [path: string, value: unknown];
  const leaves = (value: unknown, path = ''): Leaf[] =>
    value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
      : [[path, value]];

  test('Spanish has every text of English and none besides, and takes the same values', () => {
    const shape = (dictionary: unknown) =>
      leaves(dictionary).map(([path, value]) => [path, typeof value === 'function' ? value.length : typeof value]);
    expect(shape(es)).toEqual(shape(en));
  });

  test('no text is left in English', () => {
    const same = new Set([
      '.data.kinds.sqlite',
      '.data.kinds.postgresql',
      '.analytics.error',
      '.system.temporal',
      '.system.node',
      // Names of products and of our processes.
      '.system.api',
      '.system.worker',
      '.system.h2o',
      '.system.checkNames.java',
      '.system.checkNames.docker',
      '.app.name',
      '.app.apiDocs',
      '.level.ERROR',
      '.job.tabs.scripts',
      '.scripts.choose',
      '.create.ideas',
    ]);
    const spanish = new Map(leaves(es));
    const untranslated = leaves(en).filter(([path, value]) => spanish.get(path) === value && !same.has(path));
    expect(untranslated).toEqual([]);
  });
});

describe('phases', () => {
  test('a failed job keeps what was done and shows where it failed', () => {
    const job = { status: 'failed', phase: 'prediction', final: true } as const;
    const states = (['analysis', 'training', 'prediction', 'visualization'] as const).map((phase) =>
      phaseState(job, phase),
    );
    expect(states).toEqual(['done', 'done', 'failed', 'waiting']);
  });
});

describe('predictions.csv', () => {
  test('several series become a line each, with history and backtest before the forecast', () => {
    const predictions = readPredictions(
      'shop,date,forecast,lower_95,upper_95\nA,2024-02-01,5,4,6\n"B, west",2024-02-01,7,6,8\n',
    )!;
    const backtest = [{ series: 'A', date: '2024-01-01', actual: 4, forecast: 4.5, naive: 3 }];
    const series = chartSeries(predictions, backtest, [{ series: 'A', date: '2023-12-01', actual: 9 }])!;
    expect(series.map((one) => one.name)).toEqual(['A', 'B, west']);
    expect(series[0]).toMatchObject({
      actual: [
        { date: '2023-12-01', value: 9 },
        { date: '2024-01-01', value: 4 },
      ],
      forecast: [{ date: '2024-02-01', value: 5 }],
      upper: [{ date: '2024-02-01', value: 6 }],
    });
  });

  test('a table is pairs of actual and predicted where both are numbers, and nothing to draw for classes', () => {
    expect(scatterPairs(readPredictions('prediction,actual\n1.5,2\n3,3\n')!)).toEqual([
      [2, 1.5],
      [3, 3],
    ]);
    expect(scatterPairs(readPredictions('prediction,actual\nyes,no\n')!)).toBeNull();
    expect(chartSeries(readPredictions('prediction,actual\n1,2\n')!, [], [])).toBeNull();
  });

  test('what was predicted is shown before the data set’s own columns', () => {
    const shown = (header: string[]) => displayOrder(header).map((at) => header[at]);
    expect(shown(['row', 'prediction', 'age', 'actual', 'prediction', 'probability_no'])).toEqual([
      'row',
      'actual',
      'prediction',
      'probability_no',
      'prediction',
      'age',
    ]);
    expect(shown(['row', 'age', 'prediction'])).toEqual(['row', 'prediction', 'age']);
    expect(shown(['shop', 'date', 'forecast'])).toEqual(['shop', 'date', 'forecast']);
  });
});
