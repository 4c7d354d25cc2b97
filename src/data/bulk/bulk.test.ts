import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { prepareDataset } from '..';
import { inspectSource } from '../dialect';
import { guessPlan, planDialect } from '../guess';
import { Ledger } from '../ledger';
import { readInBulk } from '.';
import { range, TestFolder } from '../../../test/support/data-files';

let files: TestFolder;
beforeAll(async () => {
  files = await TestFolder.create();
});
afterAll(() => files.remove());

const two = (value: number) => String(value).padStart(2, '0');
const lines = (count: number, line: (index: number) => string, end = '\n') =>
  range(count)
    .map((i) => line(i) + end)
    .join('');
const day = (i: number) => new Date(Date.UTC(2010, 0, 1 + (i % 3000))).toISOString().slice(0, 10);
const dmy = (i: number) => day(i).split('-').reverse().join('/');

/** More distinct cells than are told apart one by one, so that they are summed up. */
const MANY = 12_000;
/** More rows than the file's start holds, from which everything is guessed. */
const LATE = 150_000;
const READ: [string, string][] = [
  ['few values', `a,b\n${lines(500, (i) => `${i % 7},x${i % 3}`)}`],
  ['numbers of many shapes', `n,m\n${lines(MANY, (i) => `${i % 5 ? i / 8 : -i},${(i * 7919) % 100_003}`)}`],
  [
    'grouped thousands that may be decimals',
    `n,m\n${lines(MANY, (i) => `${1 + (i % 900)}.${100 + (i % 899)},${i}.5`)}`,
  ],
  [
    'decimal commas',
    `n;m\n${lines(MANY, (i) => `${i}.${100 + (i % 899)},5${i % 10};${i / 4}`.replace('.', i < 1 ? '' : '.').replace(/(\d),5/, '$1,5'))}`,
  ],
  ['days first', `d,n\n${lines(MANY, (i) => `${dmy(i)} 10:${two(i % 60)}:${two((i * 7) % 59)},${i}`)}`],
  ['ISO moments', `d,n\n${lines(MANY, (i) => `${day(i)} ${two(i % 23)}:${two((i * 7) % 59)}:01,${i}`)}`],
  ['ids of every length', `id,n\n${lines(MANY, (i) => `${(i + 1) ** 2},${i}`)}`],
  [
    'text with quotes, breaks and blanks',
    `t,n\n${lines(MANY, (i) => (i % 9 ? `"say ""${i}"", twice\nor more",${i}` : ` padded ${i} ,${i}`))}`,
  ],
  [
    'missing in many spellings',
    `t,n\n${lines(MANY, (i) => `${i % 11 ? `w${i}` : 'N/A'},${i % 13 ? i / 3 : ['NA', '', 'null', '?'][i % 4]}`)}`,
  ],
  ['rows of nothing', `a,b\n${lines(300, (i) => (i % 50 === 49 ? ',' : `${i},x`))}`],
  ['other line ends', `a,b\r\n${lines(500, (i) => `${i},x`, '\r\n')}\r\n\r\n`],
  ['a preamble', `Report\nmade today\na|b\n${lines(500, (i) => `${i}|y${i}`)}`],
  ['no header', lines(500, (i) => `${i},${i / 2},x`)],
  ['no last line end', `a,b\n${lines(400, (i) => `${i},x`)}9,z`],
  ['money, percents and truth', `a;b;c\n${lines(MANY, (i) => `$${i % 400}.50;${i % 100} %;${i % 2 ? 'sí' : 'no'}`)}`],
  ['a column without name and values', `a;;b\n${lines(400, (i) => `${i};;x`)}`],
  ['names that need quotes', `a,B#,"x ""y"", z"\n${lines(400, (i) => `${i},${i * 2},#${i}`)}`],
  ['cells that do not fit', `n,t\n${lines(MANY, (i) => `${i % 400 === 399 ? 'oops' : i},x`)}`],
  ['characters of every kind', `t,n\n${lines(MANY, (i) => `ñ${i}€😀\u00a0x,${i}`)}`],
  ['quotes after blanks', `a,b\n${lines(300, (i) => `${i}, "x"`)}`],
  ['quotes that come late and after blanks', `a,b\n${lines(LATE, (i) => `${i},x`)}7, "x, y"\n`],
  ['types that only the end decides', `n,m\n${lines(LATE, (i) => `${i},${i % 9}`)}1.5,7.5\n`],
  ['blanks that are not ASCII around text', `t,n\n${lines(MANY, (i) => `\u00a0w${i}\u2003,${i}`)}`],
];

const LEFT: [string, string][] = [
  ['quotes that end too early', `a,b\n${lines(300, (i) => `${i},"x" y"`)}`],
  ['names that differ in case', `a,A\n${lines(300, (i) => `${i},x`)}`],
  ['ragged rows', `a,b\n${lines(500, (i) => (i === 450 ? '1,2,3' : `${i},x`))}`],
  ['short rows', `a,b,c\n${lines(500, (i) => (i === 450 ? '1,2' : `${i},x,y`))}`],
  ['a repeated header', `a,b\n${lines(300, (i) => `${i},x`)}a,b\n${lines(300, (i) => `${i},x`)}`],
  ['lines without anything', `a,b\n${lines(300, (i) => `${i},x`)}\n\n${lines(300, (i) => `${i},x`)}`],
  ['lone carriage returns', `a,b\n${lines(300, (i) => `${i},x\ry`)}`],
  ['footnotes', `a,b\n${lines(300, (i) => `${i},x`)}\nSource: me\n`],
  [
    'dates that change their order',
    `d,n\n${lines(LATE, (i) => `${two((i % 12) + 1)}/${two((i % 12) + 1)}/${1000 + (i % 8000)},${i}`)}12/31/2020,1\n`,
  ],
  ['text that numbers follow', `t,n\n${lines(LATE, (i) => `${i % 3 ? i : `w${i}`},1`)}${lines(LATE, (i) => `${i},1`)}`],
];

async function bulk(source: string) {
  const inspection = await inspectSource(source);
  const guess = guessPlan(inspection, {}, new Ledger());
  const destination = path.join(files.folder, 'bulk.csv');
  const result = await readInBulk({
    source,
    destination,
    inspection,
    guess,
    dialect: planDialect(inspection, {}),
    leastBytes: 0,
  });
  await result?.writer.discard();
  return result;
}

describe('reading in bulk', () => {
  it.each(READ)('reads %s, to the same bytes and the same profile as the tokenizer', async (_name, content) => {
    const source = await files.write(content);
    expect(await bulk(source)).toBeDefined();
    const destination = path.join(files.folder, 'canonical.csv');
    const prepare = async (bulkBytes: number) => {
      const dataset = await prepareDataset({ source, sourceName: 's', destination, bulkBytes });
      return { dataset, text: await readFile(destination, 'utf8') };
    };
    const [quick, slow] = [await prepare(0), await prepare(Infinity)];
    expect(quick.text).toBe(slow.text);
    const sorted = ({ alterations, ...rest }: typeof slow.dataset) => ({
      ...rest,
      alterations: alterations.map(({ samples, ...each }) => ({ ...each, samples: samples.length })),
    });
    expect(sorted(quick.dataset)).toEqual(sorted(slow.dataset));
  });

  it('does not know the most frequent values of a column that it summed up', async () => {
    const content = `d,n\n${lines(MANY, (i) => `${day(i)} ${two(i % 24)}:00:01,${i}`)}`;
    const source = await files.write(content);
    const dataset = await prepareDataset({
      source,
      sourceName: 's',
      destination: path.join(files.folder, 'c.csv'),
      bulkBytes: 0,
    });
    expect(dataset.columns[0]).toMatchObject({ distinct: 3000, min: '2010-01-01T00:00:01', top_values: [] });
  });

  it.each(LEFT)('leaves %s to the tokenizer', async (_name, content) => {
    expect(await bulk(await files.write(content))).toBeUndefined();
  });
});
