import { DuckDBTypeId, StatementType, type DuckDBConnection } from '@duckdb/node-api';
import { dataError } from '../errors';
import { withDuckDbFile } from './duckdb-file';
import type { SqlDriver, SqlQuery } from './source';

const NESTED: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.LIST,
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.MAP,
  DuckDBTypeId.UNION,
]);

/** DuckDB databases and Parquet files under one folder, opened read-only. */
export const duckdb: SqlDriver = {
  async test({ database }, settings, signal) {
    return withDuckDbFile({ file: database, folder: settings.filesDir, signal }, async (connection) => {
      const reader = await connection.runAndReadAll('SELECT version(), count(*) FROM duckdb_tables()');
      return `DuckDB ${String(reader.getRows()[0]?.[0])}`;
    });
  },

  async stream(query: SqlQuery, settings, sink) {
    const { connection: source, statement, limits, signal } = query;
    await withDuckDbFile({ file: source.database, folder: settings.filesDir, signal }, async (connection) => {
      const columns = await columnsOf(connection, statement);
      sink.columns(columns.map(({ name }) => name));
      const texts = columns.map(({ type }, index) => asText(`c${index}`, type)).join(', ');
      const aliases = columns.map((_, index) => `c${index}`).join(', ');
      // As a subquery only a reading statement is grammatical. DuckDB writes the texts: nothing is rounded on the way.
      const result = await connection.stream(
        `SELECT ${texts} FROM (\n${statement}\n) AS source(${aliases}) LIMIT ${limits.rows + 1}`,
      );
      for (;;) {
        signal.throwIfAborted();
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        await sink.rows(chunk.getRows() as (string | null)[][]);
      }
    });
  },

  async prepare({ connection: source, statement, signal }, settings) {
    await withDuckDbFile({ file: source.database, folder: settings.filesDir, signal }, async (connection) => {
      await columnsOf(connection, statement);
    });
  },
};

/** Names and types of a statement's columns, without running it. */
async function columnsOf(connection: DuckDBConnection, statement: string) {
  const statements = await connection.extractStatements(statement);
  if (statements.count !== 1) {
    throw dataError('several_statements', 'The query has more than one statement.', 'Enter a single SELECT statement.');
  }
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT) {
    throw dataError(
      'query_not_read_only',
      'Only queries that read are run: SELECT, WITH, VALUES or FROM.',
      'Enter a single SELECT statement that changes nothing.',
    );
  }
  return Array.from({ length: prepared.columnCount }, (_, index) => ({
    name: prepared.columnName(index),
    type: prepared.columnTypeId(index),
  }));
}

function asText(column: string, type: DuckDBTypeId): string {
  if (type === DuckDBTypeId.BLOB) return `lower(hex(${column}))`;
  return NESTED.has(type) ? `CAST(to_json(${column}) AS VARCHAR)` : `CAST(${column} AS VARCHAR)`;
}
