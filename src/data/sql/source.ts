import type { CONNECTION_TYPES } from '../../contracts/connections';

/** Where to connect, as the user gave it. */
export interface SqlConnection {
  type: (typeof CONNECTION_TYPES)[number];
  host?: string | null;
  port?: number | null;
  /** For SQLite and DuckDB a file under the configured folder. */
  database: string;
  username?: string | null;
  password?: string | null;
}

export interface SqlSettings {
  /** The folder under which SQLite, DuckDB and Parquet files may lie. */
  filesDir: string;
  /**
   * Host names or addresses that may be connected to. Empty: every host, public, private or this machine, but for the
   * address ranges that `addresses.ts` always refuses.
   */
  allowedHosts: string[];
}

/** What one query may cost; a query that needs more fails. */
export interface ExportLimits {
  rows: number;
  bytes: number;
  seconds: number;
}

/** Takes the rows of one query, in order; null is SQL's NULL. */
export interface RowSink {
  columns(names: string[]): void;
  rows(batch: (string | null)[][]): Promise<void>;
}

/** One database system. Foreign errors leave as they are; `classifySqlError` makes them failures. */
export interface SqlDriver {
  /** Connects; the server's name and version. */
  test(connection: SqlConnection, settings: SqlSettings, signal: AbortSignal): Promise<string>;
  /** Runs one read-only statement and hands its rows on as they come. */
  stream(query: SqlQuery, settings: SqlSettings, sink: RowSink): Promise<void>;
  /** Has the database read one statement and look its names up, without running it. */
  prepare(query: Omit<SqlQuery, 'limits'>, settings: SqlSettings): Promise<void>;
}

export interface SqlQuery {
  connection: SqlConnection;
  statement: string;
  limits: ExportLimits;
  signal: AbortSignal;
}

/** Seconds until a connection must stand. */
export const CONNECT_SECONDS = 10;
/** Rows that are fetched and written at a time. */
export const BATCH_ROWS = 1000;
