import type { ColumnType } from '../contracts/dataset';
import { canonicalTable, withDuckDb } from './duckdb';
import { EXACT_DISTINCT_ROWS, QUANTILE_BUDGET, QUANTILE_SAMPLE_ROWS } from './limits';

/** What a profile says about one column of the canonical file. */
export interface ColumnStatistics {
  distinct: number;
  min: string | number | null;
  max: string | number | null;
  mean: number | null;
  stddev: number | null;
  quantiles: number[] | null;
}

/** One column of the canonical file to be profiled. */
export interface ProfiledColumn {
  /** Its number in the file. */
  index: number;
  type: ColumnType;
}

export interface ProfiledFile {
  file: string;
  /** The types of all columns of the file. */
  types: ColumnType[];
  rows: number;
  longestLine: number;
}

/** Columns aggregated in one pass over the file. */
const BATCH = 400;
const FIGURES = 6;
/** Quantiles that a profile tells. */
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];
/** Columns that tell rows apart for the sample. */
const HASHED = 3;

/** Statistics of some columns, in one pass over the file for all but very wide tables. */
export async function profileColumns(input: ProfiledFile, columns: ProfiledColumn[]): Promise<ColumnStatistics[]> {
  if (columns.length === 0) return [];
  const { file, types, rows } = input;
  const table = `(SELECT *, ${isSampled(input)} AS sampled FROM ${canonicalTable(file, types.map(sqlType), input.longestLine)})`;
  return withDuckDb(types.length, async (connection) => {
    const statistics: ColumnStatistics[] = [];
    for (let start = 0; start < columns.length; start += BATCH) {
      const batch = columns.slice(start, start + BATCH);
      const expressions = batch.map((column) => aggregates(column, rows));
      const reader = await connection.runAndReadAll(`SELECT ${expressions.flat().join(', ')} FROM ${table}`);
      const row = reader.getRowsJS()[0] ?? [];
      batch.forEach(({ type }, index) =>
        statistics.push(statisticsOf(row.slice(index * FIGURES, (index + 1) * FIGURES), type, rows)),
      );
    }
    return statistics;
  });
}

/** About `QUANTILE_SAMPLE_ROWS` rows by their content: the same ones whatever the threads do. */
function isSampled({ rows, types }: ProfiledFile): string {
  const every = Math.ceil(rows / Math.min(QUANTILE_SAMPLE_ROWS, QUANTILE_BUDGET / types.length));
  if (every <= 1) return 'true';
  // Numbers first: they are hashed faster than texts.
  const columns = types
    .map((type, index) => ({ index, isText: !isNumber(type) }))
    .sort((a, b) => Number(a.isText) - Number(b.isText));
  return `hash(${columns
    .slice(0, HASHED)
    .map(({ index }) => `c${index}`)
    .join(', ')}) % ${every} = 0`;
}

function isNumber(type: ColumnType): boolean {
  return type === 'integer' || type === 'real';
}

function sqlType(type: ColumnType): string {
  return type === 'integer' ? 'BIGINT' : type === 'real' ? 'DOUBLE' : 'VARCHAR';
}

function aggregates({ index, type }: ProfiledColumn, rows: number): string[] {
  const column = `c${index}`;
  const distinct = rows <= EXACT_DISTINCT_ROWS ? `count(DISTINCT ${column})` : `approx_count_distinct(${column})`;
  const ordered = type !== 'text' && type !== 'category' && type !== 'boolean';
  const range = ordered ? [`min(${column})`, `max(${column})`] : ['NULL', 'NULL'];
  const spread = isNumber(type) ? [`avg(${column}::DOUBLE)`, `stddev_samp(${column}::DOUBLE)`] : ['NULL', 'NULL'];
  // A CASE, for a FILTER takes its time for every column.
  const sample = `CASE WHEN sampled THEN ${column}::DOUBLE END`;
  return [distinct, ...range, ...spread, isNumber(type) ? `quantile_cont(${sample}, [${SHARES.join(', ')}])` : 'NULL'];
}

function statisticsOf(cells: unknown[], type: ColumnType, rows: number): ColumnStatistics {
  const [distinct, min, max, mean, stddev, quantiles] = cells;
  const bound = (value: unknown) =>
    value === null || value === undefined ? null : isNumber(type) ? Number(value) : String(value);
  return {
    distinct: Math.min(Number(distinct), rows),
    min: bound(min),
    max: bound(max),
    mean: settled(mean, [min, max]),
    stddev: settled(stddev, [min, max]),
    quantiles: (quantiles as number[] | null)?.map((value) => rounded(value) as number) ?? null,
  };
}

/** The statistics of a column whose every canonical value is counted. */
export function statisticsOfCounts(counts: Map<string, number>, type: ColumnType): ColumnStatistics {
  const none = { min: null, max: null, mean: null, stddev: null, quantiles: null };
  if (counts.size === 0 || type === 'text' || type === 'category' || type === 'boolean')
    return { distinct: counts.size, ...none };
  if (!isNumber(type)) {
    const sorted = [...counts.keys()].sort();
    return { ...none, distinct: counts.size, min: sorted[0] as string, max: sorted[sorted.length - 1] as string };
  }
  const values = mergedByValue(counts);
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  const mean = compensatedSum(values.map(([value, count]) => value * count)) / total;
  const spread = compensatedSum(values.map(([value, count]) => (value - mean) ** 2 * count));
  return {
    distinct: values.length,
    min: (values[0] as [number, number])[0],
    max: (values[values.length - 1] as [number, number])[0],
    mean: rounded(mean),
    stddev: total > 1 ? rounded(Math.sqrt(spread / (total - 1))) : null,
    quantiles: quantilesOfCounts(values, total),
  };
}

/** `1.0` and `1.00` are one number. */
function mergedByValue(counts: Map<string, number>): [number, number][] {
  const merged = new Map<number, number>();
  for (const [text, count] of counts) merged.set(Number(text), (merged.get(Number(text)) ?? 0) + count);
  return [...merged].sort(([a], [b]) => a - b);
}

function compensatedSum(values: number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Nine digits of the column's largest value: what the order in which threads add up can change is cut off. */
function settled(value: unknown, range: unknown[]): number | null {
  const exact = rounded(value);
  const step = 10 ** (Math.ceil(Math.log10(Math.max(...range.map((end) => Math.abs(Number(end)))))) - 9);
  return exact === null || !(step > 0) || !Number.isFinite(step) ? exact : rounded(Math.round(exact / step) * step);
}

/** Twelve digits: no noise of binary fractions is shown. */
function rounded(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isFinite(number) ? Number(number.toPrecision(12)) : null;
}

/** Interpolated, as DuckDB does. */
function quantilesOfCounts(values: [number, number][], total: number): number[] {
  const ends: number[] = [];
  let end = 0;
  for (const [, count] of values) ends.push((end += count));
  return interpolated(total, (position) => (values[ends.findIndex((each) => each > position)] as [number, number])[0]);
}

function interpolated(length: number, at: (position: number) => number): number[] {
  return SHARES.map((share) => {
    const position = share * (length - 1);
    const [below, above] = [at(Math.floor(position)), at(Math.ceil(position))];
    return Number((below + (above - below) * (position % 1)).toPrecision(12));
  });
}
