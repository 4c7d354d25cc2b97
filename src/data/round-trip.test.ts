import fc from 'fast-check';
import iconv from 'iconv-lite';
import { isMissing } from './cells/missing';
import { readRows } from '.';
import { TestFolder } from '../../test/support/data-files';
import path from 'node:path';

let files: TestFolder;
beforeAll(async () => {
  files = await TestFolder.create();
});
afterAll(() => files.remove());

interface Style {
  delimiter: string;
  newline: string;
  encoding: string;
  quoteAll: boolean;
  bom: boolean;
}

const style: fc.Arbitrary<Style> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  newline: fc.constantFrom('\n', '\r\n'),
  encoding: fc.constantFrom('utf-8', 'utf-16le'),
  quoteAll: fc.boolean(),
  bom: fc.boolean(),
});

/** Texts that are no other type's spelling: words with everything that makes a CSV hard inside. */
const word = fc
  .array(fc.constantFrom('alpha', 'Ñandú', 'x', 'größe', ', ', '; ', '"', ' | ', "it's", '\n', 'ß-b', '(c)'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => `w${parts.join('').trim()}`)
  .filter((text) => !isMissing(text));
const number = fc.integer({ min: -100_000, max: 100_000 }).map((value) => String(value / 100));

const table = fc.integer({ min: 2, max: 5 }).chain((width) =>
  fc.array(fc.tuple(fc.array(word, { minLength: width - 1, maxLength: width - 1 }), number), {
    minLength: 6,
    maxLength: 40,
  }),
);

function written(rows: string[][], { delimiter, newline, encoding, quoteAll, bom }: Style): Buffer {
  const cell = (text: string) =>
    quoteAll || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replace(/"/g, '""')}"` : text;
  const text = rows.map((row) => row.map(cell).join(delimiter) + newline).join('');
  return iconv.encode(text, encoding, { addBOM: bom || encoding !== 'utf-8' });
}

describe('round trips', () => {
  it('gives back every cell of any table in any dialect', async () => {
    await fc.assert(
      fc.asyncProperty(table, style, async (body, chosen) => {
        const header = [...(body[0] as [string[], string])[0].map((_, i) => `name ${i}`), 'amount'];
        const rows = body.map(([words, amount]) => [...words, amount]);
        const { dataset } = await files.prepare(written([header, ...rows], chosen));
        expect(dataset.dialect).toMatchObject({ delimiter: chosen.delimiter });
        const read = await readRows(path.join(files.folder, 'canonical.csv'), { offset: 0, limit: 1000 });
        expect(read.columns).toEqual(header);
        expect(read.rows.map((row) => header.map((name) => row[name]))).toEqual(rows);
        expect(dataset.columns.map(({ type }) => type).at(-1)).toMatch(/integer|real/);
      }),
      { numRuns: 60, seed: 20_240_501 },
    );
  }, 90_000);

  it('never loses or doubles a row of numbers, whatever their spelling', async () => {
    const amount = fc.integer({ min: -9_999_999, max: 9_999_999 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(amount, { minLength: 3, maxLength: 60 }),
        fc.constantFrom('en', 'de', 'fr'),
        async (cents, locale) => {
          const [thousands, decimal] = { en: [',', '.'], de: ['.', ','], fr: [' ', ','] }[locale] as [string, string];
          const spell = (value: number) => {
            const [whole = '', part = ''] = (Math.abs(value) / 100).toFixed(2).split('.');
            return `${value < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, thousands)}${decimal}${part}`;
          };
          const content = `id;amount\n${cents.map((value, i) => `a${i};${spell(value)}\n`).join('')}`;
          await files.prepare(content);
          const read = await readRows(path.join(files.folder, 'canonical.csv'), { offset: 0, limit: 1000 });
          expect(read.rows.map((row) => Math.round(Number(row.amount) * 100))).toEqual(cents.map((value) => value));
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  }, 90_000);
});
