import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sqlite3 from 'sqlite3';
import { CSV, rawRequest, startApi, type TestApi } from './support/api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ ALLOWED_HOSTS: 'automl.example,dev.example:5173', CREDENTIAL_KEY: 'a key' });
});
afterAll(async () => api?.stop());

describe('hostile web pages', () => {
  const port = () => new URL(api.url).port;
  const send = (headers: Record<string, string>, method = 'POST') =>
    rawRequest(api.url, { method, route: method === 'GET' ? '/jobs' : '/jobs/none/cancel', headers });

  it('reach nothing under a name that is not ours', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1']) {
      expect([host, (await send({ host }, 'GET')).status]).toEqual([host, 403]);
    }
    for (const host of [`localhost:${port()}`, `[::1]:${port()}`, 'automl.example']) {
      expect([host, (await send({ host }, 'GET')).status]).toEqual([host, 200]);
    }
  });

  it('change nothing from another origin', async () => {
    const host = `127.0.0.1:${port()}`;
    const refused = ['http://evil.example', 'null', 'http://127.0.0.1:1', `https://${host}.evil.example`, 'file://'];
    for (const origin of refused) expect([origin, (await send({ host, origin })).status]).toEqual([origin, 403]);
    const fine = [`http://${host}`, 'http://dev.example:5173', 'https://automl.example'];
    for (const origin of fine) expect([origin, (await send({ host, origin })).status]).toEqual([origin, 404]);
    expect((await send({ host, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await send({ host })).status).toBe(404);
  });

  it('get no permission to read, and a policy that admits no foreign script', async () => {
    const { headers } = await api.call('GET', '/jobs', undefined, { origin: 'http://evil.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

it('keeps a connection longer than a client waits that polls every few seconds', async () => {
  const { headers } = await api.call('GET', '/health/live');
  expect(headers.get('keep-alive')).toBe('timeout=30');
});

describe('the API description', () => {
  it('is served with a page that needs no other host', async () => {
    const page = await api.call('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.body).not.toMatch(/(src|href)="https?:/);
    for (const file of ['swagger-ui-bundle.js', 'swagger-ui-init.js', 'swagger-ui.css']) {
      expect((await api.call('GET', `/docs/${file}`)).status).toBe(200);
    }
    // A policy without 'unsafe-inline' for scripts: the page must not rely on any.
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/);
    const { body } = await api.call('GET', '/docs-json');
    expect(body.components.schemas.JobView.properties.dataset_path).toEqual({ type: ['string', 'null'] });
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/jobs/{id}/events', '/datasets/sql/{id}']));
  });
});

describe('SQL sources', () => {
  const source = { name: 'Shop', type: 'sqlite', database: 'shop.db' };

  beforeAll(async () => {
    const folder = path.join(api.config.dataDir, 'sources');
    mkdirSync(folder, { recursive: true });
    const database = new sqlite3.Database(path.join(folder, 'shop.db'));
    await new Promise((resolve) => {
      database.exec('CREATE TABLE t (day TEXT, n INTEGER); INSERT INTO t VALUES (1, 10), (2, 20), (3, NULL)', resolve);
    });
    await new Promise((resolve) => database.close(resolve));
  });

  it('are saved once a key, listed without their secret, and tested', async () => {
    const body = { ...source, password: 'hunter2' };
    const key = { 'idempotency-key': 'c1' };
    const answers = await Promise.all([1, 2, 3].map(() => api.call('POST', '/connections', body, key)));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
    const list = await api.call('GET', '/connections');
    expect(list.body).toEqual([expect.objectContaining({ name: 'Shop', has_password: true, host: null })]);
    expect(JSON.stringify(list.body)).not.toMatch(/hunter2|encrypted/);
    const stored = await api.store.database.read((manager) => manager.query('SELECT * FROM database_connections'));
    expect(JSON.stringify(stored)).not.toContain('hunter2');
    expect((await api.call('POST', `/connections/${answers[0]!.body.id}/test`)).body).toMatchObject({ ok: true });
  });

  it('refuse what is no query, and files outside their folder', async () => {
    const { id } = (await api.call('POST', '/connections', source)).body;
    for (const query of ['DELETE FROM t', 'SELECT 1; SELECT 2', 'nonsense']) {
      const answer = await api.call('POST', '/datasets/sql', { name: 'x', connection_id: id, query });
      expect([query, answer.status, typeof answer.body.hint]).toEqual([query, 422, 'string']);
    }
    const outside = (await api.call('POST', '/connections', { ...source, database: '../automl_system.db' })).body;
    expect((await api.call('POST', `/connections/${outside.id}/test`)).body.ok).toBe(false);
    const noHost = await api.call('POST', '/connections', { name: 'x', type: 'postgresql', database: 'd' });
    expect(noHost).toMatchObject({ status: 422, body: { code: 'host_missing' } });
  });
});

describe('while Temporal is away', () => {
  it('an upload still queues the job, a deletion still hides it, and readiness says so', async () => {
    const id = await api.job();
    expect((await api.upload(id, CSV)).status).toBe(200);
    expect((await api.call('GET', `/jobs/${id}`)).body).toMatchObject({ status: 'queued', run_no: 1 });
    expect((await api.store.jobsToReconcile(0)).map((job) => job.job_id)).toContain(id);
    expect(await api.call('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', database: true, temporal: false },
    });
    expect((await api.call('DELETE', `/jobs/${id}`)).status).toBe(204);
    expect(await api.store.deletedJobs()).toEqual([id]);
  }, 90_000);
});
