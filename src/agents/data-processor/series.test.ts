import {
  analysisInputOf,
  briefOf,
  datasetOf,
  days,
  jumble,
  type Table,
  values,
} from '../../../test/support/agent-inputs';
import { readGoal } from './goal';
import { columnsToRead, findSeries } from './series';

const STORES = ['north', 'south', 'west'];
const DAYS = 40;
const cycle = (row: number) => STORES[Math.floor(row / DAYS)]!;
const stacked: Table = {
  date: STORES.flatMap(() => days(DAYS)),
  store: values(STORES.length * DAYS, cycle),
  item: values(STORES.length * DAYS, (row) => (row % 2 ? 'a' : 'b')),
  visitors: values(STORES.length * DAYS, (row) => Math.floor(20 * jumble(row))),
  sales: values(STORES.length * DAYS, (row) => (100 * jumble(row, 2)).toFixed(2)),
};

function seriesOf(table: Table, prompt = 'Forecast sales') {
  const input = analysisInputOf(table, { prompt });
  const target = input.dataset.columns.find((column) => column.name === 'sales')!;
  return findSeries(input, readGoal(prompt, Object.keys(table)), target);
}

describe('the columns that are read whole', () => {
  it('are the dates and, where they repeat, what may name a series', () => {
    expect(columnsToRead(datasetOf(stacked), briefOf())).toEqual({ dates: ['date'], ids: ['store', 'item'] });
    const single = { date: days(DAYS), store: values(DAYS, cycle), sales: stacked.sales!.slice(0, DAYS) };
    expect(columnsToRead(datasetOf(single), briefOf()).ids).toEqual([]);
  });

  it('begin with the date column that the job names', () => {
    const table = { ordered: days(DAYS), shipped: days(DAYS), sales: stacked.sales!.slice(0, DAYS) };
    const job = briefOf({ options: { date_column: 'shipped' } });
    expect(columnsToRead(datasetOf(table), job).dates).toEqual(['shipped', 'ordered']);
  });
});

describe('rows that come twice', () => {
  const twice = Object.fromEntries(
    Object.entries(stacked).map(([name, column]) => [name, [...column, ...column.slice(35, 43)]]),
  );

  it('do not hide the series where a forecast is asked for', () => {
    const one = { date: [...days(DAYS), ...days(2)], sales: stacked.sales!.slice(0, DAYS + 2) };
    expect(seriesOf(one)).toMatchObject({ regular: true, series: 1 });
    expect(seriesOf(twice)).toMatchObject({ id_columns: ['store'], series: 3, regular: true });
  });

  it('are no series where none is asked for, nor where most rows do', () => {
    const one = { date: [...days(DAYS), ...days(2)], sales: stacked.sales!.slice(0, DAYS + 2) };
    expect(seriesOf(one, 'Predict sales')).toMatchObject({ regular: false });
    const all = { date: [...days(DAYS), ...days(DAYS)], sales: stacked.sales!.slice(0, 2 * DAYS) };
    expect(seriesOf(all)).toMatchObject({ regular: false });
  });
});

describe('the series of a table', () => {
  it.each<[string, Table, object | null]>([
    ['stacked, one id', stacked, { id_columns: ['store'], series: 3, longest: DAYS, regular: true, gaps: 0 }],
    [
      'sorted by date, one id',
      Object.fromEntries(
        Object.entries(stacked).map(([name, column]) => [
          name,
          values(column.length, (row) => column[(row % STORES.length) * DAYS + Math.floor(row / STORES.length)]!),
        ]),
      ),
      { id_columns: ['store'], series: 3, regular: true },
    ],
    [
      'two ids together',
      {
        date: [...days(DAYS), ...days(DAYS), ...days(DAYS), ...days(DAYS)],
        shop: values(4 * DAYS, (row) => (row < 2 * DAYS ? 'n' : 's')),
        item: values(4 * DAYS, (row) => (Math.floor(row / DAYS) % 2 ? 'a' : 'b')),
        sales: values(4 * DAYS, (row) => jumble(row)),
      },
      { id_columns: ['shop', 'item'], series: 4, regular: true },
    ],
    [
      'several rows a day that nothing tells apart',
      { date: days(120, '2023-01-01', 0.25), sales: values(120, (row) => jumble(row)) },
      { id_columns: [], regular: false },
    ],
    ['no dates', { sales: stacked.sales! }, null],
  ])('%s', (_name, table, expected) => {
    const found = seriesOf(table);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });
});
