import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { z } from 'zod';
import type { CatalogColumn, CatalogTable, ConnectionTest } from '../../contracts/connections';
import type { AutomlError } from '../../contracts/failure';
import { CanonicalWriter, canonicalCell } from '../canonical-writer';
import { dataError } from '../errors';
import { Ledger } from '../ledger';
import { nameColumns } from '../names';
import { MAX_COLUMNS } from '../limits';
import { tooManyColumns } from '../dialect';
import {
  columnOf,
  columnsStatement,
  outlinesOf,
  outlineStatement,
  tableOf,
  tablesStatement,
  type TableOutline,
} from './catalog';
import { duckdb } from './duckdb';
import { classifySqlError } from './failures';
import { Enough, Glance } from './glance';
import { mysqlDriver } from './mysql';
import { postgresql } from './postgresql';
import {
  CONNECT_SECONDS,
  type ExportLimits,
  type RowSink,
  type SqlConnection,
  type SqlDriver,
  type SqlSettings,
} from './source';
import { sqlite } from './sqlite';
import { readOnlyStatement } from './statement';

export { tableStatement, type TableOutline } from './catalog';
export type { ExportLimits, SqlConnection, SqlSettings } from './source';
export { namesIn, readOnlyStatement } from './statement';
export { openConnection, type StoredConnection } from './stored';

export interface SqlExport {
  rows: number;
  columns: number;
  /** Size of the CSV file. */
  bytes: number;
}

/** The databases that data sets may come from. */
export interface SqlSources {
  /** Whether the connection works, and if not, what is wrong and what to do; never throws for the connection's faults. */
  testConnection(connection: SqlConnection, signal?: AbortSignal): Promise<z.infer<typeof ConnectionTest>>;
  /**
   * Streams the rows of one read-only statement into a CSV file (UTF-8, comma, header), which appears as a whole or
   * not at all. @throws {AutomlError} with the cause; `too_many_rows`, `too_many_bytes`, `query_timeout` over a limit.
   */
  exportQuery(
    connection: SqlConnection,
    query: string,
    destination: string,
    limits?: Partial<ExportLimits>,
    signal?: AbortSignal,
  ): Promise<SqlExport>;
  /** Tables and views that the connection may read, at most 10,000. */
  tables(connection: SqlConnection): Promise<CatalogTable[]>;
  columns(connection: SqlConnection, table: { schema: string | null; name: string }): Promise<CatalogColumn[]>;
  /** The first rows of one read-only statement; what comes after them is not read. */
  preview(connection: SqlConnection, query: string, limit: number): Promise<SqlPreview>;
  /** What may be read, as far as its first 50,000 columns go. */
  outline(connection: SqlConnection, signal?: AbortSignal): Promise<TableOutline[]>;
  /**
   * Whether a database would run one read-only statement, which is not run.
   * @returns the statement, without its closing semicolon
   * @throws {AutomlError} with what speaks against it
   */
  check(connection: SqlConnection, query: string, signal?: AbortSignal): Promise<string>;
}

export interface SqlPreview {
  columns: string[];
  rows: (string | null)[][];
}

/** What a query may cost unless the caller says otherwise. */
export const DEFAULT_LIMITS: ExportLimits = { rows: 10_000_000, bytes: 2 * 1024 ** 3, seconds: 600 };

const GLANCE_SECONDS = 20;
const MOST_TABLES = 10_000;
const MOST_OUTLINED_COLUMNS = 50_000;

const DRIVERS: Record<SqlConnection['type'], SqlDriver> = { sqlite, postgresql, mysql: mysqlDriver, duckdb };

