import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';
import { AutomlError } from '../../contracts/failure';

const execute = promisify(execFile);
/** Writers hold SQLite's lock for moments; a backup can wait. */
const BUSY_MS = 30_000;
const DUMP_MAX_OUTPUT = 1024 ** 2;

/** A consistent copy of a SQLite database that others read and write meanwhile. */
export async function snapshotSqlite(file: string, to: string): Promise<void> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(file, sqlite3.OPEN_READWRITE, (error) =>
      error ? reject(error) : resolve(opened),
    );
  });
  const run = (sql: string, parameters: unknown[] = []) =>
    new Promise<void>((resolve, reject) => {
      database.run(sql, parameters, (error: Error | null) => (error ? reject(error) : resolve()));
    });
  try {
    await run(`PRAGMA busy_timeout = ${BUSY_MS}`);
    await run('VACUUM INTO ?', [to]);
  } finally {
    await new Promise<void>((resolve) => database.close(() => resolve()));
  }
}

/** A consistent dump of the PostgreSQL database. @throws {AutomlError} `pg_dump_failed` */
export async function dumpPostgres(url: string, to: string): Promise<void> {
  await postgresTool('pg_dump', ['--format=custom', '--no-owner', '--no-privileges', `--file=${to}`], url);
}

/** All or nothing; what is there is replaced. @throws {AutomlError} `pg_restore_failed` */
export async function restorePostgres(url: string, from: string): Promise<void> {
  const { pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  const options = ['--clean', '--if-exists', '--no-owner', '--no-privileges', '--single-transaction'];
  await postgresTool('pg_restore', [...options, `--dbname=${database}`, from], url);
}

/** The password travels in the environment: arguments can be read by every user of the machine. */
async function postgresTool(program: 'pg_dump' | 'pg_restore', args: string[], url: string): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    PGHOST: decodeURIComponent(hostname),
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
  };
  try {
    await execute(program, args, { env, maxBuffer: DUMP_MAX_OUTPUT });
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    const missing = code === 'ENOENT';
    throw new AutomlError(
      {
        category: 'system',
        code: `${program}_failed`,
        message: missing ? `${program} is not installed here.` : `${program} failed: ${stderr?.trim() || message}`,
        hint: missing
          ? 'Install the PostgreSQL client (Debian, Ubuntu: apt-get install postgresql-client), of the version of the server or newer.'
          : 'Check that DATABASE_URL is right and that the server answers.',
      },
      { cause: error },
    );
  }
}
