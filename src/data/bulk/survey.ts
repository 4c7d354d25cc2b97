import type { DuckDBConnection } from '@duckdb/node-api';
import { BULK_BATCH, BULK_KEYS } from '../limits';
import { literal, MARK, type ColumnKey } from './keys';

/** What all of a column's cells are, summed up. */
export interface ColumnSurvey {
  key: ColumnKey;
  /** Distinct raw cells with their counts, sorted. */
  cells: [string, number][];
  /** Representatives of the cells that were summed up. */
  alike: [string, number][];
  empty: number;
}

export interface Survey {
  columns: ColumnSurvey[];
  /** Rows of the table, and rows of nothing but delimiters. */
  rows: number;
  blankRows: number;
  /** Line breaks inside cells. */
  breaks: number;
  /** Rows that say again what the header says. */
  repeatedHeaders: number;
}

/** Rows of nothing but delimiters. */
export function isBlankRow(width: number): string {
  return `(coalesce(${Array.from({ length: width }, (_, index) => `c${index}`).join(', ')}) IS NULL)`;
}

/** Sums up every column, in one pass unless the table is wide; undefined where there are too many distinct cells. */
export async function surveyColumns(
  connection: DuckDBConnection,
  { table, keys, header }: { table: string; keys: ColumnKey[]; header: string[] },
): Promise<Survey | undefined> {
  const columns = keys.map((key): ColumnSurvey => ({ key, cells: [], alike: [], empty: 0 }));
  const survey: Survey = { columns, rows: 0, blankRows: 0, breaks: 0, repeatedHeaders: 0 };
  await surveyRows(connection, { table, header }, survey);
  let left = BULK_KEYS;
  for (let start = 0; start < keys.length; start += BULK_BATCH) {
    const batch = columns.slice(start, start + BULK_BATCH);
    left -= await surveyBatch(connection, { table, batch, start, left });
    if (left < 0) return undefined;
  }
  for (const column of columns) {
    column.cells.sort(([a], [b]) => (a < b ? -1 : 1));
    column.empty -= survey.blankRows;
  }
  return survey;
}

async function surveyRows(
  connection: DuckDBConnection,
  { table, header }: { table: string; header: string[] },
  survey: Survey,
): Promise<void> {
  const width = survey.columns.length;
  const broken = survey.columns.map((_, index) => `length(c${index}) - length(replace(c${index}, chr(10), ''))`);
  const breaks = broken.map((count) => `coalesce(${count}, 0)`).join(' + ');
  const quoted = table.includes(`quote='"'`);
  const repeats = header.map((cell, index) => `coalesce(c${index}, '') = ${literal(cell)}`).join(' AND ') || 'false';
  const sql = `SELECT count(*), count_if(${isBlankRow(width)}), ${quoted ? `sum(${breaks})` : '0'}, count_if(${repeats}) FROM ${table}`;
  const [row] = (await connection.runAndReadAll(sql)).getRows();
  const [all, blank, lines, repeated] = row as (bigint | null)[];
  survey.rows = Number(all) - Number(blank);
  survey.repeatedHeaders = Number(repeated);
  survey.blankRows = Number(blank);
  survey.breaks = Number(lines ?? 0);
}

interface Batch {
  table: string;
  batch: ColumnSurvey[];
  /** The number of the batch's first column. */
  start: number;
  /** Distinct cells that may still come back. */
  left: number;
}

/** How many distinct cells came back. */
async function surveyBatch(connection: DuckDBConnection, { table, batch, start, left }: Batch): Promise<number> {
  const names = batch.map((_, index) => `k${index}`).join(', ');
  const sums = batch.map(({ key }, index) => `${key.sql(`c${start + index}`)} AS k${index}`).join(', ');
  const sets = batch.map((_, index) => `(k${index})`).join(', ');
  // One of a row's keys is grouped by: the only one that is not NULL.
  const key = batch.length === 1 ? 'k0' : `coalesce(${names})`;
  const sql = `SELECT GROUPING_ID(${names})::BIGINT AS g, ${key} AS k, count(*)::BIGINT AS n
    FROM (SELECT ${sums} FROM ${table}) GROUP BY GROUPING SETS (${sets})`;
  const all = 2n ** BigInt(batch.length) - 1n;
  const columnOf = new Map(batch.map((column, index) => [all - 2n ** BigInt(batch.length - 1 - index), column]));
  let count = 0;
  for await (const rows of (await connection.stream(sql)).yieldRows()) {
    for (const [group, cell, times] of rows as [bigint, string | null, bigint][]) {
      const column = columnOf.get(group) as ColumnSurvey;
      if (cell === null) column.empty += Number(times);
      else if (cell.startsWith(MARK)) column.alike.push([cell.slice(MARK.length), Number(times)]);
      else column.cells.push([cell, Number(times)]);
    }
    count += rows.length;
    if (count > left) break;
  }
  return count;
}
