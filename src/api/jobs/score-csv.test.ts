import { parse } from 'csv-parse/sync';
import { columnsOf, csvLines } from './score-csv';

test('rows become a table of all their columns; what is hostile stays one cell', () => {
  const hostile = 'a "quoted", \nbroken\r cell';
  const odd = JSON.parse('{"__proto__": "p", "x": -0.0}') as { x: number };
  const rows: Record<string, string | number | boolean | null>[] = [
    { x: 1.5, [hostile]: true },
    { x: null, word: hostile },
    odd,
  ];
  const read = parse([...csvLines(rows, columnsOf(rows))].join(''), { record_delimiter: '\n' });
  expect(read).toEqual([
    ['x', hostile, 'word', '__proto__'],
    ['1.5', 'true', '', ''],
    ['', '', hostile, ''],
    ['0', '', '', 'p'],
  ]);
});
