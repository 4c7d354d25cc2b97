import type { ColumnType } from '../contracts/dataset';
import { canonicalTable, withDuckDb } from './duckdb';
import { EXACT_DISTINCT_ROWS } from './limits';

/** What DuckDB says about one column of the canonical file. */
export interface ColumnStatistics {
  distinct: number;
  min: string | number | null;
  max: string | number | null;
  mean: number | null;
  stddev: number | null;
}

/** Columns aggregated in one pass over the file. */
const BATCH = 400;

/** Statistics of each column, in one pass over the file for all but very wide tables. */
export async function profileColumns(
  file: string,
  types: ColumnType[],
  size: { rows: number; longestLine: number },
): Promise<ColumnStatistics[]> {
  const table = canonicalTable(file, types.map(sqlType), size.longestLine);
  return withDuckDb(types.length, async (connection) => {
    const statistics: ColumnStatistics[] = [];
    for (let start = 0; start < types.length; start += BATCH) {
      const batch = types.slice(start, start + BATCH);
      const expressions = batch.map((type, index) => aggregates(`c${start + index}`, type, size.rows));
      const reader = await connection.runAndReadAll(`SELECT ${expressions.flat().join(', ')} FROM ${table}`);
      const row = reader.getRows()[0] ?? [];
      batch.forEach((type, index) => statistics.push(statisticsOf(row.slice(index * 5, index * 5 + 5), type, size.rows)));
    }
    return statistics;
  });
}

function isNumber(type: ColumnType): boolean {
  return type === 'integer' || type === 'real';
}

function sqlType(type: ColumnType): string {
  return type === 'integer' ? 'BIGINT' : type === 'real' ? 'DOUBLE' : 'VARCHAR';
}

function aggregates(column: string, type: ColumnType, rows: number): string[] {
  const distinct = rows <= EXACT_DISTINCT_ROWS ? `count(DISTINCT ${column})` : `approx_count_distinct(${column})`;
  const ordered = type !== 'text' && type !== 'category' && type !== 'boolean';
  const range = ordered ? [`min(${column})`, `max(${column})`] : ['NULL', 'NULL'];
  // Compensated sums: the same figures whatever the order in which threads add up.
  const spread = isNumber(type) ? [`favg(${column}::DOUBLE)`, `stddev_samp(${column}::DOUBLE)`] : ['NULL', 'NULL'];
  return [distinct, ...range, ...spread];
}

function statisticsOf(cells: unknown[], type: ColumnType, rows: number): ColumnStatistics {
  const [distinct, min, max, mean, stddev] = cells;
  const bound = (value: unknown) =>
    value === null || value === undefined ? null : isNumber(type) ? Number(value) : String(value);
  return {
    distinct: Math.min(Number(distinct), rows),
    min: bound(min),
    max: bound(max),
    mean: rounded(mean),
    stddev: rounded(stddev),
  };
}

/** Twelve digits: what the order of additions can change is cut off. */
function rounded(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isFinite(number) ? Number(number.toPrecision(12)) : null;
}

/** The 5, 25, 50, 75 and 95 % quantiles of a sample, interpolated; null where it is empty. */
export function quantilesOf(sample: number[]): number[] | null {
  if (sample.length === 0) return null;
  const sorted = Float64Array.from(sample).sort();
  return [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] as number;
    const above = sorted[Math.ceil(position)] as number;
    return Number((below + (above - below) * (position % 1)).toPrecision(12));
  });
}
