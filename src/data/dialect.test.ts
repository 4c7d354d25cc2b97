import iconv from 'iconv-lite';
import type { Dialect } from '../contracts/dataset';
import { detectDialect } from '.';
import { range, TestFolder } from '../../test/support/data-files';

let files: TestFolder;
beforeAll(async () => {
  files = await TestFolder.create();
});
afterAll(() => files.remove());

const lines = (count: number, line: (index: number) => string, end = '\n') =>
  range(count)
    .map((i) => line(i) + end)
    .join('');

interface Case {
  name: string;
  content: string | Buffer;
  dialect: Partial<Dialect>;
}

const plain: Partial<Dialect> = {
  encoding: 'utf-8',
  delimiter: ',',
  quotechar: '',
  escapechar: '',
  row_delimiter: '\n',
  preamble_lines: 0,
  header_rows: 1,
  footnote_lines: 0,
};
const spanish = `Informe de ventas\r\nGenerado: 2024-05-01\r\n\r\nFecha;Región;Ventas\r\n${lines(30, (i) => `${i + 1}/05/2023;Málaga;${i}.234,50`, '\r\n')}\r\nFuente: INE\r\n`;

const CASES: Case[] = [
  { name: 'a plain table', content: `a,b,c\n${lines(20, (i) => `${i},x${i},${i / 2}`)}`, dialect: plain },
  {
    name: 'a table of the Spanish Excel',
    content: iconv.encode(spanish, 'windows-1252'),
    dialect: {
      ...plain,
      encoding: 'iso-8859-1',
      delimiter: ';',
      row_delimiter: '\r\n',
      preamble_lines: 3,
      footnote_lines: 1,
    },
  },
  {
    name: 'CP1252 by its quotes and euro signs',
    content: iconv.encode(`name;price\n${lines(20, (i) => `“Größe ${i}”;${i},50 €`)}`, 'windows-1252'),
    dialect: { ...plain, encoding: 'windows-1252', delimiter: ';' },
  },
  {
    name: 'a DOS code page',
    content: iconv.encode(`nom;prix\n${lines(20, (i) => `café crème à la française ${i};${i}`)}`, 'cp850'),
    dialect: { ...plain, encoding: 'cp850', delimiter: ';' },
  },
  {
    name: 'Cyrillic',
    content: iconv.encode(`имя;значение\n${lines(20, (i) => `Привет мир;${i}`)}`, 'windows-1251'),
    dialect: { ...plain, encoding: 'windows-1251', delimiter: ';' },
  },
  {
    name: 'UTF-8 with a byte order mark',
    content: `\ufeffaño,b\n${lines(10, (i) => `${i},ñ`)}`,
    dialect: { ...plain, encoding: 'utf-8-sig' },
  },
  {
    name: 'UTF-16 from Excel, tabs',
    content: Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`a\tb\r\n${lines(10, (i) => `${i}\té`, '\r\n')}`, 'utf16le'),
    ]),
    dialect: { ...plain, encoding: 'utf-16le', delimiter: '\t', row_delimiter: '\r\n' },
  },
  {
    name: 'big-endian UTF-16 without a mark',
    content: iconv.encode(`a|b\n${lines(40, (i) => `${i}|x`)}`, 'utf-16be', { addBOM: false }),
    dialect: { ...plain, encoding: 'utf-16be', delimiter: '|' },
  },
  {
    name: 'quoted cells with delimiters and line breaks',
    content: `id,text\n${lines(20, (i) => `${i},"a, ""b""\nand ${i}"`)}`,
    dialect: { ...plain, quotechar: '"' },
  },
  {
    name: 'backslash escapes',
    content: `id,text\n${lines(20, (i) => `${i},"a \\"b\\", and ${i}"`)}`,
    dialect: { ...plain, quotechar: '"', escapechar: '\\' },
  },
  {
    name: 'single quotes',
    content: `'id';'text'\n${lines(20, (i) => `'${i}';'a; b'`)}`,
    dialect: { ...plain, delimiter: ';', quotechar: "'" },
  },
  {
    name: 'text with more commas than delimiters',
    content: `note;n\n${lines(20, (i) => `well, yes, no, and so on;${i}`)}`,
    dialect: { ...plain, delimiter: ';' },
  },
  {
    name: 'columns of blanks',
    content: `x y  z\n${lines(30, (i) => `${i}  ${i * 2} ${i / 3}`)}`,
    dialect: { ...plain, delimiter: ' ' },
  },
  { name: 'carets', content: `x^y\n${lines(30, (i) => `${i}^word`)}`, dialect: { ...plain, delimiter: '^' } },
  {
    name: 'a header of codes beside a date',
    content: `ts,00,10,11,20\n${lines(12, (i) => `2024-01-${10 + i},${i}.5,${i},${i * 2},7`)}`,
    dialect: plain,
  },
  { name: 'no header', content: lines(30, (i) => `${i},${i / 2},x`), dialect: { ...plain, header_rows: 0 } },
  {
    name: 'a header of years',
    content: `country,2001,2002,2003,2004\n${lines(12, (i) => `Land ${i},${i},${i * 2},${i * 3},${i}`)}`,
    dialect: plain,
  },
  {
    name: 'a second header row with units',
    content: `time,load,temperature\n,[kW],[°C]\n${lines(24, (i) => `2024-01-01 ${String(i).padStart(2, '0')}:00,${i},${i / 2}`)}`,
    dialect: { ...plain, header_rows: 2 },
  },
  {
    name: 'comments above',
    content: `# made by a logger\n# unit: 1\nt,v\n${lines(20, (i) => `${i},${i}`)}`,
    dialect: { ...plain, preamble_lines: 2 },
  },
  {
    name: 'a header that is a comment',
    content: `#t,v\n${lines(20, (i) => `${i},${i}`)}`,
    dialect: plain,
  },
  {
    name: 'a title in the width of the table',
    content: `Sales report;;;\n;;;\ndate;a;b;c\n${lines(20, (i) => `2024-01-${10 + i};1;2;3`)}`,
    dialect: { ...plain, delimiter: ';', preamble_lines: 2 },
  },
  {
    name: "Excel's declaration",
    content: `sep=;\na;b\n${lines(10, (i) => `${i};x`)}`,
    dialect: { ...plain, delimiter: ';', preamble_lines: 1 },
  },
  { name: 'one column', content: `value\n${lines(30, (i) => `${i * 7}`)}`, dialect: { ...plain, delimiter: '' } },
  {
    name: 'one column with decimal commas',
    content: `value\n${lines(30, (i) => `${i},5`)}`,
    dialect: { ...plain, delimiter: '' },
  },
  {
    name: 'old Mac line ends',
    content: `a,b\r${lines(20, (i) => `${i},x`, '\r')}`,
    dialect: { ...plain, row_delimiter: '\r' },
  },
  {
    name: 'quotes that come after the sample only',
    content: `id,text\n${lines(120_000, (i) => `${i},word`)}7,"a, b"\n`,
    dialect: { ...plain, quotechar: '"' },
  },
  {
    name: 'quotes that come between the sample and the end of the first megabyte',
    content: `id,text\n${lines(20_000, (i) => `${i},word`)}7,"a, b"\n`,
    dialect: { ...plain, quotechar: '"' },
  },
  {
    name: 'a sample that ends inside a quoted cell of several lines',
    content: `id,text\n${lines(2000, (i) => `${i},"${'one line, and\nanother; '.repeat(8)}"`)}`,
    dialect: { ...plain, quotechar: '"' },
  },
  {
    name: 'one quoted cell, and one with a stray quote',
    content: `id\ttext\tn\n${lines(40, (i) => `${i}\t${i === 7 ? '"said ""no"""' : i === 20 ? '"wo"rd' : 'word'}\t${i}`)}`,
    dialect: { ...plain, delimiter: '\t', quotechar: '"' },
  },
  {
    name: 'more lines of text above than rows below',
    content: `HTTP/1.1 200 OK\nDate: Sat, 27 Aug 2011\nServer: x\nETag: y\nType: z\n\nid,state,product\n1,"CLOSED, FIXED","a"\n`,
    dialect: { ...plain, quotechar: '"', preamble_lines: 6 },
  },
  {
    name: 'notes in the width of the table, and a blank line',
    content: `Station;Berlin\nLat;52.47\n\nincome;food\n${lines(20, (i) => `${i}.5;${i}.7`)}`,
    dialect: { ...plain, delimiter: ';', preamble_lines: 3 },
  },
  {
    name: 'a delimiter at the end of each line',
    content: lines(30, (i) => `${i}, ${'ABCDEFGH'.charAt(i % 8)};`),
    dialect: { ...plain, header_rows: 0 },
  },
  {
    name: 'a first row that lacks a delimiter',
    content: `amount;city;id\n774.98Forli;1\n${lines(20, (i) => `${i}.5;Berlin;${i}`)}`,
    dialect: { ...plain, delimiter: ';' },
  },
  {
    name: 'column numbers above fractions',
    content: `0,1,2\n${lines(20, (i) => `${i}.5,${i}.25,0.${i}`)}`,
    dialect: plain,
  },
  {
    name: 'one column of moments',
    content: `at\n${lines(20, (i) => `2024-01-02 10:${10 + i}:00`)}`,
    dialect: { ...plain, delimiter: '' },
  },
  {
    name: 'one column of times',
    content: `HH:mm\n${lines(20, (i) => `10:${10 + i}`)}`,
    dialect: { ...plain, delimiter: '' },
  },
  {
    name: 'escaped quotes in cells that are not quoted',
    content: `id\tname\n${lines(20, (i) => `${i}\tAnna \\"Annie\\" Berg`)}`,
    dialect: { ...plain, delimiter: '\t', quotechar: '"', escapechar: '\\' },
  },
  {
    name: 'dates and times with all their signs',
    content: `when,what\n${lines(30, (i) => `2024-01-02 10:${10 + i}:00,a-b/c`)}`,
    dialect: plain,
  },
];

describe('detectDialect', () => {
  it.each(CASES)('$name', async ({ content, dialect }) => {
    const found = await detectDialect(await files.write(content));
    expect(found.dialect).toMatchObject(dialect);
    expect(found.confidence).toBeGreaterThan(0.4);
  });
});
