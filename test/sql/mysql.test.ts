import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mysql from 'mysql2/promise';
import type { AutomlError } from '../../src/contracts/failure';
import { createSqlSources, type SqlConnection } from '../../src/data';
import { freePort, missingServer, startMariaDb, type Server } from './servers';

const PASSWORD = 'rea:der/pa55';
let server: Server;
let folder: string;

const suite = missingServer.mariadb ? describe.skip : describe;
suite(`MySQL sources on MariaDB ${missingServer.mariadb ?? ''}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'automl-sql-'));
    server = await startMariaDb();
    const admin = await mysql.createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'admin',
      password: server.adminPassword,
    });
    for (const sql of [
      'CREATE DATABASE shop CHARACTER SET utf8mb4',
      'CREATE TABLE shop.sales (day date, at datetime, amount decimal(10,2), big bigint unsigned, flag bit(1), note text, raw blob)',
      `INSERT INTO shop.sales VALUES ('2024-01-31', '2024-01-31 10:00:00', 1234.50, 18446744073709551615, b'1', 'a, "ñ"\\nc', 'xyz'),
       (NULL, NULL, NULL, NULL, b'0', '', NULL)`,
      'CREATE TABLE shop.secret (a int)',
      "CREATE FUNCTION shop.spoil() RETURNS int MODIFIES SQL DATA BEGIN INSERT INTO shop.sales (note) VALUES ('x'); RETURN 1; END",
      `CREATE USER reader@'%' IDENTIFIED BY '${PASSWORD}'`,
      "GRANT SELECT ON shop.sales TO reader@'%'",
      "GRANT SELECT ON shop.seq_1_to_3000 TO reader@'%'",
      "GRANT SELECT ON shop.seq_1_to_100000000 TO reader@'%'",
      "GRANT EXECUTE ON FUNCTION shop.spoil TO reader@'%'",
    ]) {
      await admin.query(sql);
    }
    await admin.end();
  }, 90_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }, 90_000);

  const connection = (changes: Partial<SqlConnection> = {}): SqlConnection => ({
    type: 'mysql',
    host: '127.0.0.1',
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

  it('outlines what the user may read, and nothing else', async () => {
    const outlines = await sources.outline(connection());
    const sales = outlines.find(({ name }) => name === 'sales');
    expect(sales).toMatchObject({
      schema: 'shop',
      columns: [{ name: 'day', type: 'date' }, { name: 'at' }, {}, {}, {}, {}, {}],
    });
    expect(outlines.map(({ name }) => name)).not.toContain('secret');
  });

  it.each([
    ['SELECT sleep(60)', 'accepted'],
    ['SELECT spoil()', 'query_not_read_only'],
    ['SELECT nothing FROM sales', 'query_invalid'],
    ['SELECT * FROM secret', 'permission_denied'],
    ['SELECT * FROM', 'query_invalid'],
  ])('prepares %s without running it', async (query, outcome) => {
    const code = await sources.check(connection(), query).then(
      () => 'accepted',
      (error: AutomlError) => error.failure.code,
    );
    expect(code).toBe(outcome);
    expect((await sources.preview(connection(), 'SELECT count(*) FROM sales', 1)).rows).toEqual([['2']]);
  });

  it('exports every type as the server writes it', async () => {
    const result = await sources.exportQuery(connection(), 'SELECT *, day FROM sales ORDER BY day DESC', file());
    const text = await readFile(file(), 'utf8');
    expect(text).toBe(
      'day,at,amount,big,flag,note,raw,day_2\n' +
        '2024-01-31,2024-01-31 10:00:00,1234.50,18446744073709551615,1,"a, ""ñ""\nc",xyz,2024-01-31\n' +
        ',,,,0,,,\n',
    );
    expect(result).toEqual({ rows: 2, columns: 8, bytes: Buffer.byteLength(text) });
    await rm(file());
  });

  it('streams many rows, in order and once', async () => {
    expect(await sources.exportQuery(connection(), 'SELECT seq AS i FROM seq_1_to_3000', file())).toMatchObject({
      rows: 3000,
    });
    const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n');
    expect(lines).toEqual(['i', ...Array.from({ length: 3000 }, (_, index) => String(index + 1))]);
    await rm(file());
  });

  it.each([
    ['SELECT * FROM nothing', /query_invalid|permission_denied/],
    ['SELECT nothing FROM sales', /query_invalid/],
    ['SELEC 1', /query_not_read_only/],
    ['SELECT FROM WHERE', /query_invalid/],
    ['SELECT * FROM secret', /permission_denied/],
    ['SELECT 1; DROP TABLE sales', /several_statements/],
    ['SELECT spoil()', /query_not_read_only/],
    ['SELECT 1 FROM sales WHERE false', /empty_result/],
  ])('answers %s with %s', async (query, code) => {
    expect(await failureOf(query)).toMatchObject({ code: expect.stringMatching(code) as string, category: 'data' });
  });

  it('keeps to its limits', async () => {
    expect(await failureOf('SELECT sleep(60)', { limits: { seconds: 1 } })).toMatchObject({ code: 'query_timeout' });
    const many = 'SELECT seq FROM seq_1_to_100000000';
    expect(await failureOf(many, { limits: { rows: 5000 } })).toMatchObject({ code: 'too_many_rows' });
    expect(await failureOf(many, { limits: { bytes: 10_000 } })).toMatchObject({ code: 'too_many_bytes' });
  }, 90_000);

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const work = failureOf('SELECT sleep(60)', { signal: stop.signal });
    stop.abort(new Error('cancelled'));
    expect(await work).toEqual(new Error('cancelled'));
  });

  it('says what is wrong with a connection, and never the password', async () => {
    expect(await sources.testConnection(connection())).toMatchObject({
      ok: true,
      message: expect.stringMatching(/MySQL \d+/) as string,
    });
    const cases: [Partial<SqlConnection>, RegExp][] = [
      [{ password: 'wrong-one' }, /refused the user "reader"/],
      [{ database: 'nope' }, /no database "nope"|refused the user/],
      [{ port: await freePort() }, /Nothing answers at 127/],
      [{ host: 'no-such-host.invalid' }, /has no address/],
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
});
