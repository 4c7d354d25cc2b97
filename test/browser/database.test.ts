import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sqlite3 from 'sqlite3';
import type { DatasetDetails } from '../../src/contracts/datasets';
import { quotedName, withTable } from '../../web/src/features/connection/api/catalog';
import { ModelEndpoint } from '../support/model-endpoint';
import { stack, client, page, errors, expectAccessible, openApp } from './support';

const HOSTILE = '<img src=x onerror="window.pwned = 1">';
jest.setTimeout(120_000);

let endpoint: ModelEndpoint;

openApp({
  env: async () => {
    endpoint = await ModelEndpoint.start();
    return { OPENAI_API_KEY: 'sk-only-for-tests-0123456789', OPENAI_BASE_URL: endpoint.url };
  },
});
afterAll(async () => await endpoint?.stop());

/** Runs statements in the database that the connection reads. */
async function shop(sql: string): Promise<void> {
  const folder = path.join(stack.dataDir, 'sources');
  await mkdir(folder, { recursive: true });
  await new Promise<void>((resolve, reject) => {
    const database = new sqlite3.Database(path.join(folder, 'shop.db'));
    database.exec(sql, (error) => database.close(() => (error ? reject(error) : resolve())));
  });
}

test('a database is browsed, queried, looked at, saved as a data set and run again for a new version', async () => {
  const rows = Array.from({ length: 40 }, (_, at) => `(${at}, 'shop ${at % 3}', ${at % 4 === 0 ? 'NULL' : at * 1.5})`);
  await shop(
    `CREATE TABLE sales (day INTEGER NOT NULL, "the shop" TEXT, sold REAL); INSERT INTO sales VALUES ${rows.join(',')};` +
      `CREATE VIEW busy AS SELECT * FROM sales WHERE sold > 10; CREATE TABLE "${HOSTILE.replaceAll('"', '""')}" (x INTEGER);`,
  );
  const connection = { name: 'Shop', type: 'sqlite', database: 'shop.db' };
  await client.json('/connections', { method: 'POST', body: JSON.stringify(connection) });
  await page.goto('/app/data');
  await page.getByRole('link', { name: 'Browse and query: Shop' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Browse and query: Shop' }).click();
  await page.getByText('3 of 3 tables').waitFor();
  await page.getByText(HOSTILE).waitFor();
  await page.getByRole('button', { name: /^busy/ }).getByText(/view/).waitFor();
  await page.getByLabel('Find a table').fill('sal');
  await page.getByText('1 of 3 tables').waitFor();
  await page.getByRole('button', { name: /sales/ }).click();
  await page.getByText('INTEGER · never empty').waitFor();
  await page.getByRole('button', { name: 'Put into the query' }).click();
  const query = page.getByRole('textbox', { name: 'Query' });
  expect(await query.inputValue()).toMatch(/^SELECT \* FROM .*"sales"$/);

  await query.press('Control+Enter');
  await page.getByText('The first 40 rows; nothing is stored.').waitFor();
  await page.getByRole('cell', { name: 'missing' }).first().waitFor();
  await expectAccessible(page);
  await query.fill('DELETE FROM sales');
  await page.getByText('The query was changed since.').waitFor();
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('alert').getByText('What to do:').waitFor();
  expect(await query.inputValue()).toBe('DELETE FROM sales');
  await expectAccessible(page);

  await query.fill('SELECT day, "the shop", sold FROM sales WHERE day >= 10');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('The first 30 rows; nothing is stored.').waitFor();
  expect(await client.json('/datasets')).toEqual([]);
  await page.getByLabel('Name of the data set').fill('Late sales');
  await page.getByRole('button', { name: 'Save as a data set' }).click();
  await page.getByRole('heading', { name: 'Late sales' }).waitFor();
  await page.getByText('Version 1 · 30 rows, 3 columns').waitFor();
  await expectAccessible(page);

  await shop('INSERT INTO sales VALUES (99, NULL, 5)');
  await page.getByRole('button', { name: 'Run the query again' }).click();
  await page.getByText('Version 2 · 31 rows, 3 columns').waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1)!;
  const { versions } = await client.json<DatasetDetails>(`/datasets/${id}`);
  expect(versions.map(({ origin, row_count }) => [origin.kind, row_count])).toEqual([
    ['sql', 30],
    ['sql', 31],
  ]);
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  expect(errors.filter((error) => !/status of 422/.test(error))).toEqual([]);
});

test('words become a query that is shown, and runs only when it is taken and previewed', async () => {
  await shop('CREATE TABLE regions (region TEXT); INSERT INTO regions VALUES (1), (2);');
  const connection = { name: 'Words', type: 'sqlite', database: 'shop.db' };
  const made = await client.json<{ id: string }>('/connections', { method: 'POST', body: JSON.stringify(connection) });
  const written = 'SELECT region FROM regions';
  endpoint.play([{ say: { query: written, explanation: HOSTILE } }, { status: 401, error: 'no such key' }]);
  await page.goto(`/app/data/connections/${made.id}`);
  const query = page.getByRole('textbox', { name: 'Query', exact: true });
  await query.fill('SELECT 1');
  await page.getByLabel('Or say in words what you need').fill('all regions');
  await page.keyboard.press('Enter');
  await page.getByText(written).waitFor();
  await page.getByText(HOSTILE).first().waitFor();
  await expectAccessible(page);
  expect(await query.inputValue()).toBe('SELECT 1');
  expect(await page.getByText('nothing is stored').count()).toBe(0);
  await page.getByRole('button', { name: 'Use this query' }).click();
  expect(await query.inputValue()).toBe(written);
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('The first 2 rows; nothing is stored.').waitFor();

  await page.getByRole('button', { name: 'Write the query' }).click();
  await page.getByRole('alert').getByText('What to do:').waitFor();
  expect(await query.inputValue()).toBe(written);
  expect(endpoint.calls).toHaveLength(2);
  expect(await page.evaluate('window.pwned')).toBeUndefined();
});

test('a database that cannot be reached, and one that is not there, say so', async () => {
  const connection = { name: 'Gone', type: 'sqlite', database: 'nowhere.db' };
  const made = await client.json<{ id: string }>('/connections', { method: 'POST', body: JSON.stringify(connection) });
  await page.goto(`/app/data/connections/${made.id}`);
  await page.getByRole('alert').getByText('What to do:').waitFor();
  await expectAccessible(page);
  await page.goto('/app/data/connections/none');
  await page.getByText('There is no such database.').waitFor();
  await expectAccessible(page);
});

test.each([
  ['postgresql', { schema: 'public', name: 'a"b' }, '"public"."a""b"'],
  ['mysql', { schema: 'shop', name: 'a`b' }, '`shop`.`a``b`'],
  ['sqlite', { schema: null, name: 'select' }, '"select"'],
] as const)('%s: a name is quoted as it wants', (kind, table, quoted) => {
  expect(quotedName(kind, table)).toBe(quoted);
  expect(withTable(' ', quoted)).toBe(`SELECT * FROM ${quoted}`);
  expect(withTable('SELECT 1 FROM\n', quoted)).toBe(`SELECT 1 FROM ${quoted}`);
});
