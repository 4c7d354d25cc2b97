import { analysisInputOf, days, jumble, months, stamps, type Table, values } from '../../../test/support/agent-inputs';
import { AnalysisReport } from '../../contracts/analysis';
import { AutomlError } from '../../contracts/failure';
import type { JobBrief } from '../agent';
import { analyse } from './template';

const signal = new AbortController().signal;
const season = (row: number, length: number) =>
  (100 + 20 * Math.sin((2 * Math.PI * row) / length) + 5 * jumble(row)).toFixed(2);
const daily = (count: number): Table => ({ date: days(count), sales: values(count, (row) => season(row, 7)) });

function report(table: Table, job: Partial<JobBrief> = {}): Promise<AnalysisReport> {
  return analyse(analysisInputOf(table, job), { signal }).then((answer) => AnalysisReport.parse(answer.output));
}

const FOREST: Table = {
  id: values(200, (row) => row + 1),
  height: values(200, (row) => (5 + 20 * jumble(row, 1)).toFixed(2)),
  wet: values(200, (row) => (jumble(row, 2) > 0.4 ? 'true' : 'false')),
  species: values(200, (row) => ['oak', 'beech', 'ash'][Math.floor(3 * jumble(row, 3))]!),
};
const PANEL: Table = {
  date: [...days(60), ...days(60)],
  store: values(120, (row) => (row < 60 ? 'north' : 'south')),
  region: values(120, (row) => (row < 60 ? 'N' : 'S')),
  promo: values(120, (row) => (jumble(row, 4) > 0.7 ? 1 : 0)),
  sales: values(120, (row) => season(row, 7)),
};

describe('task, frequency and horizon', () => {
  it.each<[string, Table, Partial<JobBrief>, Partial<AnalysisReport>]>([
    [
      'daily, horizon from the goal',
      daily(400),
      { prompt: 'Forecast sales for the next 30 days' },
      { task: 'forecasting', horizon: 30, date_column: 'date', metric: 'mae' },
    ],
    [
      'daily, in Spanish, months',
      daily(800),
      { prompt: 'Predecir las ventas de los próximos 3 meses, MAPE' },
      { task: 'forecasting', horizon: 91, metric: 'mape' },
    ],
    ['daily, no horizon named', daily(400), { prompt: 'Forecast sales' }, { task: 'forecasting', horizon: 14 }],
    ['short history bounds the usual horizon', daily(21), { prompt: 'Forecast sales' }, { horizon: 7 }],
    [
      'the job option wins over the goal',
      daily(400),
      { prompt: 'Forecast sales for 30 days', options: { horizon: 5, metric: 'rmse' } },
      { horizon: 5, metric: 'rmse' },
    ],
    [
      'monthly',
      { month: months(120), passengers: values(120, (row) => season(row, 12)) },
      { prompt: 'Forecast the next 2 years' },
      { task: 'forecasting', horizon: 24, frequency: { unit: 'MS', step: 1, season_length: 12 } },
    ],
    [
      'half-hourly',
      { time: stamps(960, 30), load: values(960, (row) => season(row, 48)) },
      { prompt: 'Forecast the load' },
      { task: 'forecasting', horizon: 48 },
    ],
    [
      'a regular dated number is a series even when only "predict" is said',
      daily(200),
      { prompt: 'Predict sales', target_column: 'sales' },
      { task: 'forecasting' },
    ],
    [
      'regression is asked for, although there are dates',
      daily(200),
      { prompt: 'Fit a regression of sales' },
      { task: 'regression', horizon: null, date_column: null },
    ],
    [
      'several series',
      PANEL,
      { prompt: 'Forecast sales per store' },
      { task: 'forecasting', series_id_columns: ['store'], date_column: 'date' },
    ],
    [
      'classes',
      FOREST,
      { prompt: 'Predict the species' },
      { task: 'multiclass', metric: 'logloss', date_column: null },
    ],
    ['two classes', FOREST, { prompt: 'Is it wet?', target_column: 'wet' }, { task: 'binary', metric: 'auc' }],
    [
      'accuracy where it fits',
      FOREST,
      { prompt: 'Classify the species with the best accuracy' },
      { metric: 'accuracy' },
    ],
    [
      'accuracy where it does not',
      FOREST,
      { prompt: 'Estimate the height with the best accuracy' },
      { task: 'regression', metric: 'rmse' },
    ],
    ['numbers', FOREST, { prompt: 'Predict height' }, { task: 'regression', metric: 'rmse' }],
    [
      'numeric classes, as the goal says',
      { ...FOREST, grade: values(200, (row) => row % 5) },
      { prompt: 'Classify the grade' },
      { task: 'multiclass' },
    ],
    [
      'forecast without dates',
      { height: FOREST.height!, wet: FOREST.wet! },
      { prompt: 'Forecast height' },
      { task: 'regression' },
    ],
  ])('%s', async (_name, table, job, expected) => {
    expect(await report(table, job)).toMatchObject(expected);
  });
});

