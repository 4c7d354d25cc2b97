import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { Client } from 'pg';
import sqlite3 from 'sqlite3';
import { loadConfig } from '../../src/config';
import { missingServer, startPostgres, type Server } from '../sql/servers';
import { eventually } from '../faults/support/moments';
import { startDraftWorker, type Before, type DraftWorker } from '../support/draft-worker';
import { HOSTILE_TEXTS } from '../support/hostile';
import { ModelEndpoint, type Reply } from '../support/model-endpoint';
import { startTemporal } from '../support/temporal';
import { startApi, type Answer, type TestApi } from './support/api';

/** Words to a query: a real API, Temporal, worker and database; the model's endpoint is scripted. */
const KEY = 'sk-secret-of-the-worker';
const PASSWORD = 'hunter2-in-no-prompt';
const CELL = 'Alice-of-the-rows';
const QUERY =
  'SELECT c.country, sum(o.total) AS total FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.country';
const GOOD: Reply = { say: { query: `${QUERY};`, explanation: 'A row is a country.' } };
const says = (query: string | null): Reply => ({ say: { query, explanation: 'Because.' } });
const INJECTED = HOSTILE_TEXTS.filter((text) => !text.includes('\u0000'));

let temporal: TestWorkflowEnvironment;
let api: TestApi;
let endpoint: ModelEndpoint;
let worker: DraftWorker;
let disturb: Before = () => undefined;
let shop: string;

jest.setTimeout(90_000);
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  temporal = await startTemporal();
  endpoint = await ModelEndpoint.start();
  api = await startApi({ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_TASK_QUEUE: 'words' });
  worker = await startDraftWorker(temporal, workerConfig(), (step) => disturb(step));
  const quoted = INJECTED.map((text) => `CREATE TABLE "${text.replaceAll('"', '""')}" (n INTEGER);`);
  await execute(
    'shop.db',
    `CREATE TABLE orders (id INTEGER, customer_id INTEGER, placed TEXT, total REAL);
     CREATE TABLE customers (id INTEGER, country TEXT, name TEXT);
     INSERT INTO customers VALUES (1, 'NL', '${CELL}'), (2, 'DE', 'Bob');
     INSERT INTO orders VALUES (1, 1, '2024-01-01', 10), (2, 1, '2024-01-02', 5), (3, 2, '2024-01-03', 7);
     ${quoted.join('\n')}`,
  );
  shop = await connected({ name: 'Shop', type: 'sqlite', database: 'shop.db', password: PASSWORD });
}, 90_000);
afterAll(async () => {
  await worker?.stop();
  await api?.stop();
  await endpoint?.stop();
  await temporal?.teardown();
}, 60_000);
beforeEach(() => {
  endpoint.calls.length = 0;
  endpoint.ranOut = 0;
  disturb = () => undefined;
  worker.forget();
});
afterEach(() => expect(endpoint.ranOut).toBe(0));

const MODEL = () => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: endpoint.url });

function workerConfig(more: Record<string, string> = MODEL()) {
  const { dataDir, temporal: at } = api.config;
  const shared = { DATA_DIR: dataDir, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_TASK_QUEUE: at.taskQueue };
  return loadConfig({ ...shared, MODEL_CALL_TIMEOUT: '2', ...more });
}

async function execute(file: string, sql: string): Promise<void> {
  const folder = path.join(api.config.dataDir, 'sources');
  await mkdir(folder, { recursive: true });
  const database = new sqlite3.Database(path.join(folder, file));
  await new Promise<void>((resolve, reject) => database.exec(sql, (error) => (error ? reject(error) : resolve())));
  await new Promise((resolve) => database.close(resolve));
}

const connected = async (source: object) => (await api.call('POST', '/connections', source)).body.id as string;
const draft = (body: object, connection = shop): Promise<Answer> =>
  api.call('POST', `/connections/${connection}/draft-query`, body);
const totals = { words: 'Total of the orders by country' };
const promptOf = (call: number) => endpoint.calls[call]!.body.messages.map(({ content }) => content ?? '');
const fileOf = async () =>
  createHash('sha256')
    .update(await readFile(path.join(api.config.dataDir, 'sources', 'shop.db')))
    .digest('hex');

