import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AnalysisReport } from '../contracts/analysis';
import type { ScoreRequest } from '../contracts/scores';
import { ScoreFiles } from './score-files';
import { prepareRows } from './score-rows';

/** Rows as users send them, read as the training data was. */
const columns = [
  ['size', 'integer'],
  ['price', 'real'],
  ['color', 'category'],
  ['day', 'date'],
  ['sold', 'boolean'],
].map(([name, type]) => ({ name, type }));
const report = {
  task: 'regression',
  target: { column: 'price' },
  features: ['size', 'color', 'day'],
  series_id_columns: [],
  date_column: null,
  dataset: { columns },
} as unknown as AnalysisReport;
const { signal } = new AbortController();

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'automl-score-'))));
afterEach(async () => await rm(folder, { recursive: true }));

async function prepared(text: string, about: Partial<ScoreRequest>) {
  const request = { job_id: 'j', score_id: 's', source: 'file', columns: 0, horizon: null, ...about } as ScoreRequest;
  const files = new ScoreFiles(folder, request);
  await mkdir(path.dirname(files.source), { recursive: true });
  await writeFile(files.source, text);
  await prepareRows(request, { files, report, signal });
  return await readFile(files.rows, 'utf8');
}
const json = (columns: number) => ({ source: 'json', columns }) as const;

test.each([
  ['JSON', '"size","color"\n"1.5","red"\n"","blue"\n', json(2), 'size,color\n1.5,red\n,blue\n'],
  ['JSON of one column', '"size"\n"7"\n"8"\n', json(1), 'size\n7\n8\n'],
  ['JSON with commas in its cells', '"color"\n"a, b"\n"c"\n', json(1), 'color\n"a, b"\nc\n'],
  [
    'a German file',
    'size;color;day\n1.234,5;rot;31.12.2024\n2,5;blau;30.12.2024\n',
    {},
    'size,color,day\n1234.5,rot,2024-12-31\n2.5,blau,2024-12-30\n',
  ],
  ['words that look like numbers', 'size,color\n1,01\n2,007\n', {}, 'size,color\n1,01\n2,007\n'],
  ['a target that is anything', 'size,price\n1,low\n2,unknown yet\n', {}, 'size,price\n1,low\n2,unknown yet\n'],
] as const)('%s', async (_, text, about, rows) => {
  expect(await prepared(text, about)).toBe(rows);
});

test.each([
  ['a word among numbers', 'size,color\n1,red\n2,red\n3,red\nhuge,red\n', {}, 'value_unfit', /"size".*"huge"/],
  ['a word instead of a number', '"size"\n"huge"\n', json(1), 'value_unfit', /"size|size.*"huge"/],
  [
    'a date that is none',
    'size,day\n1,2024-01-01\n2,2024-01-02\n3,2024-13-45\n',
    {},
    'value_unfit',
    /"day".*2024-13-45/,
  ],
  ['a header alone', 'size,color\n', {}, 'header_only', /no rows/],
] as const)('%s is told', async (_, text, about, code, message) => {
  const failure = { code, message: expect.stringMatching(message) as string, hint: expect.any(String) as string };
  await expect(prepared(text, about)).rejects.toMatchObject({ failure });
});

test('a forecast from the data of the job needs no rows', async () => {
  const request: ScoreRequest = { job_id: 'j', score_id: 's', source: 'none', columns: 0, horizon: 3 };
  expect(await prepareRows(request, { files: new ScoreFiles(folder, request), report, signal })).toEqual([]);
});
