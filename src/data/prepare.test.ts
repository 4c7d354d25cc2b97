import { readdir } from 'node:fs/promises';
import path from 'node:path';
import iconv from 'iconv-lite';
import { Dataset } from '../contracts/dataset';
import { prepareDataset, readColumns, readRows } from '.';
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
const two = (value: number) => String(value).padStart(2, '0');

describe('prepareDataset', () => {
  it('makes a Spanish Excel export canonical and says what it did', async () => {
    const table = lines(28, (i) => `${two(i + 1)}/02/2023;Málaga;${i}.234,50 €;${i % 3 ? 'sí' : 'no'};${i},5 %`);
    const source = `Informe\n\nFecha;Región;Ventas;Activo;Descuento\n${table}\nFuente: INE\n`;
    const { dataset, text } = await files.prepare(iconv.encode(source.replace('0.234', '234'), 'windows-1252'));
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Fecha,Región,Ventas,Activo,Descuento',
      '2023-02-01,Málaga,234.50,false,0.5',
      '2023-02-02,Málaga,1234.50,true,1.5',
    ]);
    expect(Dataset.parse(dataset)).toMatchObject({
      rows: 28,
      dialect: {
        encoding: 'windows-1252',
        delimiter: ';',
        decimal: ',',
        thousands: '.',
        preamble_lines: 2,
        footnote_lines: 1,
      },
      columns: [
        {
          name: 'Fecha',
          type: 'date',
          format: '%d/%m/%Y',
          min: '2023-02-01',
          max: '2023-02-28',
          distinct: 28,
          missing: 0,
        },
        { name: 'Región', type: 'category', distinct: 1, top_values: [{ value: 'Málaga', count: 28 }] },
        { name: 'Ventas', type: 'real', format: '1.234,5 €', min: 234.5, max: 27234.5 },
        { name: 'Activo', type: 'boolean', format: 'sí/no', distinct: 2 },
        { name: 'Descuento', type: 'real', format: '1234,5 %', mean: 14 },
      ],
    });
    expect(dataset.alterations.map(({ code, count }) => [code, count])).toEqual([
      ['preamble_line', 1],
      ['footnote_line', 1],
    ]);
  });

  it('profiles exactly', async () => {
    const { dataset } = await files.prepare(`x,y\n${lines(101, (i) => `${i},${i % 4 ? 'a' : ''}`)}`);
    expect(dataset.columns[0]).toMatchObject({
      min: 0,
      max: 100,
      mean: 50,
      quantiles: [5, 25, 50, 75, 95],
      distinct: 101,
    });
    expect(dataset.columns[0]?.stddev).toBeCloseTo(29.3002, 4);
    expect(dataset.columns[1]).toMatchObject({ missing: 26, distinct: 1, top_values: [{ value: 'a', count: 75 }] });
  });

  it('counts and samples every altered cell and row', async () => {
    const body = `1,2,3\n2,3\n3,4,5,6\n4,NA, n/a \nid,a,b\n,,\n# note\n5,oops,7\n${lines(200, (i) => `${i + 6},${i},${i}`)}`;
    const { dataset, text } = await files.prepare(`id,a,b\n${body}`);
    const found = dataset.alterations.map(({ code, column, count, samples }) => ({ code, column, count, samples }));
    expect(found).toEqual([
      { code: 'row_too_short', column: null, count: 1, samples: ['2,3'] },
      { code: 'row_too_long', column: null, count: 1, samples: ['3,4,5,6'] },
      { code: 'repeated_header', column: null, count: 1, samples: ['id,a,b'] },
      { code: 'blank_row', column: null, count: 1, samples: [] },
      { code: 'comment_line', column: null, count: 1, samples: ['# note'] },
      { code: 'missing_spelling', column: 'a', count: 1, samples: ['NA'] },
      { code: 'unparsable_cell', column: 'a', count: 1, samples: ['oops'] },
      { code: 'missing_spelling', column: 'b', count: 1, samples: ['n/a'] },
      { code: 'trimmed_cell', column: 'b', count: 1, samples: [] },
    ]);
    expect(dataset.rows).toBe(204);
    expect(text.split('\n').slice(0, 5)).toEqual(['id,a,b', '1,2,3', '2,3,', '4,,', '5,,7']);
    expect(dataset.columns.map(({ type, missing }) => [type, missing])).toEqual([
      ['integer', 0],
      ['integer', 2],
      ['integer', 2],
    ]);
  });

  it('decides types from all rows, not from the first', async () => {
    const late = lines(60_000, (i) => `${i},${i},01/02/2024`);
    const { dataset, text } = await files.prepare(
      `n,code,when\n${late}1.5,A7,25/12/2024\n${lines(900, () => '2,B8,26/12/2024')}`,
    );
    expect(dataset.columns.map(({ type }) => type)).toEqual(['real', 'text', 'date']);
    expect(text.split('\n')[1]).toBe('0,0,2024-02-01');
    expect(text.trimEnd().split('\n')).toHaveLength(60_902);
  });

  it.each([
    [
      'months on the first, day first',
      range(24).map((i) => `01/${two((i % 12) + 1)}/${2020 + Math.floor(i / 12)}`),
      '2020-02-01',
    ],
    [
      'months on the first, month first',
      range(24).map((i) => `${two((i % 12) + 1)}/01/${2020 + Math.floor(i / 12)}`),
      '2020-02-01',
    ],
    ['twelve days, day first', range(12).map((i) => `${two(i + 1)}/03/2024`), '2024-03-02'],
    ['twelve days, month first', range(12).map((i) => `03/${two(i + 1)}/2024`), '2024-03-02'],
    ['two-digit years first', range(12).map((i) => `24-01-${two(i + 14)}`), '2024-01-15'],
  ])('reads %s by the sequence', async (_name, dates, second) => {
    const { text } = await files.prepare(`d,v\n${dates.map((date, i) => `${date},${i}\n`).join('')}`);
    expect(text.split('\n')[2]).toBe(`${second},1`);
  });

  it('lets other columns decide what one leaves open, and reports what none decides', async () => {
    const mixed = await files.prepare(`a;b\n${lines(30, (i) => `1.${100 + i};${i},5`)}`);
    expect(mixed.text.split('\n')[1]).toBe('1100,0.5');
    const alone = await files.prepare(
      `d,v\n${['03/04/2024', '01/02/2023', '05/05/2020', '02/07/2021'].map((d) => `${d},1\n`).join('')}`,
    );
    expect(alone.dataset.confidence).toBe(0.5);
    expect(alone.dataset.warnings).toEqual(['Column "d": Dates such as 03/04/2024 were read month first.']);
  });

  it.each([
    ['codes with leading zeros', ['007', '012', '100'], 'category', '007'],
    [
      'numbers beyond a double',
      ['41111111111111111', '42222222222222222', '43333333333333333'],
      'category',
      '41111111111111111',
    ],
    [
      'offsets that differ',
      ['2024-03-30T12:00:00+01:00', '2024-03-31T12:00:00+02:00'],
      'datetime',
      '2024-03-30T11:00:00',
    ],
    ['one offset', ['2024-03-30T12:00:00+01:00', '2024-03-31T12:00:00+01:00'], 'datetime', '2024-03-30T12:00:00'],
    ['midnights', ['2024-03-30 00:00:00', '2024-03-31 00:00:00'], 'date', '2024-03-30'],
    ['quarters', ['2024Q1', '2024Q2'], 'date', '2024-01-01'],
    ['epoch seconds', ['1700000000', '1700003600'], 'datetime', '2023-11-14T22:13:20'],
    ['compact dates', ['20240105', '20240106'], 'date', '2024-01-05'],
    ['accounting', ['(1,200.50)', '3,000.00'], 'real', '-1200.50'],
  ])('reads %s', async (_name, values, type, first) => {
    const { dataset, text } = await files.prepare(
      `created_at;n\n${lines(20, (i) => `${values[i % values.length]};${i}`)}`,
    );
    expect([dataset.columns[0]?.type, text.split('\n')[1]]).toEqual([type, `${first},0`]);
  });

  it('does not take numbers for moments where no name says so', async () => {
    const { dataset } = await files.prepare(`phone,n\n${lines(20, (i) => `${1_700_000_000 + i},${i}`)}`);
    expect(dataset.columns[0]?.type).toBe('integer');
  });

  it('makes names unique and drops nameless empty columns', async () => {
    const { dataset, text } = await files.prepare(`a;a;;a_2;b;\n${lines(5, (i) => `${i};2;3;4;x;`)}`);
    expect(text.split('\n')[0]).toBe('a,a_3,column_3,a_2,b');
    expect(dataset.columns.map(({ source_name }) => source_name)).toEqual(['a', 'a', '', 'a_2', 'b']);
  });

  it('takes the width of a header that most rows fall short of', async () => {
    const { dataset, text } = await files.prepare(
      `v,n,eol,esm\n${lines(20, (i) => `${i},a${i},2020-01-01`)}20,b,2020-01-01,x\n`,
    );
    expect(text.split('\n').slice(-2)).toEqual(['20,b,2020-01-01,x', '']);
    expect(dataset.alterations).toMatchObject([{ code: 'row_too_short', count: 20 }]);
  });

  it('profiles wide tables', async () => {
    const names = range(3000).map((i) => `c${i}`);
    const { dataset } = await files.prepare(
      `${names.join(',')}\n${lines(12, (i) => names.map((_, j) => i * j).join(','))}`,
    );
    expect(dataset.columns).toHaveLength(3000);
    expect(dataset.columns[2999]).toMatchObject({ type: 'integer', max: 11 * 2999, distinct: 12 });
  }, 120_000);

  it('obeys overrides', async () => {
    const content = `code,d\n${lines(20, (i) => `${i},0${(i % 9) + 1}/02/2024`)}`;
    const { dataset, text } = await files.prepare(content, {
      columns: { code: { type: 'text' } },
      dialect: { header_rows: 1 },
    });
    expect(dataset.columns.map(({ type }) => type)).toEqual(['text', 'date']);
    expect(text.split('\n')[1]).toMatch(/^0,2024-/);
  });

  it('gives the same bytes and figures each time, and hashes of both files', async () => {
    const content = `a;b\n${lines(5000, (i) => `${Math.sin(i)};${i % 7}`)}`;
    const [first, second] = [await files.prepare(content), await files.prepare(content)];
    expect(second).toEqual(first);
    expect(first.dataset.sha256).not.toBe(first.dataset.source_sha256);
    expect(first.dataset.bytes).toBe(Buffer.byteLength(first.text));
  });

  it('reports progress, and leaves nothing behind when it is stopped', async () => {
    const source = await files.write(`a,b\n${lines(200_000, (i) => `${i},x`)}`);
    const destination = path.join(files.folder, 'stopped', 'out.csv');
    const stop = new AbortController();
    const shares: number[] = [];
    const onProgress = (share: number) => {
      shares.push(share);
      stop.abort(new Error('stopped'));
    };
    const work = prepareDataset({ source, sourceName: 's', destination, onProgress, signal: stop.signal });
    await expect(work).rejects.toThrow();
    expect(shares.length).toBeGreaterThan(0);
    expect(await readdir(path.dirname(destination))).toEqual([]);
  });
});

describe('reading the canonical file', () => {
  it('gives rows and columns as they are written', async () => {
    await files.prepare(`id,note,ID\n${lines(50, (i) => `${i},"a ""${i}"",\nb",${i === 3 ? '' : 'x'}`)}`);
    const file = path.join(files.folder, 'canonical.csv');
    expect(await readRows(file, { offset: 2, limit: 2 })).toEqual({
      columns: ['id', 'note', 'ID'],
      rows: [
        { id: '2', note: 'a "2",\nb', ID: 'x' },
        { id: '3', note: 'a "3",\nb', ID: '' },
      ],
    });
    expect(await readColumns(file, ['ID', 'id'], 5)).toEqual({
      ID: ['x', 'x', 'x', '', 'x'],
      id: ['0', '1', '2', '3', '4'],
    });
    expect((await readColumns(file, ['note'])).note).toHaveLength(50);
    expect(await readColumns(file, [])).toEqual({});
    await expect(readColumns(file, ['nope'])).rejects.toMatchObject({ failure: { code: 'unknown_column' } });
  });
});
