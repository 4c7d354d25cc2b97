import { readdir } from 'node:fs/promises';
import type { AutomlError } from '../contracts/failure';
import { TestFolder } from '../../test/support/data-files';

let files: TestFolder;
beforeAll(async () => {
  files = await TestFolder.create();
});
afterAll(() => files.remove());

const CASES: [string, string | Buffer, string][] = [
  ['an empty file', '', 'empty_file'],
  ['blanks only', ' \n\t\n\r\n', 'empty_file'],
  ['a byte order mark only', '\ufeff', 'empty_file'],
  ['a header only', 'date,sales,store\n', 'header_only'],
  ['a header and blank lines', 'date,sales,store\n\n\n', 'header_only'],
  ['a workbook', Buffer.from('504b030414000600', 'hex'), 'not_a_table'],
  ['a gzip archive', Buffer.from('1f8b080000000000', 'hex'), 'not_a_table'],
  ['an image', Buffer.from('89504e470d0a1a0a', 'hex'), 'not_a_table'],
  ['a PDF', '%PDF-1.7\n1 0 obj\n', 'not_a_table'],
  ['JSON', '[{"a": 1, "b": 2}]', 'not_a_table'],
  ['JSON lines', '{"a": 1}\n{"a": 2}\n', 'not_a_table'],
  ['a web page', '<!DOCTYPE html>\n<html><body>Not found</body></html>', 'not_a_table'],
  ['XML', '<?xml version="1.0"?><rows/>', 'not_a_table'],
  ['zero bytes', 'a,b\n1,\u00002\n3,4\n', 'not_a_table'],
  ['random bytes', Buffer.from(Array.from({ length: 4096 }, (_, i) => ((i * 7919) % 251) + 1)), 'not_a_table'],
  ['UTF-32', Buffer.from('fffe00006100000062000000', 'hex'), 'wrong_encoding'],
  [
    'too many columns',
    `${Array.from({ length: 10_001 }, (_, i) => `c${i}`).join(',')}\n${'1,'.repeat(10_000)}1\n`,
    'too_many_columns',
  ],
  ['a line of 20 MB', `a,b\n1,2\n3,${'x'.repeat(20 * 1024 * 1024)}\n`, 'line_too_long'],
  ['a line of 100 MB', `a,b\n1,2\n3,${'x'.repeat(100 * 1024 * 1024)}\n4,5\n`, 'line_too_long'],
  ['a million columns', `${'c,'.repeat(1_000_000)}c\n${'1,'.repeat(1_000_000)}1\n`, 'line_too_long'],
  ['a first line of blanks without end', `${' '.repeat(3 * 1024 * 1024)}\na,b\n1,2\n`, 'line_too_long'],
  ['a tar archive', `${'data.csv'.padEnd(100, '\0')}0000644\0`.padEnd(512, '\0') + 'a,b\n1,2\n', 'not_a_table'],
  ['zero bytes far behind the start', `a,b\n${'1,2\n'.repeat(400_000)}\0\0\n`, 'not_a_table'],
  ['one line of 3 MB', 'x'.repeat(3 * 1024 * 1024), 'line_too_long'],
  [
    'a quote that opens after many rows',
    `a,b\n${'1,"x"\n'.repeat(200_000)}2,"never closed\n${'1,x\n'.repeat(50_000)}`,
    'unclosed_quote',
  ],
];

describe('hostile files', () => {
  it.each(CASES)('%s is refused with a hint, and nothing is left', async (_name, content, code) => {
    const error = (await files.prepare(content).catch((thrown: unknown) => thrown)) as AutomlError;
    expect(error.failure).toMatchObject({ category: 'data', code });
    expect(error.failure.hint.length).toBeGreaterThan(10);
    expect(await readdir(files.folder)).toEqual(['source.csv']);
  });

  it('reads five million quotes in a row as what they most likely are, in a moment', async () => {
    const { dataset } = await files.prepare(`a,b\n1,${'"'.repeat(5_000_000)}\n2,3\n`);
    expect([dataset.rows, dataset.columns.length]).toEqual([2, 2]);
  });

  it('keeps formulas, scripts and prototype names as the data they are', async () => {
    const rows = ['=cmd|1', '<script>x</script>', '@SUM(A1)', '../../etc/passwd']
      .map((cell, i) => `${cell},${i}\n`)
      .join('');
    const { text } = await files.prepare(`__proto__,constructor\n${rows.repeat(5)}`);
    expect(text.startsWith(`__proto__,constructor\n${rows}`)).toBe(true);
  });
});
