import { mkdirSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MockActivityEnvironment, type TestWorkflowEnvironment } from '@temporalio/testing';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { DuckDBInstance } from '@duckdb/node-api';
import sqlite3 from 'sqlite3';
import { DatasetReconciler } from '../../src/dataset-reconciler';
import { JobWorkflows } from '../../src/temporal/client';
import { startDatasetWorker, type DatasetWorker } from '../support/dataset-worker';
import { startTemporal } from '../support/temporal';
import { filesUnder, startApi, type Answer, type TestApi } from './support/api';

const CSV = 'day;region;units\n01.02.2024;north;3\n02.02.2024;south;\n03.02.2024;north;5\n';
const PASSWORD = 'hunter2-in-no-file';
let temporal: TestWorkflowEnvironment;
let api: TestApi;
let worker: DatasetWorker;

jest.setTimeout(90_000);
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  temporal = await startTemporal();
  api = await startApi({ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_TASK_QUEUE: 'data' });
  worker = await startDatasetWorker(temporal, api.config);
}, 90_000);
afterAll(async () => {
  await worker?.stop();
  await api?.stop();
  await temporal?.teardown();
}, 60_000);

async function send(route: string, content: string, fields: Record<string, string> = {}): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([content]), 'sales.csv');
  const response = await fetch(api.url + route, { method: 'POST', body: form });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** The version once it is decided. */
