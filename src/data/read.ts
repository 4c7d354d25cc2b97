import { createReadStream } from 'node:fs';
import { canonicalTable, withDuckDb } from './duckdb';
import { createDecoder } from './encoding';
import { dataError } from './errors';
import { CHUNK_BYTES, MAX_ROW_CHARACTERS } from './limits';
import { Tokenizer } from './tokenizer';

/** How the canonical file is written. */
export const CANONICAL = { delimiter: ',', quotechar: '"', escapechar: '', row_delimiter: '\n' } as const;

export interface Rows {
  columns: string[];
  rows: Record<string, string>[];
}

/** Some rows of a canonical file, as its text has them; empty where a value is missing. */
export async function readRows(file: string, { offset, limit }: { offset: number; limit: number }): Promise<Rows> {
  let columns: string[] | undefined;
  let seen = 0;
  const rows: Record<string, string>[] = [];
  for await (const row of canonicalRows(file)) {
    if (columns === undefined) {
      columns = row;
      if (limit <= 0) break;
      continue;
    }
    seen += 1;
    if (seen <= offset) continue;
    rows.push(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? ''])));
    if (rows.length >= limit) break;
  }
  return { columns: columns ?? [], rows };
}

/**
 * Some columns of a canonical file as strings, in file order and aligned by row; empty where a value is missing. At most
 * the first `limit` rows. @throws {AutomlError} `unknown_column`.
 */
export async function readColumns(file: string, names: string[], limit?: number): Promise<Record<string, string[]>> {
  if (names.length === 0) return {};
  const { columns } = await readRows(file, { offset: 0, limit: 0 });
  const positions = names.map((name) => columns.indexOf(name));
  const unknown = names.find((_, index) => positions[index] === -1);
  if (unknown !== undefined) {
    throw dataError(
      'unknown_column',
      `The data set has no column "${unknown}".`,
      `Its columns are: ${columns.join(', ')}.`,
    );
  }
  const types = columns.map(() => 'VARCHAR');
  return withDuckDb(types.length, async (connection) => {
    const wanted = positions.map((position, index) => `coalesce(c${position}, '') AS v${index}`).join(', ');
    const bound = limit === undefined ? '' : ` LIMIT ${Math.max(0, Math.floor(limit))}`;
    const reader = await readTable({ file, types }, (table) =>
      connection.runAndReadAll(`SELECT ${wanted} FROM ${table}${bound}`),
    );
    const values = reader.getColumns() as string[][];
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? []]));
  });
}

/** Asks a canonical file; lines beyond DuckDB's usual limit are rare, and room for them costs memory. */
export async function readTable<T>(
  { file, types }: { file: string; types: string[] },
  ask: (table: string) => Promise<T>,
): Promise<T> {
  return ask(canonicalTable(file, types)).catch((error: Error) => {
    if (!/maximum line size/i.test(error.message)) throw error;
    return ask(canonicalTable(file, types, MAX_ROW_CHARACTERS));
  });
}

/** The cells of a canonical file's lines, from the line that begins at byte `start`. */
export async function* canonicalRows(file: string, start = 0): AsyncGenerator<string[]> {
  const decoder = createDecoder('utf-8');
  const tokenizer = new Tokenizer(CANONICAL);
  for await (const chunk of createReadStream(file, { start, highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    yield* tokenizer.push(decoder.write(chunk));
  }
  yield* tokenizer.push(decoder.end());
  yield* tokenizer.end();
}
