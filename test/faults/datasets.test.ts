import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sqlite3 from 'sqlite3';
import type { JobView } from '../../src/contracts/jobs';
import { Installation } from './support/installation';
import { eventually } from './support/moments';
import { DATASET, JOB } from './support/scene';

/** The worker killed while it makes a data set, however it makes it; then a training on what came out. */
const TIMEOUT_MS = 400_000;
/** A large file takes the worker seconds. */
const ROWS = 900_000;

interface Version {
  dataset_id: string;
  version: number;
  status: string;
  row_count: number;
  sha256: string;
  error: unknown;
}

let installation: Installation;
let upload: string;
beforeAll(async () => {
  installation = await Installation.create('local');
  await installation.start();
  upload = path.join(installation.config.dataDir, 'large.csv');
  await writeFile(upload, largeTable());
}, 120_000);
afterAll(async () => await installation?.discard(), 120_000);

function largeTable(): string {
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `2024-01-${1 + (i % 28)};Málaga "${i}";${i},5;${i % 7 ? i : ''}\n`,
  );
  return `day;place;amount;units\n${rows.join('')}`;
}

const post = async <T>(route: string, body: object) =>
  await installation.client.json<T>(route, { method: 'POST', body: JSON.stringify(body) });

async function uploaded(file: string): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([readFileSync(file)]), path.basename(file));
  const answer = await fetch(`${installation.client.url}/datasets`, { method: 'POST', body: form });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function decided(id: string, version: number): Promise<Version> {
  return await eventually(`version ${version} is decided`, 120, async () => {
    const found = await installation.client.json<Version>(`/datasets/${id}/versions/${version}`);
    return found.status !== 'preparing' && found;
  });
}

const folderOf = (id: string) => path.join(installation.config.uploadDir, id);
const attempts = (id: string, version: number) =>
  existsSync(folderOf(id)) ? readdirSync(folderOf(id)).filter((name) => name.startsWith(`v${version}-`)) : [];

/** Kills the worker once a file of the version's attempt has begun, and waits for the end. */
async function killedWhileMade(id: string, version: number, file: RegExp): Promise<Version> {
  const begun = () =>
    attempts(id, version).some((name) => readdirSync(path.join(folderOf(id), name)).some((entry) => file.test(entry)));
  await eventually(`version ${version} is half made`, 60, begun, 1);
  await installation.kill('worker');
  const { status } = await installation.client.json<Version>(`/datasets/${id}/versions/${version}`);
  expect(status).toBe('preparing');
  return await installation.telling(() => decided(id, version));
}

/** One version, one folder, and in it the very file that the row names. */
async function expectWhole(id: string, version: Version): Promise<void> {
  expect(version).toMatchObject({ status: 'ready', error: null });
  const folders = attempts(id, version.version);
  expect(folders).toHaveLength(1);
  const folder = path.join(folderOf(id), folders[0]!);
  expect(readdirSync(folder).sort()).toEqual(['dataset.csv', 'dataset.csv.rows']);
  const { bytes } = await installation.client.file(`/datasets/${id}/versions/${version.version}/download`);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(version.sha256);
}

test(
  'worker killed while it reads an upload, then while it applies edits: the same versions as undisturbed',
  async () => {
    const id = await uploaded(upload);
    const read = await killedWhileMade(id, 1, /^dataset\.csv/);
    await expectWhole(id, read);
    expect(read.row_count).toBe(ROWS);

    const edits = [
      { op: 'filter', where: 'units is not null' },
      { op: 'derive', column: 'double', expression: 'units * 2' },
    ];
    await post(`/datasets/${id}/versions`, { edits });
    const edited = await killedWhileMade(id, 2, /^edited\.csv/);
    await expectWhole(id, edited);
    expect(edited.row_count).toBe(ROWS - Math.ceil(ROWS / 7));

    const undisturbed = await post<Version>(`/datasets/${id}/versions?wait=true`, { base_version: 1, edits });
    const other = await uploaded(upload);
    expect([(await decided(other, 1)).sha256, undisturbed.sha256]).toEqual([read.sha256, edited.sha256]);
  },
  TIMEOUT_MS,
);

test(
  'worker killed while it pulls rows from a database: every row once',
  async () => {
    const folder = path.join(installation.config.dataDir, 'sources');
    await mkdir(folder, { recursive: true });
    await fill(path.join(folder, 'shop.db'));
    const connection = await post<{ id: string }>('/connections', { name: 'S', type: 'sqlite', database: 'shop.db' });
    const key = { connection_id: connection.id, name: 'Sales', query: 'SELECT id, n FROM sales ORDER BY id' };
    const pulling = post<{ id: string }>('/datasets/sql', key);
    const id = await eventually('the data set has a row', 30, async () => {
      const list = await installation.client.json<{ id: string; name: string }[]>('/datasets');
      return list.find(({ name }) => name === 'Sales')?.id;
    });
    const pulled = await killedWhileMade(id, 1, /^query\.csv/);
    await expectWhole(id, pulled);
    expect((await pulling).id).toBe(id);
    const { bytes } = await installation.client.file(`/datasets/${id}/versions/1/download`);
    const ids = bytes
      .toString()
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[0]));
    // Not by `toEqual`, which takes long over nearly a million.
    expect([ids.length, ids.findIndex((id, index) => id !== index)]).toEqual([ROWS, -1]);
  },
  TIMEOUT_MS,
);

test(
  'a job trains on an edited version, and keeps its rows when the data set is gone',
  async () => {
    const id = await uploaded(DATASET);
    const whole = await decided(id, 1);
    const edits = [{ op: 'filter', where: `date >= '2011-07-01'` }];
    const edited = await post<Version>(`/datasets/${id}/versions?wait=true`, { edits });
    expect(edited).toMatchObject({ status: 'ready', version: 2 });
    expect(edited.row_count).toBeLessThan(whole.row_count);
    const job = await post<{ job_id: string }>('/jobs', { ...JOB, max_models: 1, dataset_id: id, dataset_version: 2 });
    await installation.client.json(`/datasets/${id}`, { method: 'DELETE' });
    const final: JobView = await installation.client.final(job.job_id);
    expect(final).toMatchObject({ status: 'completed', error: null });
    const used = readFileSync(path.join(installation.config.codingDir, `pipeline_${job.job_id}`, 'dataset.csv'));
    expect(createHash('sha256').update(used).digest('hex')).toBe(edited.sha256);
    expect(existsSync(folderOf(id))).toBe(false);
  },
  TIMEOUT_MS,
);

async function fill(file: string): Promise<void> {
  await rm(file, { force: true });
  const database = new sqlite3.Database(file);
  const sql = `CREATE TABLE sales (id INTEGER PRIMARY KEY, n INTEGER);
    WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < ${ROWS - 1}) INSERT INTO sales SELECT i, i * 2 FROM c`;
  await new Promise<void>((resolve, reject) => database.exec(sql, (error) => (error ? reject(error) : resolve())));
  await new Promise((resolve) => database.close(resolve));
}