it('a query is written from words and names alone, and runs as it stands', async () => {
  endpoint.play([GOOD]);
  const { status, body } = await draft(totals);
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      query: QUERY,
      explanation: 'A row is a country.',
      tables_used: [
        { schema: null, name: 'customers' },
        { schema: null, name: 'orders' },
      ],
      model: 'gpt-4o-mini',
      prompt_tokens: 100,
      completion_tokens: 20,
      cost_usd: expect.closeTo((100 * 0.15 + 20 * 0.6) / 1e6, 12) as number,
    },
  });
  const [call] = endpoint.calls;
  expect(call!.authorization).toBe(`Bearer ${KEY}`);
  expect(call!.body.max_tokens).toBe(4096);
  expect(promptOf(0).join()).toMatch(/"table": "orders",\s+"columns": \{\s+"id": "INTEGER"/);
  for (const secret of [CELL, PASSWORD, KEY, 'shop.db']) expect(JSON.stringify(call!.body)).not.toContain(secret);
  const preview = await api.call('POST', `/connections/${shop}/preview`, { query: body.query });
  expect(preview.body.rows).toEqual([
    ['DE', '7'],
    ['NL', '15'],
  ]);
  const [row] = (await api.call('GET', '/audit?limit=1')).body;
  expect(row).toMatchObject({ action: 'draft_query', detail: { connection_id: shop } });
  expect(JSON.stringify(row)).not.toContain('Total');
});

it('an answer with prose around it is read', async () => {
  const json = JSON.stringify({ query: 'SELECT id FROM orders', explanation: 'All.' });
  endpoint.play([{ say: `Sure! Here you are:\n\`\`\`json\n${json}\n\`\`\`\nAnything else?` }]);
  expect(await draft(totals)).toMatchObject({ status: 200, body: { query: 'SELECT id FROM orders' } });
});

it.each([
  ['drops', says('DROP TABLE orders'), /Only queries that read/],
  ['inserts', says("INSERT INTO orders VALUES (9, 9, '', 1)"), /Only queries that read/],
  ['deletes inside', says('WITH d AS (DELETE FROM orders RETURNING id) SELECT * FROM d'), /syntax error/],
  ['has two statements', says('SELECT 1; DROP TABLE orders'), /more than one statement/],
  ['attaches', says("ATTACH 'other.db' AS other"), /Only queries that read/],
  ['has an unknown column', says('SELECT discount FROM orders'), /no such column: discount/],
  ['hides signs', says('SELECT id FROM orders -- \u202Esredro'), /can not be seen/],
  ['is cut off', { say: '{"query": "SELECT id FROM', finish: 'length' }, /cut off/],
  ['is no JSON', { say: 'SELECT id FROM orders' }, /no JSON object/],
  ['calls a tool', { call: [{ name: 'run_sql', arguments: { sql: 'DROP TABLE orders' } }] }, /empty/],
] as [string, Reply, RegExp][])(
  'an answer that %s is mended once, or refused; nothing was run',
  async (_, bad, why) => {
    const before = await fileOf();
    endpoint.play([bad, GOOD]);
    expect(await draft(totals)).toMatchObject({
      status: 200,
      body: { query: QUERY, prompt_tokens: 200, completion_tokens: 40 },
    });
    expect(promptOf(1)).toHaveLength(4);
    expect(promptOf(1)[3]).toMatch(why);
    endpoint.play([bad, bad]);
    const refused = await draft(totals);
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'query_not_drafted', detail: expect.stringMatching(why), hint: expect.any(String) },
    });
    expect(endpoint.calls).toHaveLength(4);
    expect(await fileOf()).toBe(before);
  },
);

it.each([
  ['says that it can not', says(null), 'Because.'],
  ['refuses', { refuse: 'I would rather not.' }, 'I would rather not.'],
] as [string, Reply, string][])('a model that %s is not asked again', async (_, reply, detail) => {
  endpoint.play([reply]);
  expect(await draft(totals)).toMatchObject({ status: 422, body: { code: 'query_not_drafted', detail } });
});

