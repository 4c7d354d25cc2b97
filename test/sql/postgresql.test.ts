import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { AutomlError } from '../../src/contracts/failure';
import { createSqlSources, type SqlConnection } from '../../src/data';
import { freePort, missingServer, startPostgres, type Server } from './servers';

const PASSWORD = 'rea:der/pa55';
let server: Server;
let folder: string;

async function asAdmin(sql: string, database = 'postgres'): Promise<void> {
  const client = new Client({
    host: '127.0.0.1',
    port: server.port,
    user: 'postgres',
    password: server.adminPassword,
    database,
  });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const suite = missingServer.postgresql ? describe.skip : describe;
suite(`PostgreSQL sources ${missingServer.postgresql ?? ''}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'automl-sql-'));
    server = await startPostgres();
    await asAdmin('CREATE DATABASE shop');
    await asAdmin(
      `CREATE TABLE sales (day date, at timestamptz, amount numeric(10,2), big bigint, ok boolean, note text, tags text[]);
       INSERT INTO sales VALUES
         ('2024-01-31', '2024-01-31 10:00:00+02', 1234.50, 9007199254740993, true, 'a, "b"' || chr(10) || 'c', '{x,y}'),
         (NULL, NULL, NULL, NULL, false, '', NULL);
       CREATE SEQUENCE counter;
       CREATE TABLE secret (a int);
       CREATE USER reader PASSWORD '${PASSWORD}';
       GRANT SELECT ON sales TO reader;
       GRANT ALL ON SEQUENCE counter TO reader;
       GRANT INSERT ON sales TO reader`,
      'shop',
    );
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const connection = (changes: Partial<SqlConnection> = {}): SqlConnection => ({
    type: 'postgresql',
    host: 'localhost',
    port: server.port,
    database: 'shop',
    username: 'reader',
    password: PASSWORD,
    ...changes,
  });
  const sources = createSqlSources({ filesDir: '/nowhere', allowedHosts: [] });
  const file = () => path.join(folder, 'out.csv');
  const failureOf = async (query: string, more: { limits?: object; signal?: AbortSignal } = {}) => {
    const work = sources.exportQuery(connection(), query, file(), more.limits, more.signal);
    const error = (await work.catch((thrown: unknown) => thrown)) as AutomlError;
    expect(await readdir(folder)).toEqual([]);
    return error.failure ?? error;
  };

  it('exports every type as the server writes it', async () => {
    const result = await sources.exportQuery(connection(), 'SELECT *, day FROM sales ORDER BY day;', file());
    const text = await readFile(file(), 'utf8');
    expect(text).toBe(
      'day,at,amount,big,ok,note,tags,day_2\n' +
        '2024-01-31,2024-01-31 08:00:00+00,1234.50,9007199254740993,true,"a, ""b""\nc","{x,y}",2024-01-31\n' +
        ',,,,false,,,\n',
    );
    expect(result).toEqual({ rows: 2, columns: 8, bytes: Buffer.byteLength(text) });
    await rm(file());
  });

  it('outlines what the user may read, and nothing else', async () => {
    const [outline, ...others] = await sources.outline(connection());
    expect(outline).toMatchObject({ schema: 'public', name: 'sales' });
    expect(outline!.columns).toEqual(
      expect.arrayContaining([
        { name: 'amount', type: 'numeric(10,2)' },
        { name: 'tags', type: 'text[]' },
      ]),
    );
    expect(others).toEqual([]);
  });

  it.each([
    ["SELECT nextval('counter'), pg_sleep(60)", 'accepted'],
    ['SHOW server_version', 'accepted'],
    ['WITH d AS (DELETE FROM sales RETURNING *) SELECT * FROM d', /query_not_read_only|query_invalid/],
    ['SELECT nothing FROM sales', /query_invalid/],
    ['SELECT * FROM secret', /permission_denied/],
    ['SELECT 1 INTO copied', /query_not_read_only|query_invalid/],
  ])('prepares %s without running it', async (query, outcome) => {
    const code = await sources.check(connection(), query).then(
      () => 'accepted',
      (error: AutomlError) => error.failure.code,
    );
    expect(code).toMatch(outcome);
    expect((await sources.preview(connection(), 'SELECT is_called FROM counter', 1)).rows).toEqual([['false']]);
  });

  it('pages through a cursor, in order and once', async () => {
    expect(await sources.exportQuery(connection(), 'SELECT generate_series(1, 3000) AS i', file())).toMatchObject({
      rows: 3000,
    });
    const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n');
    expect(lines).toEqual(['i', ...Array.from({ length: 3000 }, (_, index) => String(index + 1))]);
    await rm(file());
  });

  it.each([
    ['SELECT * FROM nothing', 'query_invalid'],
    ['SELECT * FROM secret', 'permission_denied'],
    ['SELECT 1; DROP TABLE sales', 'several_statements'],
    ["WITH x AS (INSERT INTO sales (note) VALUES ('x') RETURNING 1) SELECT * FROM x", 'query_not_read_only'],
    ["SELECT nextval('counter')", 'query_not_read_only'],
    ['SELECT 1 WHERE false', 'empty_result'],
    ['SELECT 1/0', 'query_invalid'],
  ])('answers %s with %s', async (query, code) => {
    expect(await failureOf(query)).toMatchObject({ code, category: 'data' });
  });

  it('keeps to its limits', async () => {
    expect(await failureOf('SELECT pg_sleep(60)', { limits: { seconds: 1 } })).toMatchObject({ code: 'query_timeout' });
    const many = 'SELECT generate_series(1, 1000000000) AS i';
    expect(await failureOf(many, { limits: { rows: 5000 } })).toMatchObject({ code: 'too_many_rows' });
    expect(await failureOf(many, { limits: { bytes: 10_000 } })).toMatchObject({ code: 'too_many_bytes' });
  }, 90_000);

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const work = failureOf('SELECT pg_sleep(60)', { signal: stop.signal });
    stop.abort(new Error('cancelled'));
    expect(await work).toEqual(new Error('cancelled'));
  });

  it('says what is wrong with a connection, and never the password', async () => {
    expect(await sources.testConnection(connection())).toMatchObject({
      ok: true,
      message: expect.stringMatching(/PostgreSQL \d+/) as string,
    });
    const cases: [Partial<SqlConnection>, RegExp][] = [
      [{ password: 'wrong-one' }, /refused the user "reader"/],
      [{ password: '' }, /refused the user "reader"|does not understand|password/i],
      [{ database: 'nope' }, /no database "nope"/],
      [{ port: await freePort() }, /Nothing answers at localhost/],
      [{ host: 'no-such-host.invalid' }, /has no address/],
      [{ host: '169.254.169.254' }, /not allowed/],
    ];
    for (const [changes, message] of cases) {
      const test = await sources.testConnection(connection(changes));
      expect(test).toEqual({
        ok: false,
        message: expect.stringMatching(message) as string,
        hint: expect.any(String) as string,
      });
      expect(JSON.stringify(test)).not.toMatch(/wrong-one|pa55/);
    }
  });

  it('connects to listed hosts only, where there is a list', async () => {
    const listed = createSqlSources({ filesDir: '/nowhere', allowedHosts: ['db.example.org'] });
    expect(await listed.testConnection(connection())).toMatchObject({
      ok: false,
      message: expect.stringContaining('not among') as string,
    });
  });
});
