import { inspectDataset } from '.';
import { DatasetOverrides } from '../contracts/dataset-overrides';
import { range, TestFolder } from '../../test/support/data-files';

let files: TestFolder;
beforeAll(async () => {
  files = await TestFolder.create();
});
afterAll(() => files.remove());

const lines = (count: number, line: (index: number) => string) =>
  range(count)
    .map((i) => `${line(i)}\n`)
    .join('');
const TABLE = `id;when;amount;flag;note\n${lines(30, (i) => `${i};0${(i % 9) + 1}/02/2024;1.${100 + i};${i % 2};a${i}`)}`;

const OBEYED: [string, DatasetOverrides, string, string][] = [
  ['a type', { columns: { id: { type: 'text' } } }, 'id,when,amount,flag,note', '0,2024-02-01,1100,0,a0'],
  [
    'a name and a drop',
    { columns: { id: { drop: true }, note: { name: 'Note' } } },
    'when,amount,flag,Note',
    '2024-02-01,1100,0,a0',
  ],
  ['month first', { columns: { when: { format: '%m/%d/%Y' } } }, 'id,when,amount,flag,note', '0,2024-01-02,1100,0,a0'],
  [
    'a moment',
    { columns: { when: { type: 'datetime' } } },
    'id,when,amount,flag,note',
    '0,2024-02-01T00:00:00,1100,0,a0',
  ],
  ['the decimal mark', { dialect: { decimal: '.' } }, 'id,when,amount,flag,note', '0,2024-02-01,1.100,0,a0'],
  ['the mark of thousands', { dialect: { thousands: ',' } }, 'id,when,amount,flag,note', '0,2024-02-01,1.100,0,a0'],
  [
    'a number format',
    { columns: { amount: { format: '1,234.5' } } },
    'id,when,amount,flag,note',
    '0,2024-02-01,1.100,0,a0',
  ],
  [
    'truth as numbers',
    { columns: { flag: { type: 'boolean' } } },
    'id,when,amount,flag,note',
    '0,2024-02-01,1100,false,a0',
  ],
  [
    'words for truth',
    { columns: { flag: { format: '0/1' } } },
    'id,when,amount,flag,note',
    '0,2024-02-01,1100,true,a0',
  ],
  ['no header', { dialect: { header_rows: 0 } }, 'column_1,column_2,column_3,column_4,column_5', ',,,,note'],
  [
    'lines above',
    { dialect: { preamble_lines: 3, header_rows: 0 } },
    'column_1,column_2,column_3,column_4,column_5',
    '2,2024-02-03,1102,0,a2',
  ],
  ['another delimiter', { dialect: { delimiter: '/' } }, 'column_1,column_2,column_3', '0;01,02,2024;1.100;0;a0'],
];

const REFUSED: [string, DatasetOverrides, string][] = [
  ['a column that is not there', { columns: { nope: { type: 'text' } } }, 'unknown_column'],
  ['a prototype name', { columns: { constructor: { drop: true } } }, 'unknown_column'],
  ['a name that is taken', { columns: { id: { name: 'note' } } }, 'duplicate_column'],
  [
    'dropping everything',
    { columns: Object.fromEntries(['id', 'when', 'amount', 'flag', 'note'].map((n) => [n, { drop: true }])) },
    'no_columns_left',
  ],
  ['words as numbers', { columns: { note: { type: 'real' } } }, 'override_mismatch'],
  ['words as dates', { columns: { note: { type: 'date' } } }, 'override_mismatch'],
  ['a format of another type', { columns: { note: { type: 'integer', format: '%d/%m/%Y' } } }, 'override_mismatch'],
  ['a format that is none', { columns: { when: { format: 'whatever' } } }, 'override_mismatch'],
  [
    'decimals as integers',
    { dialect: { decimal: '.' }, columns: { amount: { type: 'integer' } } },
    'override_mismatch',
  ],
  ['numbers as truth', { columns: { id: { type: 'boolean' } } }, 'override_mismatch'],
  ['an encoding that it is not in', { dialect: { encoding: 'utf-16le' } }, 'override_mismatch'],
  ['an encoding that is none', { dialect: { encoding: 'klingon' } }, 'wrong_encoding'],
  ['a delimiter that is not there', { dialect: { delimiter: '|' } }, 'override_mismatch'],
  ['a preamble of everything', { dialect: { preamble_lines: 500 } }, 'override_mismatch'],
  ['footnotes of everything', { dialect: { footnote_lines: 500 } }, 'header_only'],
];

describe('overrides', () => {
  it.each(OBEYED)('obey %s', async (_name, overrides, header, first) => {
    const parsed = DatasetOverrides.parse(overrides);
    const { dataset, text } = await files.prepare(TABLE, parsed);
    expect(text.split('\n').slice(0, 2)).toEqual([header, first]);
    expect((await files.prepare(TABLE, parsed)).dataset).toEqual(dataset);
    const decision = await inspectDataset(await files.write(TABLE), { overrides: parsed });
    const kept = decision.columns.filter(({ dropped }) => !dropped);
    expect(kept.map(({ name, type, missing, unfit }) => [name, type, missing + unfit])).toEqual(
      dataset.columns.map(({ name, type, missing }) => [name, type, missing]),
    );
  });

  it.each(REFUSED)('refuse %s, and leave nothing', async (_name, overrides, code) => {
    await expect(files.prepare(TABLE, overrides)).rejects.toMatchObject({ failure: { category: 'data', code } });
    await expect(inspectDataset(await files.write(TABLE), { overrides })).rejects.toMatchObject({ failure: { code } });
  });

  it.each([
    ['two characters', { dialect: { delimiter: ';;' } }],
    ['a line break', { dialect: { delimiter: '\n' } }],
    ['one mark for two things', { dialect: { delimiter: '"', quotechar: '"' } }],
    ['decimals like thousands', { dialect: { decimal: ',', thousands: ',' } }],
    ['an empty name', { columns: { id: { name: '  ' } } }],
    ['a key that is none', { dialect: { seperator: ';' } }],
  ])('are no overrides with %s', (_name, overrides) => {
    expect(DatasetOverrides.safeParse(overrides).success).toBe(false);
  });

  it('say what they left out, and keep a role', async () => {
    const { dataset } = await files.prepare(TABLE, { columns: { id: { drop: true }, amount: { role: 'target' } } });
    expect(dataset.alterations).toMatchObject([{ code: 'dropped_column', column: 'id' }]);
    expect(dataset.columns.find(({ name }) => name === 'amount')?.role).toBe('target');
  });

  it('count the times of day that they cut off', async () => {
    const { dataset, text } = await files.prepare(`at,n\n${lines(20, (i) => `2024-01-02 10:${10 + i},${i}`)}`, {
      columns: { at: { type: 'date' } },
    });
    expect(text.split('\n')[1]).toBe('2024-01-02,0');
    expect(dataset.alterations).toMatchObject([{ code: 'time_cut', column: 'at', count: 20 }]);
  });
});

describe('inspectDataset', () => {
  it('decides a large file from its start where that is enough', async () => {
    const source = await files.write(`a;b\n${lines(200_000, (i) => `${i % 50};0,${i}`)}`);
    const start = await inspectDataset(source, { sampleOnly: true });
    expect(start).toMatchObject({ exact: false, delimiter: ';', decimal: ',', header_rows: 1 });
    expect(Math.abs(start.rows - 200_000)).toBeLessThan(20_000);
    expect(await inspectDataset(source)).toMatchObject({
      exact: true,
      rows: 200_000,
      columns: [{ type: 'integer' }, { type: 'real' }],
    });
  });
});