it.each([
  ['refuses the key', [{ status: 401, error: `Incorrect API key: ${KEY}` }], 502, 'model_key_refused'],
  ['has no quota', [{ status: 402 }], 502, 'model_quota_used_up'],
  ['fails for long', [{ status: 500 }, { status: 500 }, { status: 503 }], 503, 'model_unavailable'],
  ['asks for an hour', [{ status: 429, headers: { 'retry-after': '3600' } }], 503, 'model_rate_limited'],
  ['hangs', [{ hang: true }], 504, 'model_timed_out'],
  ['drips', [{ drip: 'slow', everyMs: 100 }], 504, 'model_timed_out'],
  ['answers without end', [{ bytes: 2_000_000 }], 502, 'model_answer_too_large'],
] as [string, Reply[], number, string][])('an endpoint that %s is told so', async (_, replies, status, code) => {
  const asked = replies.length;
  endpoint.play([...replies]);
  const answer = await draft(totals);
  expect(answer).toMatchObject({ status, body: { code, category: 'system' } });
  expect(answer.body.hint).not.toMatch(/template|asked again/);
  expect(JSON.stringify(answer.body)).not.toContain(KEY);
  expect(endpoint.calls).toHaveLength(asked);
});

it('an endpoint that fails for a moment is asked again', async () => {
  endpoint.play([{ status: 500 }, GOOD]);
  expect(await draft(totals)).toMatchObject({ status: 200, body: { query: QUERY, prompt_tokens: 100 } });
});

it('an answer is paid once, whatever happens after it', async () => {
  endpoint.play([GOOD]);
  let checks = 0;
  disturb = (step) => {
    if (step === 'checkQuery' && (checks += 1) < 3) throw new Error('the worker is away');
  };
  expect(await draft(totals)).toMatchObject({ status: 200, body: { query: QUERY } });
  expect([checks, endpoint.calls.length]).toEqual([3, 1]);
});

