import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { forSpreadsheets, harmlessCell } from './spreadsheet-csv';

it.each([
  ['=HYPERLINK("http://x","y")', `'=HYPERLINK("http://x","y")`],
  ['+cmd|calc', "'+cmd|calc"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ['-12.5', '-12.5'],
  ['+3e-4', '+3e-4'],
  ['2026-01-31', '2026-01-31'],
  ['a=b', 'a=b'],
  ['', ''],
])('%j in a spreadsheet is %j', (cell, shown) => expect(harmlessCell(cell)).toBe(shown));

it('a whole file: its cells as they were, the formulas as text, known as UTF-8', async () => {
  const file = forSpreadsheets({ file: '/x', within: '/', type: 'text/csv', name: 'predictions.csv' });
  expect(file.name).toBe('predictions_for_spreadsheets.csv');
  const source = 'date,"=name"\n2026-01-31,"ñ ""q"",\nline"\n2026-02-01,-1.5\n';
  const [rows, lines] = file.converted!.through();
  // As text it would lose its first mark.
  const written = (await buffer(Readable.from([source]).pipe(rows!).pipe(lines!))).toString();
  expect(written.startsWith('\uFEFF"date"')).toBe(true);
  expect(parse(written, { bom: true, record_delimiter: '\r\n' })).toEqual([
    ['date', "'=name"],
    ['2026-01-31', 'ñ "q",\nline'],
    ['2026-02-01', '-1.5'],
  ]);
});
