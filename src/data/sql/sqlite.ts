import sqlite3 from 'sqlite3';
import { allowedFile } from './files';
import { BATCH_ROWS, type RowSink, type SqlDriver, type SqlQuery, type SqlSettings } from './source';

type Row = Record<string, unknown>;

const PAGE_BYTES = 4096;
const INTERRUPT_MILLISECONDS = 50;

/** SQLite files under one folder, opened read-only. */
export const sqlite: SqlDriver = {
  async test({ database }, settings, signal) {
    return withDatabase(database, settings, signal, async (db) => {
      const rows = await all(db, 'SELECT sqlite_version() AS version, (SELECT count(*) FROM sqlite_schema) AS objects');
      return `SQLite ${String(rows[0]?.version)}`;
    });
  },

  async stream({ connection, statement, limits, signal }: SqlQuery, settings, sink) {
    await withDatabase(connection.database, settings, signal, async (db) => {
      await run(db, `PRAGMA temp.max_page_count = ${Math.ceil((2 * limits.bytes) / PAGE_BYTES) + 16}`);
      // As a subquery only a reading statement is grammatical, ATTACH and PRAGMA are not; and equal column names differ.
      await run(db, `CREATE TEMP TABLE source AS SELECT * FROM (\n${statement}\n) LIMIT ${limits.rows + 1}`);
      await copyRows(db, signal, sink);
    });
  },

  async prepare({ connection, statement, signal }, settings) {
    await withDatabase(connection.database, settings, signal, (db) => prepare(db, `SELECT * FROM (\n${statement}\n)`));
  },
};

/**
 * Hands on the temporary table page by page. The driver can step through a query only row by row, at a hundred times the
 * cost, or else takes the whole result into memory.
 */
async function copyRows(db: sqlite3.Database, signal: AbortSignal, sink: RowSink): Promise<void> {
  const columns = await all(db, 'PRAGMA temp.table_info(source)');
  const names = columns.map(({ name }) => String(name));
  sink.columns(names);
  const key = ['rowid', '_rowid_', 'oid'].find((each) => !names.some((name) => name.toLowerCase() === each)) ?? 'rowid';
  for (let from = 0; ; from += BATCH_ROWS) {
    signal.throwIfAborted();
    const page = `SELECT * FROM temp.source WHERE ${key} > ${from} AND ${key} <= ${from + BATCH_ROWS} ORDER BY ${key}`;
    const rows = await all(db, page);
    await sink.rows(rows.map((row) => names.map((name) => textOf(row[name]))));
    if (rows.length < BATCH_ROWS) return;
  }
}

async function withDatabase<T>(
  file: string,
  settings: SqlSettings,
  signal: AbortSignal,
  work: (db: sqlite3.Database) => Promise<T>,
): Promise<T> {
  const resolved = await allowedFile(file, settings.filesDir, 'SQLite file');
  const db = await open(resolved);
  let interrupting: NodeJS.Timeout | undefined;
  const interrupt = () => {
    // Again and again: an interrupt that comes just before a statement starts does not stop it.
    interrupting = setInterval(() => db.interrupt(), INTERRUPT_MILLISECONDS);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    // The file is as foreign as the query: functions named in its schema are not trusted.
    await run(db, 'PRAGMA trusted_schema = OFF');
    return await work(db);
  } finally {
    signal.removeEventListener('abort', interrupt);
    clearInterval(interrupting);
    await new Promise<void>((resolve) => db.close(() => resolve()));
  }
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}

function open(file: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const db: sqlite3.Database = new sqlite3.Database(file, sqlite3.OPEN_READONLY, (error) =>
      error ? reject(error) : resolve(db),
    );
  });
}

function prepare(db: sqlite3.Database, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const prepared = db.prepare(sql, (error: Error | null) =>
      error ? reject(error) : prepared.finalize(() => resolve()),
    );
  });
}

function run(db: sqlite3.Database, sql: string): Promise<void> {
  return new Promise((resolve, reject) => db.run(sql, (error: Error | null) => (error ? reject(error) : resolve())));
}

function all(db: sqlite3.Database, sql: string): Promise<Row[]> {
  return new Promise((resolve, reject) =>
    db.all(sql, (error: Error | null, rows: Row[]) => (error ? reject(error) : resolve(rows))),
  );
}
