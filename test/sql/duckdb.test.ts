import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, copyFile, writeFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type AutomlError } from '../../src/contracts/failure';
import { createSqlSources, tableStatement, type SqlConnection } from '../../src/data/sql';

let root: string;
let folder: string;
const shop: SqlConnection = { type: 'duckdb', database: 'shop.duckdb' };
const parquet: SqlConnection = { type: 'duckdb', database: 'sales 2024.parquet' };

async function execute(file: string, statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'automl-duckdb-'));
  folder = path.join(root, 'sources');
  await mkdir(folder);
  await execute(path.join(folder, 'shop.duckdb'), [
    'CREATE TABLE sales (id INTEGER NOT NULL, amount DECIMAL(30, 4), moment TIMESTAMP, day DATE, paid BOOLEAN, note VARCHAR)',
    `INSERT INTO sales VALUES (1, 12345678901234567890.1234, '2024-01-02 03:04:05.678901', '2024-01-02', true, 'A, "x"'),
      (2, NULL, NULL, NULL, false, NULL)`,
    'CREATE SCHEMA "odd.one"',
    'CREATE TABLE "odd.one"."t""x" AS SELECT range AS i FROM range(5000)',
    'CREATE SEQUENCE numbers',
    `CREATE MACRO leak() AS TABLE SELECT * FROM read_text('/etc/passwd')`,
    'CREATE VIEW paid AS SELECT * FROM sales WHERE paid',
    `COPY (SELECT i AS id, i * 1.5 AS price FROM range(3000) AS n(i)) TO '${folder}/sales 2024.parquet' (FORMAT parquet)`,
  ]);
  await execute(path.join(root, 'outside.duckdb'), ['CREATE TABLE secret AS SELECT 1 AS a']);
  await symlink(path.join(root, 'outside.duckdb'), path.join(folder, 'link.duckdb'));
  await writeFile(path.join(folder, 'text.duckdb'), 'this is no database at all, only a text that is long enough');
  await writeFile(path.join(folder, 'none.duckdb'), '');
  await copyFile(path.join(folder, parquet.database), path.join(folder, 'cut.parquet'));
  const { size } = await stat(path.join(folder, 'cut.parquet'));
  await truncate(path.join(folder, 'cut.parquet'), Math.floor(size / 2));
  await copyFile(path.join(folder, shop.database), path.join(folder, 'cut.duckdb'));
  await truncate(path.join(folder, 'cut.duckdb'), 5000);
  await copyFile(path.join(folder, parquet.database), path.join(folder, 'a*.parquet'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const sources = () => createSqlSources({ filesDir: folder, allowedHosts: [] });
const target = (name: string) => path.join(root, 'out', name);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: AutomlError) => error.failure.code,
  );
const first = async (query: string) => (await sources().preview(shop, query, 10)).rows[0];

