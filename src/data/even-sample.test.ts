import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countRepeatedRows, readEvenSample } from './even-sample';
import { writeRowIndex } from './pages';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'automl-sample-'))));
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function tableOf(rows: number): Promise<string> {
  const file = path.join(folder, `${rows}.csv`);
  const lines = Array.from({ length: rows }, (_, row) => `${row},${row % 3 ? `"a ""${row}"",\nb"` : ''}`);
  await writeFile(file, `n,text\n${lines.join('\n')}\n`);
  await writeRowIndex(file);
  return file;
}

it('takes all of a small file', async () => {
  const sample = await readEvenSample(await tableOf(250), { rows: 250, columns: 2, limit: 1000 });
  expect(sample).toMatchObject({ rows: 250, complete: true });
  expect(sample.columns.n).toEqual(Array.from({ length: 250 }, (_, row) => String(row)));
  expect(sample.columns.text!.slice(0, 2)).toEqual(['', 'a "1",\nb']);
});

it('takes blocks from the first to the last row of a large one, each row once', async () => {
  const sample = await readEvenSample(await tableOf(9999), { rows: 9999, columns: 2, limit: 1000 });
  expect(sample).toMatchObject({ rows: 1000, complete: false });
  const numbers = sample.columns.n!.map(Number);
  expect(numbers[0]).toBe(0);
  expect(numbers.at(-1)).toBe(9998);
  expect(new Set(numbers).size).toBe(1000);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});

it('bounds the cells of a wide table, and takes an empty one', async () => {
  const file = await tableOf(1500);
  const sample = await readEvenSample(file, { rows: 1500, columns: 2000, limit: 1000 });
  expect(sample.rows).toBe(500);
  const empty = path.join(folder, 'empty.csv');
  await writeFile(empty, 'a,b\n');
  await writeRowIndex(empty);
  expect(await readEvenSample(empty, { rows: 0, columns: 2, limit: 10 })).toEqual({
    ...{ columns: { a: [], b: [] }, rows: 0, complete: true },
  });
});

it('counts the rows that repeat an earlier one, empty cells told from none', async () => {
  const file = path.join(folder, 'repeats.csv');
  await writeFile(file, 'a,b\n1,x\n1,x\n1,\n,1\n1,\n1,x\n"1","x"\n');
  expect(await countRepeatedRows(file, { bytes: 40, columns: 2 })).toBe(4);
  expect(await countRepeatedRows(file, { bytes: 1e9, columns: 2 })).toBeNull();
});
