import { parseCsv } from '../../web/src/lib/csv';

describe('a CSV text in rows', () => {
  test.each([
    [
      'quotes hold delimiters, quotes and line breaks',
      'a,"b,""c""\nd"\n1,2',
      [
        ['a', 'b,"c"\nd'],
        ['1', '2'],
      ],
    ],
    [
      'Windows line ends',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'an empty last cell',
      'a,b\n1,',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    ['blank lines are no rows', 'a\n\n1\n', [['a'], ['1']]],
  ])('%s', (_, text, rows) => {
    expect(parseCsv(text, ',', 10)).toEqual(rows);
  });
});
