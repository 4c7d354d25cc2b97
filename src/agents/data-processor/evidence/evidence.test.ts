import { analysisInputOf, days, jumble, months, type Table, values } from '../../../../test/support/agent-inputs';
import type { AnalysisReport } from '../../../contracts/analysis';
import type { JobBrief } from '../../agent';
import { analyse } from '../template';

const signal = new AbortController().signal;
const reportOf = async (table: Table, job: Partial<JobBrief> = {}): Promise<AnalysisReport> =>
  (await analyse(analysisInputOf(table, job), { signal })).output;
const codesOf = (report: AnalysisReport) => new Set(report.findings.map(({ code }) => code));
const noise = (salt: number) => (row: number) => (10 * jumble(row, salt)).toFixed(3);

/** Nothing is wrong with it: what the findings below must not cry wolf about. */
const ROWS = 400;
const CLEAN: Table = {
  width: values(ROWS, noise(1)),
  height: values(ROWS, noise(2)),
  colour: values(ROWS, (row) => ['red', 'green', 'blue'][Math.floor(3 * jumble(row, 3))]!),
  price: values(ROWS, (row) => (3 * Number(noise(1)(row)) + 10 * jumble(row, 4)).toFixed(2)),
};
const REGRESSION = { prompt: 'Predict the price', target_column: 'price' };
const EVIDENCE_CODES = [
  ...['leakage_suspect', 'disguised_missing', 'duplicate_rows', 'redundant', 'missing_together', 'missing_tells'],
  ...['mixed_types', 'excess_zeros', 'rare_negatives', 'shift', 'trend', 'seasonality', 'several_series'],
];

it('finds nothing in a table with nothing to find', async () => {
  const codes = codesOf(await reportOf(CLEAN, REGRESSION));
  expect(EVIDENCE_CODES.filter((code) => codes.has(code))).toEqual([]);
});

const changed = (change: Table): Table => ({ ...CLEAN, ...change });
const emptied = (cells: string[], isEmpty: (row: number) => boolean) =>
  cells.map((cell, row) => (isEmpty(row) ? '' : cell));
/** Some sales a day, at no rhythm: a table with dates, not a series. */
const CALENDAR = days(ROWS, '2022-01-01');
const DATED = { ...CLEAN, sold: values(ROWS, (row) => CALENDAR[Math.floor(row / 4 + 2 * jumble(row, 9))]!) };

it.each<[code: string, column: string | null, table: Table]>([
  ['leakage_suspect', 'tax', changed({ tax: CLEAN.price!.map((price) => (Number(price) * 0.21 + 1).toFixed(4)) })],
  [
    'disguised_missing',
    'width',
    changed({ width: CLEAN.width!.map((width, row) => (row % 40 === 7 ? '-999' : width)) }),
  ],
  [
    'disguised_missing',
    'height',
    changed({ height: CLEAN.height!.map((height, row) => (row % 20 === 3 ? '-1' : height)) }),
  ],
  [
    'duplicate_rows',
    null,
    Object.fromEntries(Object.entries(CLEAN).map(([name, cells]) => [name, [...cells, ...cells.slice(0, 9)]])),
  ],
  ['redundant', 'inches', changed({ inches: CLEAN.width!.map((width) => (Number(width) / 2.54).toFixed(3)) })],
  [
    'missing_together',
    'width',
    changed({
      width: emptied(CLEAN.width!, (row) => row % 9 === 2),
      height: emptied(CLEAN.height!, (row) => row % 9 === 2),
    }),
  ],
  ['missing_tells', 'height', changed({ height: emptied(CLEAN.height!, (row) => Number(CLEAN.price![row]) > 30) })],
  ['mixed_types', 'colour', changed({ colour: values(ROWS, (row) => (row % 7 === 1 ? 'see note' : String(row % 5))) })],
  ['excess_zeros', 'price', changed({ price: CLEAN.price!.map((price, row) => (row % 5 < 3 ? '0' : price)) })],
  [
    'rare_negatives',
    'price',
    changed({ price: CLEAN.price!.map((price, row) => (row % 100 === 50 ? '-5.5' : price)) }),
  ],
  [
    'shift',
    'width',
    { ...DATED, width: CLEAN.width!.map((width, row) => (row > 320 ? String(Number(width) + 8) : width)) },
  ],
  ['shift', 'colour', { ...DATED, colour: CLEAN.colour!.map((colour, row) => (row > 320 ? 'violet' : colour)) }],
])('%s in %s', async (code, column, table) => {
  const report = await reportOf(table, REGRESSION);
  const found = report.findings.filter((entry) => entry.code === code);
  expect(found.map((entry) => entry.column)).toEqual([column]);
  expect(found[0]!.evidence).toMatch(/\w/);
  expect(found[0]!.action).toMatch(/\w/);
});

