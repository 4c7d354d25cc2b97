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

const BLANK = 'blank';
const HEADER = 'header';

/** Rows of nothing but delimiters. */
export function isBlankRow(width: number): string {
  return `(coalesce(${Array.from({ length: width }, (_, index) => `c${index}`).join(', ')}) IS NULL)`;
}

/** Sums up rows and columns, in one pass unless the table is wide; undefined where there are too many distinct cells. */
export async function surveyColumns(
  connection: DuckDBConnection,
  { table, keys, header }: { table: string; keys: ColumnKey[]; header: string[] },
): Promise<Survey | undefined> {
  const columns = keys.map((key): ColumnSurvey => ({ key, cells: [], alike: [], empty: 0 }));
  const survey: Survey = { columns, rows: 0, blankRows: 0, breaks: 0, repeatedHeaders: 0 };
  const row = rowKey(table, columns.length, header);
  let left = BULK_KEYS;
  for (let start = 0; start < keys.length; start += BULK_BATCH) {
    const batch = columns.slice(start, start + BULK_BATCH);
    left -= await surveyBatch(connection, { table, batch, start, left, row: start === 0 ? row : undefined }, survey);
    if (left < 0) return undefined;
  }
  for (const column of columns) {
    column.cells.sort(([a], [b]) => (a < b ? -1 : 1));
    column.empty -= survey.blankRows;
  }
  return survey;
}

/** What a row is: nothing but delimiters, the header again, or how many line breaks its cells hold. */
function rowKey(table: string, width: number, header: string[]): string {
  const broken = Array.from(
    { length: width },
    (_, index) => `length(c${index}) - length(replace(c${index}, chr(10), ''))`,
  );
  const breaks = table.includes(`quote='"'`)
    ? `(${broken.map((count) => `coalesce(${count}, 0)`).join(' + ')})::VARCHAR`
    : `'0'`;
  const repeats = header.map((cell, index) => `coalesce(c${index}, '') = ${literal(cell)}`).join(' AND ') || 'false';
  return `CASE WHEN ${isBlankRow(width)} THEN '${BLANK}' WHEN ${repeats} THEN '${HEADER}' ELSE ${breaks} END`;
}

function countRows(survey: Survey, kind: string, times: number): void {
  if (kind === BLANK) survey.blankRows = times;
  else survey.rows += times;
  if (kind === HEADER) survey.repeatedHeaders = times;
  else if (kind !== BLANK) survey.breaks += Number(kind) * times;
}

interface Batch {
  table: string;
  batch: ColumnSurvey[];
  /** The number of the batch's first column. */
  start: number;
  /** Distinct cells that may still come back. */
  left: number;
  /** The expression that says what a row is, where the rows are to be counted too. */
  row: string | undefined;
}

/** How many distinct cells came back. */
async function surveyBatch(
  connection: DuckDBConnection,
  { table, batch, start, left, row }: Batch,
  survey: Survey,
): Promise<number> {
  const keys = [...batch.map(({ key }, index) => key.sql(`c${start + index}`)), ...(row === undefined ? [] : [row])];
  const names = keys.map((_, index) => `k${index}`).join(', ');
  const sums = keys.map((key, index) => `${key} AS k${index}`).join(', ');
  const sets = keys.map((_, index) => `(k${index})`).join(', ');
  // One of a row's keys is grouped by: the only one that is not NULL.
  const key = keys.length === 1 ? 'k0' : `coalesce(${names})`;
  const sql = `SELECT GROUPING_ID(${names})::BIGINT AS g, ${key} AS k, count(*)::BIGINT AS n
    FROM (SELECT ${sums} FROM ${table}) GROUP BY GROUPING SETS (${sets})`;
  const all = 2n ** BigInt(keys.length) - 1n;
  const columnOf = new Map(batch.map((column, index) => [all - 2n ** BigInt(keys.length - 1 - index), column]));
  let count = 0;
  for await (const rows of (await connection.stream(sql)).yieldRows()) {
    for (const [group, cell, times] of rows as [bigint, string | null, bigint][]) {
      const column = columnOf.get(group);
      if (column === undefined) countRows(survey, String(cell), Number(times));
      else if (cell === null) column.empty += Number(times);
      else if (cell.startsWith(MARK)) column.alike.push([cell.slice(MARK.length), Number(times)]);
      else column.cells.push([cell, Number(times)]);
    }
    count += rows.length;
    if (count > left) break;
  }
  return count;
}
