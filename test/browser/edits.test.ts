import { cellKey, compact, fits, pendingOf } from '../../web/src/features/dataset/api/pending';
import { qualityOf } from '../../web/src/features/dataset/api/quality';

const base = [
  { name: 'day', type: 'date' },
  { name: 'sold', type: 'integer' },
] as const;
const cell = (row: number, column: string, value: string | null) => ({
  op: 'set_cells' as const,
  cells: [{ row, column, value }],
});

describe('collected edits', () => {
  test('show on the base version, whatever a column is called meanwhile', () => {
    const pending = pendingOf(base, [
      cell(3, 'sold', '7'),
      { op: 'rename', column: 'sold', to: 'units' },
      cell(4, 'units', null),
      { op: 'type', column: 'units', type: 'real' },
      { op: 'drop_rows', rows: [9] },
      { op: 'drop_columns', columns: ['day'] },
      { op: 'filter', where: 'units > 1' },
      cell(5, 'day', 'a column that is gone'),
    ]);
    expect(pending.columns).toEqual([
      { source: 'day', name: 'day', type: 'date', dropped: true, changed: true },
      { source: 'sold', name: 'units', type: 'real', dropped: false, changed: true },
    ]);
    expect(pending.cells).toEqual(
      new Map([
        [cellKey(3, 'sold'), '7'],
        [cellKey(4, 'sold'), null],
      ]),
    );
    expect([...pending.droppedRows]).toEqual([9]);
  });

  test('are sent as few, in their order, the last value of a cell counting', () => {
    const rename = { op: 'rename', column: 'sold', to: 'units' } as const;
    expect(
      compact([
        cell(1, 'sold', '1'),
        cell(2, 'sold', '2'),
        cell(1, 'sold', '3'),
        rename,
        cell(1, 'units', '4'),
        { op: 'drop_rows', rows: [5] },
        { op: 'drop_rows', rows: [6, 5] },
      ]),
    ).toEqual([
      {
        op: 'set_cells',
        cells: [
          { row: 1, column: 'sold', value: '3' },
          { row: 2, column: 'sold', value: '2' },
        ],
      },
      rename,
      cell(1, 'units', '4'),
      { op: 'drop_rows', rows: [5, 6] },
    ]);
  });

  test.each([
    ['integer', '-12', true],
    ['integer', '1.5', false],
    ['real', '1.5e3', true],
    ['real', '1,5', false],
    ['boolean', 'yes', false],
    ['date', '2024-02-29', true],
    ['date', '2024-13-01', false],
    ['date', '01.02.2024', false],
    ['datetime', '2024-02-29T10:00:00', true],
    ['text', 'anything', true],
  ] as const)('of a %s column, %s fits: %s', (type, text, fitting) => expect(fits(type, text)).toBe(fitting));
});

describe('what to know of a column', () => {
  type Known = Parameters<typeof qualityOf>[0];
  const column = (missing: number, distinct: number, type = 'real') => ({ missing, distinct, type }) as Known;
  test.each([
    ['empty', column(100, 0), 'empty'],
    ['constant', column(0, 1), 'constant'],
    ['lacking values', column(5, 60), 'missing'],
    ['one value a row', column(0, 100, 'text'), 'unique'],
    ['numbers that all differ, as they may', column(0, 100), null],
    ['sound', column(4, 60), null],
  ])('%s', (_, known, quality) => expect(qualityOf(known, 100)).toBe(quality));
});
