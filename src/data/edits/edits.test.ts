import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Dataset } from '../../contracts/dataset';
import type { DatasetEdit } from '../../contracts/datasets';
import type { AutomlError } from '../../contracts/failure';
import { prepareDataset } from '../prepare';
import { applyEdits, checkEdits } from '.';

const CSV = `day,region,units,unit price,note
2024-01-01,north,3,1.50,"a, ""b"""
2024-01-02,south,,2.25,
2024-01-03,north,5,,12345678901234567890
2024-01-04,south,7,4.10,d
2024-01-04,south,7,4.10,d
`;
let folder: string;
let base: Dataset;
const source = () => path.join(folder, 'base.csv');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'automl-edits-'));
  await writeFile(path.join(folder, 'raw.csv'), CSV);
  base = await prepareDataset({ source: path.join(folder, 'raw.csv'), sourceName: 'raw.csv', destination: source() });
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function edited(...edits: DatasetEdit[]): Promise<string[]> {
  await checkEdits(base, edits);
  const destination = path.join(folder, 'edited.csv');
  await applyEdits({ source: source(), base, edits, destination });
  return (await readFile(destination, 'utf8')).trimEnd().split('\n');
}

const failureOf = async (work: Promise<unknown>) =>
  ((await work.catch((error: unknown) => error)) as AutomlError).failure;

it.each<[string, DatasetEdit[], string[]]>([
  [
    'filter',
    [{ op: 'filter', where: "units >= 5 and region = 'north'" }],
    ['2024-01-03,north,5,,12345678901234567890'],
  ],
  ['filter by a date', [{ op: 'filter', where: "day < '2024-01-02'" }], ['2024-01-01,north,3,1.50,"a, ""b"""']],
  ['missing', [{ op: 'filter', where: '"unit price" is missing' }], ['2024-01-03,north,5,,12345678901234567890']],
  ['rows', [{ op: 'drop_rows', rows: [1, 2, 3, 4] }], ['2024-01-01,north,3,1.50,"a, ""b"""']],
])('%s keeps the rows it should, byte for byte', async (_name, edits, rows) => {
  expect((await edited(...edits)).slice(1)).toEqual(rows);
});

it.each<[string, DatasetEdit[], string, (string | undefined)[]]>([
  ['a value', [{ op: 'fill', column: 'units', with: 'value', value: 0 }], 'units', ['3', '0', '5', '7', '7']],
  ['the median', [{ op: 'fill', column: 'units', with: 'median' }], 'units', ['3', '6.0', '5', '7', '7']],
  ['the one before', [{ op: 'fill', column: 'units', with: 'previous' }], 'units', ['3', '3', '5', '7', '7']],
  [
    'the next of its group',
    [{ op: 'fill', column: 'units', with: 'next', by: ['region'] }],
    'units',
    ['3', '7', '5', '7', '7'],
  ],
  ['derive', [{ op: 'derive', column: 'x', expression: 'units * 2 + 1' }], 'x', ['7', '', '11', '15', '15']],
  ['no infinity', [{ op: 'derive', column: 'x', expression: '1 / (units - 3)' }], 'x', ['', '', '0.5', '0.25', '0.25']],
  [
    'a function',
    [{ op: 'derive', column: 'x', expression: "if(weekday(day) = 1, upper(region), 'else')" }],
    'x',
    ['NORTH', 'else', 'else', 'else', 'else'],
  ],
  [
    'cells',
    [
      {
        op: 'set_cells',
        cells: [
          { row: 0, column: 'region', value: "o'w" },
          { row: 4, column: 'region', value: null },
        ],
      },
    ],
    'region',
    ["o'w", 'south', 'north', 'south', ''],
  ],
])('fills and derives: %s', async (_name, edits, column, expected) => {
  const [header, ...rows] = await edited(...edits, { op: 'drop_columns', columns: ['note'] });
  const index = header!.split(',').indexOf(column);
  expect(rows.map((row) => row.split(',')[index])).toEqual(expected);
});

it('counts what it did, in the order of the edits and by the base’s row numbers', async () => {
  const edits: DatasetEdit[] = [
    { op: 'drop_duplicates' },
    { op: 'rename', column: 'units', to: 'sold' },
    { op: 'set_cells', cells: [{ row: 3, column: 'sold', value: 8 }] },
    { op: 'derive', column: 'revenue', expression: 'sold * "unit price"' },
    { op: 'drop_columns', columns: ['note'] },
    { op: 'add_rows', rows: [{ day: '2024-01-05', sold: 1 }] },
  ];
  const destination = path.join(folder, 'counted.csv');
  const { changes } = await applyEdits({ source: source(), base, edits, destination });
  expect(changes).toEqual({
    rows_removed: 1,
    rows_added: 1,
    columns_added: ['revenue'],
    columns_removed: ['note'],
    columns_renamed: [{ from: 'units', to: 'sold' }],
    cells_changed: [{ column: 'sold', count: 1 }],
  });
  expect(await readFile(destination, 'utf8')).toBe(
    'day,region,sold,unit price,revenue\n2024-01-01,north,3,1.50,4.5\n2024-01-02,south,,2.25,\n' +
      '2024-01-03,north,5,,\n2024-01-04,south,8,4.10,32.8\n2024-01-05,,1,,\n',
  );
});

it.each<[DatasetEdit, string]>([
  [{ op: 'filter', where: 'nothing > 1' }, 'unknown_column'],
  [{ op: 'filter', where: 'units >' }, 'expression_invalid'],
  [{ op: 'filter', where: "read_csv('/etc/passwd') = 1" }, 'expression_invalid'],
  [{ op: 'filter', where: '1; DROP TABLE base' }, 'expression_invalid'],
  [{ op: 'filter', where: '(select 1) = 1' }, 'unknown_column'],
  [{ op: 'filter', where: '('.repeat(200) }, 'expression_invalid'],
  [{ op: 'filter', where: "upper(region) > day + 'x'" }, 'edit_invalid'],
  [{ op: 'rename', column: 'units', to: 'region' }, 'duplicate_column'],
  [{ op: 'fill', column: 'region', with: 'mean' }, 'edit_invalid'],
  [{ op: 'drop_columns', columns: ['day', 'region', 'units', 'unit price', 'note'] }, 'no_columns_left'],
])('refuses %j with %s', async (edit, code) => {
  expect(await failureOf(checkEdits(base, [edit]))).toMatchObject({ code, category: 'data' });
});

it('refuses to leave no row', async () => {
  const edits: DatasetEdit[] = [{ op: 'filter', where: 'units > 1000' }];
  const destination = path.join(folder, 'none.csv');
  expect(await failureOf(applyEdits({ source: source(), base, edits, destination }))).toMatchObject({
    code: 'no_rows_left',
  });
});
