import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPage, writeRowIndex } from './pages';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'automl-pages-'))));
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Cells with line breaks, quotes and commas: an index that counts lines would be wrong. */
const rows = Array.from({ length: 2500 }, (_, index) => [String(index), index % 3 ? `a "${index}",\nb` : null]);
const lineOf = ([first, second]: (string | null)[]) => `${first},${second ? `"${second.replaceAll('"', '""')}"` : ''}`;

it.each([true, false])('the same pages with an index (%s) as without', async (indexed) => {
  const file = path.join(folder, `${indexed}.csv`);
  await writeFile(file, `n,text\n${rows.map(lineOf).join('\n')}\n`);
  if (indexed) await writeRowIndex(file);
  for (const [offset, limit] of [
    [0, 3],
    [998, 5],
    [1000, 1],
    [1999, 2],
    [2499, 10],
    [2500, 10],
    [99_999, 1],
  ] as const) {
    expect(await readPage(file, { offset, limit })).toEqual({
      columns: ['n', 'text'],
      rows: rows.slice(offset, offset + limit),
    });
  }
});