/** SQL sources under an installation's rules: `createSqlSources(config.sqlSources)`. */
export function createSqlSources(settings: SqlSettings): SqlSources {
  const glance = (connection: SqlConnection, statement: string, limit: number, signal?: AbortSignal) =>
    firstRows({ connection, statement, settings, signal }, limit);
  return {
    async tables(connection) {
      return (await glance(connection, tablesStatement(connection.type), MOST_TABLES)).rows.map(tableOf);
    },

    async columns(connection, table) {
      return (await glance(connection, columnsStatement(connection.type, table), MAX_COLUMNS)).rows.map(columnOf);
    },

    async preview(connection, query, limit) {
      return await glance(connection, readOnlyStatement(query, connection.type), limit);
    },

    async outline(connection, signal) {
      const ask = (kinds: 'all' | 'tables') =>
        glance(connection, outlineStatement(connection.type, kinds), MOST_OUTLINED_COLUMNS, signal);
      const { rows } = await ask('all').catch((error: unknown) => {
        if (connection.type !== 'sqlite' || (error as AutomlError).failure?.code !== 'query_invalid') throw error;
        return ask('tables');
      });
      return outlinesOf(rows);
    },

    async check(connection, query, caller) {
      const statement = readOnlyStatement(query, connection.type);
      const driver = DRIVERS[connection.type];
      await briefly({ connection, caller }, (signal) => driver.prepare({ connection, statement, signal }, settings));
      return statement;
    },

    async testConnection(connection, signal) {
      const deadline = AbortSignal.timeout(2 * CONNECT_SECONDS * 1000);
      try {
        const both = signal ? AbortSignal.any([signal, deadline]) : deadline;
        const server = await DRIVERS[connection.type].test(connection, settings, both);
        return { ok: true, message: `Connected to ${server}.`, hint: null };
      } catch (error) {
        signal?.throwIfAborted();
        const { message, hint } = classifySqlError(error, connection).failure;
        return { ok: false, message, hint };
      }
    },

    async exportQuery(connection, query, destination, limits = {}, signal) {
      const bounds = { ...DEFAULT_LIMITS, ...limits };
      const statement = readOnlyStatement(query, connection.type);
      await mkdir(path.dirname(destination), { recursive: true });
      const writer = await CanonicalWriter.create(destination);
      const deadline = AbortSignal.timeout(bounds.seconds * 1000);
      const both = signal ? AbortSignal.any([signal, deadline]) : deadline;
      try {
        const sink = new ExportSink(writer, bounds);
        await DRIVERS[connection.type].stream({ connection, statement, limits: bounds, signal: both }, settings, sink);
        sink.finish();
        await writer.finish();
        await writer.publish();
        return { rows: sink.count, columns: sink.width, bytes: writer.bytes };
      } catch (error) {
        await writer.discard();
        signal?.throwIfAborted();
        throw classifySqlError(deadline.aborted && !isOurs(error) ? deadline.reason : error, connection);
      }
    },
  };
}

/** Reads no more than so many rows, and not for long. */
async function firstRows(
  { connection, statement, settings, signal: caller }: GlanceQuery,
  limit: number,
): Promise<SqlPreview> {
  const sink = new Glance(limit);
  const limits = { rows: limit, bytes: DEFAULT_LIMITS.bytes, seconds: GLANCE_SECONDS };
  await briefly({ connection, caller }, async (signal) => {
    try {
      await DRIVERS[connection.type].stream({ connection, statement, limits, signal }, settings, sink);
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
    }
  });
  return { columns: sink.names, rows: sink.cells };
}

interface GlanceQuery {
  connection: SqlConnection;
  statement: string;
  settings: SqlSettings;
  signal?: AbortSignal | undefined;
}

/** Does what must not take long; what goes wrong leaves as a failure. */
async function briefly(
  { connection, caller }: { connection: SqlConnection; caller: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const deadline = AbortSignal.timeout(GLANCE_SECONDS * 1000);
  try {
    await work(caller ? AbortSignal.any([caller, deadline]) : deadline);
  } catch (error) {
    caller?.throwIfAborted();
    throw classifySqlError(deadline.aborted && !isOurs(error) ? deadline.reason : error, connection);
  }
}

function isOurs(error: unknown): boolean {
  return (error as { name?: string }).name === 'AutomlError';
}

/** Writes rows as they come and stops at the limits. */
class ExportSink implements RowSink {
  count = 0;
  width = 0;
  /** The header line until it is written. */
  private header: string[] = [];

  constructor(
    private readonly writer: CanonicalWriter,
    private readonly limits: ExportLimits,
  ) {}

  columns(names: string[]): void {
    if (this.width > 0) return;
    if (names.length > MAX_COLUMNS) throw tooManyColumns(names.length);
    this.width = names.length;
    const unique = nameColumns([names], names.length, new Ledger()).map(({ name }) => name);
    this.header = [unique.map(canonicalCell).join(',')];
  }

  async rows(batch: (string | null)[][]): Promise<void> {
    this.count += batch.length;
    if (this.count > this.limits.rows) {
      throw tooLarge('too_many_rows', `The query gives more than ${this.limits.rows} rows.`);
    }
    await this.writer.write([...this.header, ...batch.map(lineOf)]);
    this.header = [];
    if (this.writer.bytes > this.limits.bytes) {
      throw tooLarge('too_many_bytes', `The query gives more than ${this.limits.bytes} bytes.`);
    }
  }

  finish(): void {
    if (this.count > 0) return;
    throw dataError('empty_result', 'The query gives no rows.', 'Widen its conditions, or check the table it reads.');
  }
}

function lineOf(row: (string | null)[]): string {
  const line = row.map((value) => canonicalCell(value ?? '')).join(',');
  return line === '' ? '""' : line;
}

function tooLarge(code: string, message: string): Error {
  return dataError(code, message, 'Narrow the query with WHERE or LIMIT, or aggregate in the database.');
}
