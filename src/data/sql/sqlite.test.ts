import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sqlite3 from 'sqlite3';
import { type AutomlError } from '../../contracts/failure';
import { createSqlSources, type SqlConnection } from '.';

let root: string;
let folder: string;
const shop: SqlConnection = { type: 'sqlite', database: 'shop.db' };

function execute(file: string, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const db = new sqlite3.Database(file);
    db.exec(sql, (error) => db.close(() => (error ? reject(error) : resolve())));
  });
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'automl-sqlite-'));
  folder = path.join(root, 'sources');
  await mkdir(folder);
  await execute(
    path.join(folder, 'shop.db'),
    `CREATE TABLE sales (day TEXT, store TEXT, amount REAL, note BLOB);
     INSERT INTO sales VALUES ('2024-01-01', 'A, "north"', 1.5, NULL), ('2024-01-02', 'B', NULL, x'00ff'), (NULL, NULL, NULL, NULL);
     CREATE TABLE empty (a);`,
  );
  await execute(path.join(root, 'outside.db'), 'CREATE TABLE secret (a); INSERT INTO secret VALUES (1);');
  await symlink(path.join(root, 'outside.db'), path.join(folder, 'link.db'));
  await writeFile(path.join(folder, 'text.db'), 'this is no database at all, only a text that is long enough');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const sources = () => createSqlSources({ filesDir: folder, allowedHosts: [] });
const target = (name: string) => path.join(root, 'out', name);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: AutomlError) => error.failure.code,
  );

describe('SQLite sources', () => {
  it('exports a query as CSV, NULL as empty', async () => {
    const file = target('sales.csv');
    const result = await sources().exportQuery(shop, 'SELECT *, day FROM sales ORDER BY rowid;', file);
    const text = await readFile(file, 'utf8');
    expect(text).toBe(
      'day,store,amount,note,day:1\n2024-01-01,"A, ""north""",1.5,,2024-01-01\n2024-01-02,B,,00ff,2024-01-02\n,,,,\n',
    );
    expect(result).toEqual({ rows: 3, columns: 5, bytes: Buffer.byteLength(text) });
  });

  it('exports more rows than one batch, in order', async () => {
    const query = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i FROM n';
    const file = target('many.csv');
    expect(await sources().exportQuery(shop, query, file)).toMatchObject({ rows: 2500, columns: 1 });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines).toEqual(['i', ...Array.from({ length: 2500 }, (_, index) => String(index + 1))]);
  });

  it.each([
    ['SELECT * FROM nothing', 'query_invalid'],
    ['SELECT 1) UNION SELECT * FROM (SELECT 2', 'accepted'],
    ["SELECT 1 FROM sales; ATTACH 'x' AS y", 'several_statements'],
    ['SELECT * FROM empty', 'empty_result'],
  ])('answers %s with %s', async (query, code) => {
    expect(await codeOf(sources().exportQuery(shop, query, target('any.csv')))).toBe(code);
  });

  it('outlines every table, whatever its views have lost', async () => {
    const file = path.join(folder, 'outline.db');
    await execute(
      file,
      'CREATE TABLE "a b" (x INTEGER, y TEXT); CREATE VIEW v AS SELECT x FROM "a b"; CREATE TABLE gone (z)',
    );
    const database: SqlConnection = { type: 'sqlite', database: 'outline.db' };
    const table = {
      schema: null,
      name: 'a b',
      columns: [
        { name: 'x', type: 'INTEGER' },
        { name: 'y', type: 'TEXT' },
      ],
    };
    const view = { schema: null, name: 'v', columns: [{ name: 'x', type: 'INTEGER' }] };
    const gone = { schema: null, name: 'gone', columns: [{ name: 'z', type: '' }] };
    expect(await sources().outline(database)).toEqual([table, gone, view]);
    await execute(file, 'CREATE VIEW w AS SELECT z FROM gone; DROP TABLE gone');
    expect(await sources().outline(database)).toEqual([table]);
  });

  it.each([
    ['SELECT day FROM sales;', 'SELECT day FROM sales'],
    ['WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n', 'as it is'],
    ['SELECT nothing FROM sales', 'query_invalid'],
    ['SELECT * FROM nothing', 'query_invalid'],
    ['DELETE FROM sales', 'query_not_read_only'],
    ['SELECT 1; SELECT 2', 'several_statements'],
    ['SELECT day FROM', 'query_invalid'],
  ])('prepares %s without running it', async (query, outcome) => {
    const checked = sources()
      .check(shop, query)
      .catch((error: AutomlError) => error.failure.code);
    expect(await checked).toBe(outcome === 'as it is' ? query : outcome);
  });

  it('stops at its limits and leaves nothing behind', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';
    const file = target('limited.csv');
    expect(await codeOf(sources().exportQuery(shop, endless, file, { rows: 5000 }))).toBe('too_many_rows');
    expect(await codeOf(sources().exportQuery(shop, endless, file, { bytes: 5000 }))).toBe('too_many_bytes');
    const busy = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
    expect(await codeOf(sources().exportQuery(shop, busy, file, { seconds: 0.3 }))).toBe('query_timeout');
    expect((await readdir(path.dirname(file))).filter((name) => name.startsWith('limited'))).toEqual([]);
  });

  it('reads only under its folder, links resolved', async () => {
    const connections = ['../outside.db', path.join(root, 'outside.db'), 'link.db', 'missing.db', '.'];
    for (const database of connections) {
      const test = await sources().testConnection({ type: 'sqlite', database });
      expect(test).toMatchObject({ ok: false, message: expect.stringContaining('no SQLite file') as string });
    }
  });

  it('tells a database from another file', async () => {
    expect(await sources().testConnection(shop)).toMatchObject({ ok: true, hint: null });
    const test = await sources().testConnection({ type: 'sqlite', database: 'text.db' });
    expect(test).toMatchObject({ ok: false, message: expect.stringContaining("can't be read as a SQLite") as string });
  });
});