async function decided(id: string, version: number) {
  for (;;) {
    const { body } = await api.call('GET', `/datasets/${id}/versions/${version}`);
    if (body.status !== 'preparing') return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function uploaded(content = CSV): Promise<string> {
  const { body } = await send('/datasets', content);
  expect(await decided(body.id, 1)).toMatchObject({ status: 'ready', progress: 100 });
  return body.id as string;
}

const rowsOf = async (id: string, version: number) =>
  (await api.call('GET', `/datasets/${id}/versions/${version}/rows`)).body.rows as string[][];
const foldersOf = async (id: string) =>
  (await readdir(path.join(api.config.uploadDir, id))).filter((name) => /^v\d/.test(name));

describe('data sets', () => {
  it('are uploaded once, read by the worker, listed, renamed, paged and downloaded', async () => {
    const made = await send('/datasets', CSV, { name: 'Sales' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Sales', kind: 'upload', source_name: 'sales.csv' } });
    const { id } = made.body;
    const ready = await decided(id, 1);
    expect(ready).toMatchObject({ row_count: 3, column_count: 3, error: null, parent_version: null });
    expect(ready.profile.columns.map(({ type }: { type: string }) => type)).toEqual(['date', 'text', 'integer']);
    expect((await api.call('PATCH', `/datasets/${id}`, { name: 'Sold' })).body).toMatchObject({
      name: 'Sold',
      ready_version: 1,
    });
    const list = await api.call('GET', '/datasets?limit=1');
    expect(list.body).toMatchObject([{ id, name: 'Sold', status: 'ready', row_count: 3 }]);
    expect(list.headers.get('x-total-count')).toBe('1');
    const page = (await api.call('GET', `/datasets/${id}/versions/1/rows?offset=1&limit=1`)).body;
    expect(page).toEqual({
      version: 1,
      offset: 1,
      columns: ['day', 'region', 'units'],
      rows: [['2024-02-02', 'south', null]],
      row_count: 3,
    });
    const file = await api.call('GET', `/datasets/${id}/versions/1/download`);
    expect(file.body).toBe('day,region,units\n2024-02-01,north,3\n2024-02-02,south,\n2024-02-03,north,5\n');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="Sold-v1.csv"');
  });

  it('change by edits into new versions, never the old one, and can be compared', async () => {
    const id = await uploaded();
    const edits = [
      { op: 'fill', column: 'units', with: 'value', value: 4 },
      { op: 'derive', column: 'double', expression: 'units * 2' },
    ];
    const edit = await api.call('POST', `/datasets/${id}/versions?wait=true`, { edits });
    expect(edit).toMatchObject({
      status: 201,
      body: { version: 2, status: 'ready', parent_version: 1, origin: { edits } },
    });
    expect(await rowsOf(id, 2)).toEqual([
      ['2024-02-01', 'north', '3', '6'],
      ['2024-02-02', 'south', '4', '8'],
      ['2024-02-03', 'north', '5', '10'],
    ]);
    expect((await rowsOf(id, 1))[1]).toEqual(['2024-02-02', 'south', null]);
    expect((await api.call('GET', `/datasets/${id}/diff?from=1&to=2`)).body).toMatchObject({
      identical: false,
      columns_added: ['double'],
      columns_changed: [{ name: 'units', missing: { from: 1, to: 0 } }],
      changes: { rows_removed: 0, cells_changed: [{ column: 'units', count: 1 }] },
    });
    const again = await api.call('POST', `/datasets/${id}/versions?wait=true`, { base_version: 1, edits });
    expect(again.body).toMatchObject({ version: 3, sha256: edit.body.sha256 });
  });

  it('edited twice at once become two versions of the same base', async () => {
    const id = await uploaded();
    const answers = await Promise.all(
      [3, 5].map((units) =>
        api.call('POST', `/datasets/${id}/versions?wait=true`, {
          base_version: 1,
          edits: [{ op: 'filter', where: `units = ${units}` }],
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3]);
    expect(answers.map(({ body }) => [body.parent_version, body.row_count])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(await rowsOf(id, answers[1]!.body.version)).toEqual([['2024-02-03', 'north', '5']]);
  });

  it.each([
    [{ edits: [{ op: 'filter', where: 'nothing > 1' }] }, 422, 'unknown_column'],
    [{ edits: [{ op: 'filter', where: 'units >' }] }, 422, 'expression_invalid'],
    [{ edits: [], overrides: {} }, 422, 'invalid_request'],
    [{ base_version: 9, edits: [{ op: 'drop_duplicates' }] }, 404, 'data_set_version_not_found'],
  ])('%j is refused with %i %s, and makes no version', async (body, status, code) => {
    const id = await uploaded();
    expect(await api.call('POST', `/datasets/${id}/versions`, body)).toMatchObject({ status, body: { code } });
    expect((await api.call('GET', `/datasets/${id}`)).body.latest_version).toBe(1);
  });

  it('that are no table say why, and jobs do not start with them', async () => {
    const { body } = await send('/datasets', 'a,b\n"never closed,1\n2,3\n');
    const version = await decided(body.id, 1);
    if (version.status === 'failed') {
      expect(version.error).toMatchObject({ category: 'data', hint: expect.any(String) as string });
      expect(await foldersOf(body.id)).toEqual([]);
    }
    const job = await api.call('POST', '/jobs', { name: 'x', prompt: 'y', dataset_id: body.id, dataset_version: 7 });
    expect(job.status).toBe(404);
  });

  it('start jobs, which keep their copy when the data set goes', async () => {
    const id = await uploaded();
    const { body } = await api.call('POST', '/jobs', { name: 'J', prompt: 'predict units', dataset_id: id });
    const jobId = body.job_id as string;
    expect((await api.call('GET', `/jobs/${jobId}`)).body).toMatchObject({
      status: 'queued',
      dataset_id: id,
      dataset_version: 1,
      dataset_path: `uploads/${jobId}/dataset.csv`,
    });
    expect((await api.call('DELETE', `/datasets/${id}`)).status).toBe(204);
    expect((await api.call('GET', `/datasets/${id}`)).status).toBe(404);
    const workflows = JobWorkflows.connect(api.config);
    const { uploadDir } = api.config;
    await new DatasetReconciler({ datasets: worker.store, workflows, uploadDir }).turn();
    await workflows.close();
    expect(await worker.store.deleted()).toEqual([]);
    expect(await filesUnder(path.join(uploadDir, jobId))).toEqual(['dataset.csv', 'dataset.csv.profile.json']);
    expect(await readdir(uploadDir)).not.toContain(id);
  });
});

describe('a look before anything is kept', () => {
  it('shows how a file would be read, with its first rows as they would be stored', async () => {
    const before = await filesUnder(api.config.uploadDir);
    const known = (await api.call('GET', '/datasets')).body;
    const seen = await send('/datasets/inspect', CSV);
    expect(seen).toMatchObject({
      status: 200,
      body: { delimiter: ';', encoding: 'utf-8', exact: true, rows: 3, dialect_given: false },
    });
    expect(seen.body.columns.map(({ detected_name, type }: Record<string, unknown>) => [detected_name, type])).toEqual([
      ['day', 'date'],
      ['region', 'text'],
      ['units', 'integer'],
    ]);
    expect(seen.body.first_rows.slice(0, 2)).toEqual([
      ['2024-02-01', 'north', '3'],
      ['2024-02-02', 'south', null],
    ]);
    const columns = { day: { format: '%m.%d.%Y', name: 'date' }, region: { drop: true }, units: { type: 'real' } };
    const corrected = await send('/datasets/inspect', CSV, { overrides: JSON.stringify({ columns }) });
    expect(corrected.body.columns).toMatchObject([
      { name: 'date', detected_name: 'day', format: '%m.%d.%Y' },
      { dropped: true },
      { type: 'real' },
    ]);
    expect(corrected.body.first_rows.map(([day]: string[]) => day)).toEqual(['2024-01-02', '2024-02-02', '2024-03-02']);
    expect(await filesUnder(api.config.uploadDir)).toEqual(before);
    expect((await api.call('GET', '/datasets')).body).toEqual(known);
  });

  it.each([
    [{ columns: { region: { type: 'integer' } } }, 'override_mismatch', 'columns.region.type'],
    [{ columns: { day: { format: '%Y/%m' } } }, 'override_mismatch', 'columns.day.format'],
    [{ columns: { gone: { type: 'text' } } }, 'unknown_column', 'columns.gone'],
    [{ columns: { day: { name: 'units' } } }, 'duplicate_column', 'columns.units.name'],
    [{ dialect: { delimiter: '|' } }, 'override_mismatch', 'dialect.delimiter'],
    [{ dialect: { encoding: 'utf-16le' } }, 'override_mismatch', 'dialect.encoding'],
    [{ dialect: { delimiter: ';;' } }, 'overrides_invalid', 'dialect.delimiter'],
    [{ dialect: { header_rows: -1 } }, 'overrides_invalid', 'dialect.header_rows'],
  ])('%j is refused, and the control at fault is named', async (overrides, code, place) => {
    const answer = await send('/datasets/inspect', CSV, { overrides: JSON.stringify(overrides) });
    expect(answer).toMatchObject({ status: 422, body: { code, errors: [{ path: place }] } });
  });

  it('judges the start of a large file, wherever it was cut', async () => {
    const lines = Array.from({ length: 40_000 }, (_, at) => `${at},"Straße ${at % 7},\n ""west""",${at / 4}`).join(
      '\n',
    );
    const whole = Buffer.from(`id,where,sold\n${lines}\n`);
    for (const cut of [0, 1, 2, 11, 17, 29]) {
      const form = new FormData();
      form.set('bytes', String(whole.length));
      form.set('file', new Blob([whole.subarray(0, 500_000 - cut)]), 'large.csv');
      const answer = await fetch(`${api.url}/datasets/inspect`, { method: 'POST', body: form });
      const seen = (await answer.json()) as { rows: number; columns: { type: string }[] };
      expect(seen).toMatchObject({ exact: false, encoding: 'utf-8', delimiter: ',', footnote_lines: 0 });
      expect(seen.columns.map(({ type }) => type)).toEqual(['integer', 'category', 'real']);
      expect(Math.abs(seen.rows - 40_000)).toBeLessThan(4000);
    }
  });

  it('tries corrections of a stored version, and makes none', async () => {
    const id = await uploaded();
    const look = (version: number, body: object) =>
      api.call('POST', `/datasets/${id}/versions/${version}/inspect`, body);
    expect((await look(1, {})).body).toMatchObject({ rows: 3, delimiter: ';', dialect_given: false });
    const renamed = { columns: { units: { name: 'sold', type: 'real' } } };
    const seen = await look(1, renamed);
    expect(seen.body.columns[2]).toMatchObject({ name: 'sold', detected_name: 'units', type: 'real' });
    expect(await look(1, { columns: { region: { type: 'date' } } })).toMatchObject({
      status: 422,
      body: { code: 'override_mismatch', errors: [{ path: 'columns.region.type' }] },
    });
    expect((await api.call('GET', `/datasets/${id}`)).body.latest_version).toBe(1);
    expect((await look(2, {})).status).toBe(404);
  });

  it('corrections of an edited version, and of that again, keep the edits', async () => {
    const id = await uploaded();
    const make = async (body: object) => (await api.call('POST', `/datasets/${id}/versions?wait=true`, body)).body;
    await make({ edits: [{ op: 'filter', where: 'units = 3' }] });
    const once = await make({ overrides: { columns: { units: { name: 'sold' } } } });
    expect(once).toMatchObject({ version: 3, row_count: 1 });
    const look = await api.call('POST', `/datasets/${id}/versions/3/inspect`, { columns: { sold: { type: 'real' } } });
    expect(look.body).toMatchObject({
      rows: 1,
      dialect_given: true,
      columns: [{}, {}, { name: 'sold', type: 'real' }],
    });
    const twice = await make({ overrides: { columns: { sold: { type: 'real' } } } });
    expect(twice).toMatchObject({ version: 4, status: 'ready', row_count: 1 });
    expect(await rowsOf(id, 4)).toEqual([['2024-02-01', 'north', '3']]);
  });
});

describe('a job’s data before its start', () => {
  it('is shown, corrected, refused where the correction does not fit, and then started with', async () => {
    const id = await api.job();
    expect((await api.call('GET', `/jobs/${id}/dataset`)).body.code).toBe('no_dataset');
    const overrides = JSON.stringify({ columns: { region: { role: 'feature' } } });
    const upload = await send(`/jobs/${id}/upload?start=false`, CSV, { overrides });
    expect(upload.body).toMatchObject({ dataset_version: 1 });
    await decided(upload.body.dataset_id, 1);
    const seen = await api.call('GET', `/jobs/${id}/dataset?limit=1`);
    expect(seen.body).toMatchObject({
      status: 'ready',
      version: 1,
      row_count: 3,
      rows: [['2024-02-01', 'north', '3']],
    });
    expect(seen.body.profile.confidence).toBeGreaterThan(0);

    const fitting = { columns: { units: { type: 'category', name: 'sold' } } };
    const corrected = await api.call('PATCH', `/jobs/${id}/dataset/schema`, fitting);
    expect(corrected.body).toMatchObject({ version: 2, columns: ['day', 'region', 'sold'] });
    expect(corrected.body.overrides.columns).toEqual({
      region: { role: 'feature' },
      units: { type: 'category', name: 'sold' },
    });
    const misfit = await api.call('PATCH', `/jobs/${id}/dataset/schema`, { columns: { region: { type: 'integer' } } });
    expect(misfit).toMatchObject({ status: 422, body: { code: 'override_mismatch' } });
    expect((await api.call('GET', `/jobs/${id}`)).body).toMatchObject({ status: 'created', dataset_version: 2 });

    expect((await api.call('POST', `/jobs/${id}/start`)).body).toMatchObject({
      status: 'queued',
      run_no: 1,
      dataset_version: 2,
    });
    const copy = path.join(api.config.uploadDir, id, 'dataset.csv');
    expect(await readFile(copy, 'utf8')).toMatch(/^day,region,sold\n/);
    expect(JSON.parse(await readFile(`${copy}.profile.json`, 'utf8')).columns[2]).toMatchObject({
      name: 'sold',
      type: 'category',
    });
    for (const late of [
      api.call('POST', `/jobs/${id}/start`),
      api.call('PATCH', `/jobs/${id}/dataset/schema`, fitting),
    ]) {
      expect(await late).toMatchObject({ status: 409, body: { code: 'already_started' } });
    }
  });

  it('refuses corrections that are no corrections', async () => {
    const id = await api.job();
    const answer = await send(`/jobs/${id}/upload`, CSV, { overrides: '{"columns": 3}' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'overrides_invalid' } });
    expect((await api.call('GET', `/jobs/${id}`)).body.status).toBe('created');
  });
});

describe('SQL data sets', () => {
  const source = { name: 'Shop', type: 'sqlite', database: 'shop.db', password: PASSWORD };
  let connection: string;

  async function shop(sql: string): Promise<void> {
    const folder = path.join(api.config.dataDir, 'sources');
    mkdirSync(folder, { recursive: true });
    const database = new sqlite3.Database(path.join(folder, 'shop.db'));
    await new Promise<void>((resolve, reject) => database.exec(sql, (error) => (error ? reject(error) : resolve())));
    await new Promise((resolve) => database.close(resolve));
  }

  beforeAll(async () => {
    await shop('CREATE TABLE t (day TEXT, n INTEGER); INSERT INTO t VALUES (1, 10), (2, 20), (3, NULL)');
    connection = (await api.call('POST', '/connections', source)).body.id;
  });

  it('are pulled once a key, started with, refreshed into versions, and outlive their connection', async () => {
    const query = { name: 'All', connection_id: connection, query: 'SELECT day, n FROM t ORDER BY day' };
    const key = { 'idempotency-key': 'd1' };
    const [made, again] = await Promise.all([1, 2].map(() => api.call('POST', '/datasets/sql', query, key)));
    expect(made).toMatchObject({ status: 201, body: { row_count: 3, column_count: 2, version: 1 } });
    expect(again!.body).toEqual(made!.body);
    const { id } = made!.body;
    await shop('INSERT INTO t VALUES (4, 40)');
    expect((await api.call('POST', `/datasets/sql/${id}/refresh`)).body).toMatchObject({
      id,
      version: 2,
      row_count: 4,
    });
    expect(
      (await api.call('GET', `/datasets/${id}`)).body.versions.map(({ row_count }: { row_count: number }) => row_count),
    ).toEqual([3, 4]);
    expect((await api.call('GET', `/datasets/sql/${id}?limit=1`)).body).toEqual({
      columns: ['day', 'n'],
      data: [{ day: '1', n: '10' }],
      row_count: 4,
      column_count: 2,
    });
    const job = await api.call('POST', '/jobs', {
      name: 'From SQL',
      prompt: 'predict n',
      dataset_id: id,
      dataset_version: 1,
    });
    expect(job.body.status).toBe('queued');
    expect((await api.call('GET', '/datasets/sql')).body).toHaveLength(1);
    expect((await api.call('DELETE', `/datasets/sql/${id}`)).status).toBe(204);
    expect((await api.call('GET', `/datasets/sql/${id}`)).status).toBe(404);
  });

  it('may be a table, are previewed, and their connection is browsed', async () => {
    const table = { name: 't' };
    expect((await api.call('GET', `/connections/${connection}/tables`)).body).toEqual([
      { schema: null, name: 't', kind: 'table', row_estimate: null },
    ]);
    expect((await api.call('GET', `/connections/${connection}/columns?name=t`)).body).toEqual([
      { name: 'day', type: 'TEXT', nullable: true },
      { name: 'n', type: 'INTEGER', nullable: true },
    ]);
    expect((await api.call('POST', `/connections/${connection}/preview`, { table, limit: 1 })).body).toEqual({
      columns: ['day', 'n'],
      rows: [['1', '10']],
    });
    const made = await api.call('POST', '/datasets/sql', {
      name: 'T',
      connection_id: connection,
      table,
      limits: { rows: 100 },
    });
    expect(made.body).toMatchObject({ row_count: 4 });
  });

  it('may come from a Parquet file, without a host', async () => {
    const folder = path.join(api.config.dataDir, 'sources');
    const instance = await DuckDBInstance.create(':memory:');
    const duckdb = await instance.connect();
    await duckdb.run(`COPY (SELECT i, i * 2 AS twice FROM range(50) AS r(i)) TO '${folder}/pairs.parquet'`);
    duckdb.closeSync();
    instance.closeSync();
    const parquet = { name: 'Pairs', type: 'duckdb', database: 'pairs.parquet' };
    const { body } = await api.call('POST', '/connections', parquet);
    expect((await api.call('POST', `/connections/${body.id}/test`)).body).toMatchObject({ ok: true });
    const table = { schema: 'main', name: 'pairs' };
    expect((await api.call('GET', `/connections/${body.id}/tables`)).body).toEqual([
      { ...table, kind: 'view', row_estimate: 50 },
    ]);
    const made = await api.call('POST', '/datasets/sql', { name: 'Pairs', connection_id: body.id, table });
    expect(made).toMatchObject({ status: 201, body: { row_count: 50, column_count: 2 } });
  });

  it('that fail say what the database said, and nothing is left', async () => {
    const before = (await api.call('GET', '/datasets')).body.length as number;
    const cases: [object, string][] = [
      [{ query: 'SELECT * FROM nowhere' }, 'query_invalid'],
      [{ query: 'DELETE FROM t' }, 'query_not_read_only'],
      [{ query: 'SELECT * FROM t', limits: { rows: 2 } }, 'too_many_rows'],
      [{ query: 'SELECT 1', table: { name: 't' } }, 'query_or_table'],
    ];
    for (const [more, code] of cases) {
      const answer = await api.call('POST', '/datasets/sql', { name: 'x', connection_id: connection, ...more });
      expect([answer.status, answer.body.code]).toEqual([422, code]);
    }
    expect((await api.call('GET', '/datasets')).body).toHaveLength(before);
  });

  it('stop when they are cancelled', async () => {
    const query = 'WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT count(*) FROM c';
    const made = await api.call('POST', '/datasets/sql?wait=false', {
      name: 'endless',
      connection_id: connection,
      query,
    });
    expect(made).toMatchObject({ status: 201, body: { row_count: null, version: 1 } });
    const { id } = made.body;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await api.call('POST', `/datasets/${id}/versions/1/cancel`)).status).toBe(200);
    expect(await decided(id, 1)).toMatchObject({ status: 'cancelled', error: null });
    expect(await foldersOf(id).catch(() => [])).toEqual([]);
    expect((await api.call('POST', `/datasets/${id}/versions/1/cancel`)).body.code).toBe('version_decided');
  });

  it('leave their password in no file and no history', async () => {
    const made = await api.call('POST', '/datasets/sql', {
      name: 's',
      connection_id: connection,
      query: 'SELECT * FROM t',
    });
    const url = `postgresql://joe:${PASSWORD}@127.0.0.1:1/shop`;
    const away = (await api.call('POST', '/connections', { name: 'away', url })).body.id;
    const failed = await api.call('POST', '/datasets/sql', { name: 'f', connection_id: away, query: 'SELECT 1' });
    expect(failed.body).toMatchObject({ code: 'connection_refused' });
    expect(JSON.stringify([failed.body, (await api.call('GET', '/connections')).body])).not.toContain(PASSWORD);
    for (const file of await filesUnder(api.config.dataDir)) {
      const bytes = await readFile(path.join(api.config.dataDir, file));
      expect([file, bytes.includes(PASSWORD)]).toEqual([file, false]);
    }
    let histories = 0;
    for await (const { workflowId } of temporal.client.workflow.list({ query: 'WorkflowType = "datasetVersion"' })) {
      const history = historyToJSON(await temporal.client.workflow.getHandle(workflowId).fetchHistory());
      expect(history).not.toContain(PASSWORD);
      expect(Buffer.from(history).includes(Buffer.from(PASSWORD).toString('base64').slice(0, 12))).toBe(false);
      histories += 1;
    }
    expect([made.status, histories > 3]).toEqual([201, true]);
  });
});

describe('the activity that makes versions', () => {
  const orphan = async () => {
    const id = `orphan-${Math.random().toString(36).slice(2)}`;
    const folder = path.join(api.config.uploadDir, id);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'a.csv'), CSV);
    const dataset = {
      id,
      name: 'o',
      kind: 'upload',
      source_name: 'a.csv',
      source_path: `uploads/${id}/a.csv`,
    } as const;
    await worker.store.create({ ...dataset, origin: { kind: 'upload' } });
    return { id, folder };
  };

  it('leaves one version, whatever dead attempts left and however often it runs', async () => {
    const { id, folder } = await orphan();
    const dead = path.join(folder, 'v1-deadbeef-1');
    await mkdir(dead);
    await writeFile(path.join(dead, 'dataset.csv.0.tmp'), 'half');
    const key = { dataset_id: id, version: 1 };
    for (const attempt of [2, 3])
      await new MockActivityEnvironment({ attempt }).run(worker.activities.makeVersion, key);
    expect(await foldersOf(id)).toHaveLength(1);
    const { file_path, row_count } = (await worker.store.version(key))!;
    expect([row_count, file_path?.includes('deadbeef')]).toEqual([3, false]);
    expect((await filesUnder(folder)).map((file) => path.basename(file))).toEqual([
      'a.csv',
      'dataset.csv',
      'dataset.csv.rows',
    ]);
  });

  it('of two attempts at once one counts, and its file is the one that is named', async () => {
    const { id, folder } = await orphan();
    const key = { dataset_id: id, version: 1 };
    const runs = [1, 2].map((attempt) =>
      new MockActivityEnvironment({ attempt }).run(worker.activities.makeVersion, key),
    );
    const results = await Promise.allSettled(runs);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    const { file_path, status } = (await worker.store.version(key))!;
    expect(status).toBe('ready');
    expect(await readFile(path.join(folder, ...file_path!.split('/').slice(2)), 'utf8')).toMatch(/^day,region,units\n/);
  });

  it('leaves nothing when it is cancelled', async () => {
    const { id } = await orphan();
    const environment = new MockActivityEnvironment();
    environment.cancel('CANCELLED');
    await expect(environment.run(worker.activities.makeVersion, { dataset_id: id, version: 1 })).rejects.toThrow();
    expect(await foldersOf(id)).toEqual([]);
  });
});