describe('features', () => {
  const reasonFor = (found: AnalysisReport, column: string) =>
    found.excluded.find((entry) => entry.column === column)?.reason;

  it('leaves out what cannot help and says why', async () => {
    const found = await report(
      {
        ...FOREST,
        empty: values(200, () => ''),
        country: values(200, () => 'ES'),
        remark: values(200, (row) => `remark ${row}`),
        predicted_height: values(200, (row) => (5 + 19 * jumble(row, 1)).toFixed(2)),
      },
      { prompt: 'Predict height' },
    );
    expect(found.features).toEqual(['wet', 'species']);
    expect(reasonFor(found, 'id')).toMatch(/identifier/);
    expect(reasonFor(found, 'empty')).toBe('no values');
    expect(reasonFor(found, 'country')).toMatch(/always/);
    expect(reasonFor(found, 'predicted_height')).toMatch(/result of "height"/);
    expect(found.excluded.map((entry) => entry.column)).toContain('remark');
  });

  it('keeps words that a table can learn from: texts of several words, and values that come again', async () => {
    const moods = ['quiet', 'loud', 'bright', 'dull', 'late', 'early'];
    const [first, second] = [7, 11].map((step) => (row: number) => moods[(row * step + (row >> 3)) % 6]!);
    const dated = { ...FOREST, note: values(200, (row) => `a ${first!(row)} and ${second!(row)} day, ${row}`) };
    const codes = { ...dated, plot: values(200, (row) => `P${row % 90}`), tag: values(200, (row) => `x${row * 7}`) };
    const found = await report(codes, { prompt: 'Predict height' });
    expect(found.features).toEqual(['wet', 'species', 'note', 'plot']);
    expect(found.findings.filter(({ code }) => code === 'free_text').map(({ column }) => column)).toEqual(['note']);
    expect(found.excluded.map((entry) => entry.column)).toContain('tag');
  });

  it('finds parts that add up to the target and copies of it', async () => {
    const casual = values(100, (row) => Math.floor(100 * jumble(row, 1)));
    const registered = values(100, (row) => Math.floor(900 * jumble(row, 2)));
    const total = casual.map((part, row) => String(Number(part) + Number(registered[row])));
    const found = await report(
      { casual, registered, copy: total, weather: values(100, (row) => row % 4), total },
      { prompt: 'Regression of total', target_column: 'total' },
    );
    expect(found.features).toEqual(['weather']);
    expect(found.findings.filter((entry) => entry.code === 'leakage').map((entry) => entry.column)).toEqual([
      'casual',
      'registered',
      'copy',
    ]);
  });

  it('does not take a good predictor for the target in disguise', async () => {
    const outcome = values(200, (row) => (row % 2 ? 'yes' : 'no'));
    const feature = values(200, (row) => (row % 2 === (row > 150 ? 1 : 0) ? 'a' : 'b'));
    const found = await report({ feature, size: FOREST.height!, outcome }, { prompt: 'Classify outcome' });
    expect(found.features).toContain('feature');
  });

  it('keeps only those covariates of a series that are known ahead', async () => {
    const found = await report(PANEL, { prompt: 'Forecast sales per store' });
    expect(found.features).toEqual(['region']);
    expect(reasonFor(found, 'promo')).toMatch(/future values/);
    const withFuture = { ...PANEL, sales: PANEL.sales!.map((value, row) => (row % 60 > 50 ? '' : value)) };
    expect((await report(withFuture, { prompt: 'Forecast sales per store' })).features).toContain('promo');
  });
});