describe('DuckDB sources', () => {
  it('exports a table exactly, NULL as empty', async () => {
    const file = target('sales.csv');
    const result = await sources().exportQuery(shop, 'SELECT *, id FROM sales ORDER BY id DESC;', file);
    const text = await readFile(file, 'utf8');
    expect(text).toBe(
      'id,amount,moment,day,paid,note,id_2\n2,,,,false,,2\n' +
        '1,12345678901234567890.1234,2024-01-02 03:04:05.678901,2024-01-02,true,"A, ""x""",1\n',
    );
    expect(result).toEqual({ rows: 2, columns: 7, bytes: Buffer.byteLength(text) });
  });

  it.each([
    ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
    ["'\\x00\\xFF'::BLOB", '00ff'],
    ['0.1::DOUBLE', '0.1'],
    ["TIMESTAMPTZ '2024-06-01 12:00:00+02'", '2024-06-01 10:00:00+00'],
    ["{'a': [1, NULL], 'b': 'x'}", '{"a":[1,null],"b":"x"}'],
    ["MAP {'k': 1.5}", '{"k":1.5}'],
    ['NULL', null],
    ["UUID '00000000-0000-0000-0000-000000000001'", '00000000-0000-0000-0000-000000000001'],
  ])('writes %s as %s', async (expression, text) => {
    expect(await first(`SELECT ${expression}`)).toEqual([text]);
  });

  it('keeps the order of more rows than one chunk', async () => {
    const file = target('many.csv');
    const statement = tableStatement('duckdb', { schema: 'odd.one', name: 't"x' });
    expect(await sources().exportQuery(shop, `${statement} ORDER BY i DESC`, file)).toMatchObject({ rows: 5000 });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines).toEqual(['i', ...Array.from({ length: 5000 }, (_, index) => String(4999 - index))]);
  });

  it('outlines tables and views', async () => {
    expect((await sources().outline(shop)).map(({ schema, name }) => [schema, name])).toEqual([
      ['main', 'paid'],
      ['main', 'sales'],
      ['odd.one', 't"x'],
    ]);
    expect((await sources().outline(parquet))[0]!.columns[0]).toEqual({ name: 'id', type: 'BIGINT' });
  });

  it.each([
    ['SELECT sum(i) FROM range(1000000000000) AS n(i)', 'accepted'],
    ['SELECT nothing FROM sales', 'query_invalid'],
    ["SELECT * FROM read_text('/etc/passwd')", 'outside_of_file'],
    ['SELECT 1; SELECT 2', 'several_statements'],
  ])('prepares %s without running it', async (query, outcome) => {
    expect(await codeOf(sources().check(shop, query))).toBe(outcome);
  });

  it('lists tables with their rows, and their columns', async () => {
    expect(await sources().tables(shop)).toEqual([
      { schema: 'main', name: 'paid', kind: 'view', row_estimate: null },
      { schema: 'main', name: 'sales', kind: 'table', row_estimate: 2 },
      { schema: 'odd.one', name: 't"x', kind: 'table', row_estimate: 5000 },
    ]);
    const columns = await sources().columns(shop, { schema: null, name: 'sales' });
    expect(columns.slice(0, 2)).toEqual([
      { name: 'id', type: 'INTEGER', nullable: false },
      { name: 'amount', type: 'DECIMAL(30,4)', nullable: true },
    ]);
  });

  it('reads a Parquet file as the view of its name', async () => {
    const table = { schema: 'main', name: 'sales 2024' };
    expect(await sources().tables(parquet)).toEqual([{ ...table, kind: 'view', row_estimate: 3000 }]);
    expect(await sources().columns(parquet, table)).toMatchObject([{ name: 'id', type: 'BIGINT' }, { name: 'price' }]);
    const file = target('parquet.csv');
    const result = await sources().exportQuery(parquet, tableStatement('duckdb', table), file);
    expect(result).toMatchObject({ rows: 3000, columns: 2 });
    expect((await readFile(file, 'utf8')).split('\n').slice(0, 3)).toEqual(['id,price', '0,0.0', '1,1.5']);
  });

  it.each([
    ["COPY sales TO 'x.csv'", 'query_not_read_only'],
    ["ATTACH 'other.duckdb'", 'query_not_read_only'],
    ['INSTALL httpfs', 'query_not_read_only'],
    ['LOAD httpfs', 'query_not_read_only'],
    ['SET memory_limit = 1', 'query_not_read_only'],
    ['PRAGMA database_list', 'query_not_read_only'],
    ["EXPORT DATABASE 'x'", 'query_not_read_only'],
    ['WITH a AS (SELECT 3) INSERT INTO sales (id) SELECT * FROM a', 'query_not_read_only'],
    ['SELECT 1; DROP TABLE sales', 'several_statements'],
    ["SELECT * FROM read_csv('/etc/passwd')", 'outside_of_file'],
    ["SELECT * FROM read_text('/etc/passwd')", 'outside_of_file'],
    ["SELECT * FROM '/etc/passwd.csv'", 'outside_of_file'],
    ["SELECT * FROM glob('/etc/*')", 'outside_of_file'],
    ['SELECT * FROM leak()', 'outside_of_file'],
    ["SELECT nextval('numbers')", 'query_not_read_only'],
    ['SELECT * FROM nothing', 'query_invalid'],
    ['SELECT * FROM sales WHERE false', 'empty_result'],
  ])('answers %s with %s', async (query, code) => {
    expect(await codeOf(sources().exportQuery(shop, query, target('any.csv')))).toBe(code);
    const fromParquet = await codeOf(sources().exportQuery(parquet, query, target('any.csv')));
    expect(fromParquet).not.toBe('accepted');
  });

  // The folder for temporary files is open to DuckDB even when all else is closed: it must be one of the query's own.
  it('reads and writes no file beside its own, in the folder for temporary files neither', async () => {
    const outside = path.join(root, 'outside.duckdb');
    const before = await readdir(root);
    for (const connection of [shop, parquet]) {
      const temporary = String(
        (await sources().preview(connection, "SELECT current_setting('temp_directory')", 1)).rows[0]?.[0],
      );
      expect(temporary).not.toBe(tmpdir());
      for (const query of [
        `SELECT * FROM read_blob('${outside}')`,
        `SELECT * FROM read_blob('${root}/*')`,
        `SELECT * FROM read_text('${folder}/text.duckdb')`,
        `SELECT * FROM glob('${root}/*')`,
        `SELECT * FROM read_blob('${temporary}/../${path.relative(tmpdir(), outside)}')`,
        `SELECT * FROM enable_logging(storage := 'file', storage_path := '${root}/log')`,
      ]) {
        expect([query, await codeOf(sources().exportQuery(connection, query, target('any.csv')))]).not.toContain(
          'accepted',
        );
      }
      await expect(stat(temporary)).rejects.toMatchObject({ code: 'ENOENT' });
    }
    expect((await readdir(root)).filter((name) => name !== 'out')).toEqual(before.filter((name) => name !== 'out'));
  });

  it('sweeps what a query that was killed had written', async () => {
    const left = await mkdtemp(path.join(tmpdir(), 'automl-duckdb-4194305-'));
    await writeFile(path.join(left, 'spilled.tmp'), 'x');
    await sources().preview(shop, 'SELECT 1', 1);
    await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('stops at its limits and leaves nothing behind', async () => {
    const endless = 'SELECT i FROM range(100000000000) AS n(i)';
    const file = target('limited.csv');
    expect(await codeOf(sources().exportQuery(shop, endless, file, { rows: 5000 }))).toBe('too_many_rows');
    expect(await codeOf(sources().exportQuery(shop, endless, file, { bytes: 5000 }))).toBe('too_many_bytes');
    const busy = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) = 1';
    expect(await codeOf(sources().exportQuery(shop, busy, file, { seconds: 0.5 }))).toBe('query_timeout');
    const stopped = sources().exportQuery(shop, busy, file, {}, AbortSignal.timeout(500));
    await expect(stopped).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await readdir(path.dirname(file))).filter((name) => name.startsWith('limited'))).toEqual([]);
  });

  it('reads only under its folder, links resolved, and names no pattern', async () => {
    for (const database of ['../outside.duckdb', path.join(root, 'outside.duckdb'), 'link.duckdb', 'missing', '.']) {
      const test = await sources().testConnection({ type: 'duckdb', database });
      expect(test).toMatchObject({
        ok: false,
        message: expect.stringContaining('no DuckDB or Parquet file') as string,
      });
    }
    expect(await codeOf(sources().tables({ type: 'duckdb', database: 'a*.parquet' }))).toBe('file_not_allowed');
  });

  it('tells its files from others and from broken ones', async () => {
    expect(await sources().testConnection(shop)).toMatchObject({ ok: true, hint: null });
    expect(await sources().testConnection(parquet)).toMatchObject({ ok: true, hint: null });
    for (const database of ['text.duckdb', 'none.duckdb', 'cut.parquet', 'cut.duckdb']) {
      expect(await codeOf(sources().tables({ type: 'duckdb', database }))).toBe('not_a_database');
    }
  });
});
