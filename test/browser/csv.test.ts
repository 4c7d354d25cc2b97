import { parseCsv, previewOf, suggestTarget } from '../../web/src/lib/csv';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a quick look at a table', () => {
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

  test('semicolons, decimal commas and day-first dates are seen for what they are', () => {
    const preview = previewOf(bytes('Datum;Umsatz;Filiale\n01.02.2024;1.234,5;Köln\n02.02.2024;987,0;Bonn\n'));
    expect(preview).toMatchObject({
      delimiter: ';',
      columns: [
        { name: 'Datum', kind: 'date' },
        { name: 'Umsatz', kind: 'number' },
        { name: 'Filiale', kind: 'text' },
      ],
    });
  });

  test('lines above the header are left out', () => {
    const preview = previewOf(bytes('Report of March\n\nmonth,sales\n2024-01,3\n2024-02,4\n2024-03,5\n'));
    expect(preview?.columns.map((column) => column.name)).toEqual(['month', 'sales']);
    expect(preview?.rows).toHaveLength(3);
  });

  test('UTF-16 and Windows-1252 are read, binary is refused', () => {
    const wide = new Uint8Array([0xff, 0xfe, ...Buffer.from('año,b\n1,2\n', 'utf16le')]);
    expect(previewOf(wide)?.columns[0]?.name).toBe('año');
    expect(previewOf(new Uint8Array([0x61, 0xf1, 0x6f, 0x2c, 0x62, 0x0a, 0x31, 0x2c, 0x32]))?.columns[0]?.name).toBe(
      'año',
    );
    expect(previewOf(new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0x00, 0x00, 0x01]))).toBeNull();
  });

  test.each([
    [
      'the last number',
      [
        ['date', 'date'],
        ['price', 'number'],
        ['sales', 'number'],
        ['shop', 'text'],
      ],
      'sales',
    ],
    [
      'no id, though it is a number',
      [
        ['date', 'date'],
        ['sales', 'number'],
        ['shop_id', 'number'],
      ],
      'sales',
    ],
    [
      'a class where there is no number',
      [
        ['date', 'date'],
        ['churned', 'text'],
      ],
      'churned',
    ],
    ['nothing in a table of dates', [['date', 'date']], null],
  ] as const)('suggests %s', (_, columns, target) => {
    expect(suggestTarget(columns.map(([name, kind]) => ({ name, kind })))).toBe(target);
  });
});