it('names and words that give orders stay data, whatever a model makes of them', async () => {
  endpoint.play([GOOD]);
  await draft(totals);
  const [system] = promptOf(0);
  for (const words of INJECTED) {
    endpoint.calls.length = 0;
    endpoint.play([says('DROP TABLE orders'), says('SELECT 1; DELETE FROM orders')]);
    expect(await draft({ words, table: { name: words } })).toMatchObject({
      status: 422,
      body: { code: 'query_not_drafted' },
    });
    const [rules, user] = promptOf(0);
    expect(rules).toBe(system);
    expect(user!.match(/```/g)!.length).toBe(2 * user!.match(/^## /gm)!.length);
    expect(user).not.toMatch(/[\u200B\u202C\u202E]/);
  }
});

it('starts from the table that is named', async () => {
  endpoint.play([says('SELECT id FROM customers')]);
  const answer = await draft({ words: 'everything', table: { name: 'customers' } });
  expect(answer).toMatchObject({ status: 200, body: { tables_used: [{ schema: null, name: 'customers' }] } });
  expect(promptOf(0)[1]).toMatch(/## start from\n\n```json\n\{\n "table": "customers"\n\}/);
});

it.each([
  [{ words: '' }, 422, 'invalid_request'],
  [{ words: 'x'.repeat(2001) }, 422, 'invalid_request'],
  [{}, 422, 'invalid_request'],
  [{ words: 'x', table: { name: 'nowhere' } }, 404, 'table_not_found'],
])('%j is refused', async (body, status, code) => {
  endpoint.play([]);
  expect(await draft(body)).toMatchObject({ status, body: { code, hint: expect.any(String) } });
});

it('a connection that is not there, has no tables or does not answer is told so, and nothing is asked', async () => {
  endpoint.play([]);
  expect(await draft(totals, 'nobody')).toMatchObject({ status: 404, body: { code: 'connection_not_found' } });
  await execute('bare.db', 'PRAGMA user_version = 1');
  const bare = await connected({ name: 'Bare', type: 'sqlite', database: 'bare.db' });
  expect(await draft(totals, bare)).toMatchObject({ status: 422, body: { code: 'no_tables' } });
  const url = `postgresql://joe:${PASSWORD}@127.0.0.1:1/shop`;
  const away = await draft(totals, await connected({ name: 'Away', url }));
  expect(away).toMatchObject({ status: 422, body: { code: 'connection_refused' } });
  expect(JSON.stringify(away.body)).not.toContain(PASSWORD);
  expect(endpoint.calls).toEqual([]);
});

it('a caller who hangs up ends the drafting, the call of the model included', async () => {
  await worker.stop();
  worker = await startDraftWorker(temporal, workerConfig({ ...MODEL(), MODEL_CALL_TIMEOUT: '60' }), (step) =>
    disturb(step),
  );
  endpoint.play([{ hang: true }]);
  const caller = new AbortController();
  const hung = fetch(`${api.url}/connections/${shop}/draft-query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(totals),
    signal: caller.signal,
  }).catch((error: Error) => error.name);
  await eventually('the model is asked', 30, () => endpoint.calls.length === 1);
  caller.abort();
  expect(await hung).toBe('AbortError');
  await eventually('the call is over', 30, () => endpoint.calls[0]!.closed);
  const { action, detail } = (await api.call('GET', '/audit?limit=1')).body[0];
  expect(action).toBe('draft_query');
  const handle = temporal.client.workflow.getHandle(`automl-draft-${detail.draft_id}`);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
});

it('several at once are all answered', async () => {
  endpoint.play(() => GOOD);
  const answers = await Promise.all(Array.from({ length: 9 }, () => draft(totals)));
  expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
  expect(endpoint.calls).toHaveLength(9);
});

it('no history holds a password or a key', async () => {
  let histories = 0;
  for await (const { workflowId } of temporal.client.workflow.list({ query: 'WorkflowType = "draftQuery"' })) {
    const history = Buffer.from(historyToJSON(await temporal.client.workflow.getHandle(workflowId).fetchHistory()));
    const payloads = history.toString().matchAll(/"data": ?"([A-Za-z0-9+/=]+)"/g);
    const text = [...payloads].map(([, data]) => Buffer.from(data!, 'base64').toString()).join();
    for (const secret of [PASSWORD, KEY, CELL]) expect(history.toString() + text).not.toContain(secret);
    histories += 1;
  }
  expect(histories).toBeGreaterThan(20);
});

it('without a model or without Temporal it says what is missing', async () => {
  const alone = await startApi({ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_TASK_QUEUE: 'no-model' });
  const { dataDir } = alone.config;
  const plain = { DATA_DIR: dataDir, TEMPORAL_TASK_QUEUE: 'no-model', OPENAI_API_KEY: '', OPENAI_BASE_URL: '' };
  const templates = await startDraftWorker(temporal, loadConfig({ ...plain, DEEPSEEK_API_KEY: '' }));
  const away = await startApi();
  try {
    for (const [each, status, code] of [
      [alone, 409, 'model_not_configured'],
      [away, 503, 'temporal_unreachable'],
    ] as const) {
      const { body } = await each.call('POST', '/connections', { name: 'x', type: 'sqlite', database: 'x.db' });
      const answer = await each.call('POST', `/connections/${body.id}/draft-query`, totals);
      expect(answer).toMatchObject({ status, body: { code, hint: expect.any(String) } });
    }
  } finally {
    await templates.stop();
    await alone.stop();
    await away.stop();
  }
});

const suite = missingServer.postgresql ? describe.skip : describe;
suite(`on PostgreSQL ${missingServer.postgresql ?? ''}`, () => {
  let server: Server;
  let admin: Client;
  let connection: string;

  beforeAll(async () => {
    server = await startPostgres();
    const access = { host: '127.0.0.1', port: server.port, user: 'postgres', password: server.adminPassword };
    admin = new Client({ ...access, database: 'postgres' });
    await admin.connect();
    await admin.query(
      'CREATE SCHEMA sales; CREATE TABLE sales.trips (day date, riders int); INSERT INTO sales.trips VALUES (now(), 3); CREATE TABLE trips (x int)',
    );
    const { user: username, ...rest } = access;
    connection = await connected({ ...rest, username, name: 'Pg', type: 'postgresql', database: 'postgres' });
  }, 60_000);
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });

  it('a query that would delete is found out by the server and mended', async () => {
    const query = 'SELECT day, sum(riders) AS riders FROM sales.trips GROUP BY day';
    endpoint.play([says('WITH d AS (DELETE FROM sales.trips RETURNING *) SELECT * FROM d'), says(query)]);
    const { body } = await draft({ words: 'riders a day' }, connection);
    expect(body).toMatchObject({ query, tables_used: [{ schema: 'sales', name: 'trips' }] });
    expect(promptOf(0)[0]).toContain('PostgreSQL');
    expect(promptOf(0)[1]).toMatch(/"schema": "sales",\s+"table": "trips",\s+"columns": \{\s+"day": "date"/);
    expect((await admin.query('SELECT * FROM sales.trips')).rows).toHaveLength(1);
  });

  it('is prepared, not run', async () => {
    endpoint.play([says('SELECT day, pg_sleep(30) FROM sales.trips')]);
    const started = Date.now();
    expect((await draft({ words: 'slow riders' }, connection)).status).toBe(200);
    expect(Date.now() - started).toBeLessThan(30_000);
  });
});