describe('series', () => {
  const wave = (row: number, season: number) => 50 + 20 * Math.sin((2 * Math.PI * row) / season) + 3 * jumble(row);
  it.each<[name: string, table: Table, expected: string[], absent: string[]]>([
    [
      'a weekly pattern',
      { date: days(200), sales: values(200, (row) => wave(row, 7).toFixed(2)) },
      ['seasonality'],
      ['trend', 'several_series'],
    ],
    [
      'a rise',
      { date: days(200), sales: values(200, (row) => (row + 9 * jumble(row)).toFixed(2)) },
      ['trend'],
      ['seasonality'],
    ],
    ['a slow wave', { date: days(200), sales: values(200, (row) => wave(row, 150).toFixed(2)) }, [], ['seasonality']],
    ['chance', { date: days(200), sales: values(200, noise(5)) }, [], ['seasonality', 'trend']],
    [
      'a rise with a yearly pattern',
      { month: months(96), sales: values(96, (row) => (row + wave(row, 12)).toFixed(2)) },
      ['seasonality', 'trend'],
      [],
    ],
    [
      'two shops',
      {
        ...{ date: [...days(60), ...days(60)], store: values(120, (row) => (row < 60 ? 'north' : 'south')) },
        sales: values(120, (row) => wave(row % 60, 7).toFixed(2)),
      },
      ['several_series', 'seasonality'],
      ['duplicate_rows'],
    ],
  ])('%s', async (_, table, expected, absent) => {
    const codes = codesOf(await reportOf(table, { prompt: 'Forecast sales', target_column: 'sales' }));
    expect(expected.filter((code) => !codes.has(code))).toEqual([]);
    expect(absent.filter((code) => codes.has(code))).toEqual([]);
  });
});

describe('associations', () => {
  it('rank the features by what they explain on rows not learned from', async () => {
    const { associations } = await reportOf(CLEAN, REGRESSION);
    expect(associations.map(({ column }) => column)[0]).toBe('width');
    expect(associations[0]!.skill).toBeGreaterThan(0.7);
    expect(associations[0]!.correlation).toBeGreaterThan(0.9);
    expect(associations.slice(1).every(({ skill }) => skill < 0.1)).toBe(true);
    expect(associations.find(({ column }) => column === 'colour')!.correlation).toBeNull();
  });
  it('see what no straight line does', async () => {
    const bought = CLEAN.width!.map((width) => (Math.abs(Number(width) - 5) < 2 ? 'yes' : 'no'));
    const { price: _, ...features } = CLEAN;
    const { associations } = await reportOf({ ...features, bought }, { prompt: 'Who buys?', target_column: 'bought' });
    expect(associations[0]!.column).toBe('width');
    expect(associations[0]!.skill).toBeGreaterThan(0.7);
  });
  it('say nothing of a handful of rows', async () => {
    const few = Object.fromEntries(Object.entries(CLEAN).map(([name, cells]) => [name, cells.slice(0, 30)]));
    expect((await reportOf(few, REGRESSION)).associations).toEqual([]);
  });
});
