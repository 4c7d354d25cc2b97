import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sqlite3 from 'sqlite3';
import type { DraftedQuery } from '../../src/contracts/drafts';
import { ModelEndpoint, type ModelCall } from '../support/model-endpoint';
import { Installation } from './support/installation';
import { eventually } from './support/moments';

/** A query is being written from words, on the real stack, and the worker dies or stands still. */

const full = process.env['FAULTS'] === 'all';
const FAULT_TIMEOUT_MS = 240_000;
const QUERY = 'SELECT region FROM sales';

let endpoint: ModelEndpoint;
let installation: Installation;
let connection: string;

beforeAll(async () => {
  endpoint = await ModelEndpoint.start();
  const model = { OPENAI_API_KEY: 'sk-only-for-tests-0123456789', OPENAI_BASE_URL: endpoint.url };
  installation = await Installation.create('local', model);
  const folder = installation.config.sqlSources.filesDir;
  await mkdir(folder, { recursive: true });
  const database = new sqlite3.Database(path.join(folder, 'shop.db'));
  await new Promise((resolve) => database.exec('CREATE TABLE sales (region TEXT)', resolve));
  await new Promise((resolve) => database.close(resolve));
  await installation.start();
  const source = { name: 'Shop', type: 'sqlite', database: 'shop.db' };
  const made = await installation.client.json<{ id: string }>('/connections', {
    method: 'POST',
    body: JSON.stringify(source),
  });
  connection = made.id;
}, FAULT_TIMEOUT_MS);
afterAll(async () => {
  await installation?.discard();
  await endpoint?.stop();
}, 120_000);
beforeEach(() => {
  endpoint.calls.length = 0;
});

const draft = async () =>
  await installation.client.json<DraftedQuery>(`/connections/${connection}/draft-query`, {
    method: 'POST',
    body: JSON.stringify({ words: 'all regions' }),
  });
const says = (query: string) => ({ say: { query, explanation: 'All.' } });
const isMending = ({ body }: ModelCall) => body.messages.length > 2;

test(
  'worker killed while a query is mended: the first answer is not paid for again',
  async () => {
    endpoint.play((call) => {
      if (!isMending(call)) return says('DROP TABLE sales');
      return endpoint.calls.filter(isMending).length === 1 ? { hang: true } : says(QUERY);
    });
    const drafted = draft();
    await eventually('the model is asked to mend', 60, () => endpoint.calls.some(isMending), 5);
    await installation.kill('worker');
    expect(await installation.telling(() => drafted)).toMatchObject({ query: QUERY, prompt_tokens: 200 });
    expect(endpoint.calls.map(isMending)).toEqual([false, true, true]);
    for (const name of ['worker', 'api', 'launcher'] as const)
      expect(installation.log(name, 1e6)).not.toContain('sk-only');
  },
  FAULT_TIMEOUT_MS,
);

/** A minute long: for the full matrix. */
(full ? test : test.skip)(
  'a worker that stands still is told so within the minute, and nothing is asked once it moves again',
  async () => {
    endpoint.play(() => says(QUERY));
    const { pid } = await installation.part('worker');
    process.kill(pid, 'SIGSTOP');
    const started = Date.now();
    try {
      await expect(draft()).rejects.toThrow(/ 504 .*draft_timed_out/);
      expect((Date.now() - started) / 1000).toBeLessThan(75);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const asked = endpoint.calls.length;
    expect(await draft()).toMatchObject({ query: QUERY });
    expect(endpoint.calls.length - asked).toBe(1);
    expect(asked).toBe(0);
  },
  FAULT_TIMEOUT_MS,
);