describe('findings', () => {
  it.each<[string, Table, string, string]>([
    [
      'gaps',
      { date: days(400).filter((_, row) => row % 30 !== 7), sales: daily(387).sales!.slice(0, 387) },
      'Forecast sales',
      'gaps',
    ],
    ['a long horizon', daily(60), 'Forecast sales for the next 40 days', 'long_horizon'],
    [
      'a short history',
      { month: months(18), sales: values(18, (row) => season(row, 12)) },
      'Forecast sales',
      'short_history',
    ],
    ['another frequency', daily(400), 'Weekly forecast of sales', 'other_frequency'],
    [
      'missing values',
      { ...FOREST, height: FOREST.height!.map((value, row) => (row % 3 ? value : '')) },
      'Classify species',
      'missing_values',
    ],
    [
      'rows without a target',
      { ...FOREST, species: FOREST.species!.map((value, row) => (row > 180 ? '' : value)) },
      'Classify species',
      'target_missing_rows',
    ],
    [
      'imbalance',
      { size: FOREST.height!, fraud: values(200, (row) => (row % 50 ? 'no' : 'yes')) },
      'Detect fraud',
      'class_imbalance',
    ],
    [
      'outliers',
      { ...FOREST, height: FOREST.height!.map((value, row) => (row === 9 ? '9999' : value)) },
      'Predict height',
      'outliers',
    ],
    ['an unmet wish', { height: FOREST.height!, wet: FOREST.wet! }, 'Forecast height', 'no_series'],
    [
      'few rows',
      Object.fromEntries(Object.entries(FOREST).map(([name, column]) => [name, column.slice(0, 40)])),
      'Classify species',
      'few_rows',
    ],
  ])('%s', async (_name, table, prompt, code) => {
    const found = await report(table, { prompt });
    expect(found.findings.map((entry) => entry.code)).toContain(code);
  });

  it('finds nothing wrong with sound data', async () => {
    const { findings } = await report(daily(400), { prompt: 'Forecast sales', target_column: 'sales' });
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});

describe('data that no model can learn from', () => {
  const height = FOREST.height!;
  it.each<[string, Table, Partial<JobBrief>]>([
    ['constant_target', { height, flat: values(200, () => 5) }, { target_column: 'flat' }],
    ['target_missing', { height, none: values(200, () => '') }, { target_column: 'none' }],
    ['too_few_rows', { height: height.slice(0, 8), size: height.slice(8, 16) }, { target_column: 'size' }],
    [
      'too_few_rows',
      { date: days(7), sales: height.slice(0, 7) },
      { target_column: 'sales', prompt: 'Forecast sales' },
    ],
    ['target_is_date', { when: days(200), height }, { target_column: 'when' }],
    ['too_many_classes', { height, remark: values(200, (row) => `text ${row}`) }, { target_column: 'remark' }],
    ['date_column_not_found', daily(100), { prompt: 'Forecast sales', options: { date_column: 'sales' } }],
    ['target_not_found', daily(100), { target_column: 'weather' }],
  ])('%s', async (code, table, job) => {
    const error = await analyse(analysisInputOf(table, job), { signal }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AutomlError);
    expect((error as AutomlError).failure).toMatchObject({ category: 'data', code });
    expect((error as AutomlError).failure.hint).not.toBe('');
  });
});

describe('what a person reads', () => {
  it('is plain, concrete and the same every time', async () => {
    const input = analysisInputOf(daily(400), {
      prompt: 'Forecast sales for the next 30 days',
      target_column: 'Sales ',
    });
    const [first, second] = [await analyse(input, { signal }), await analyse(input, { signal })];
    expect(first).toEqual(second);
    expect(first.messages[0]).toBe(
      '"table.csv" has 400 rows and 2 columns. The job is a forecast of "sales", 30 days ahead from daily data, judged by MAE. 1 finding in the data deserves attention.',
    );
    expect(first.messages[1]).toContain('differs only in capital letters');
    expect(first.report?.content).toContain('| horizon | 30 days | read from the goal |');
  });

  it('cannot be broken out of by a column name', async () => {
    const name = 'x|y`<script>\n# heading';
    const { report: page } = await analyse(
      analysisInputOf({ [name]: FOREST.height!, species: FOREST.species! }, { target_column: 'species' }),
      { signal },
    );
    expect(page!.content).not.toContain('<script>');
    expect(page!.content).not.toContain('\n# heading');
  });
});
