import type { AnalysisInput, JobBrief } from '../../src/agents/agent';
import { columnsToRead } from '../../src/agents/data-processor';
import type { Column, ColumnType, Dataset } from '../../src/contracts/dataset';

/** Small tables made in a test, profiled the way the intake profiles files: what the agents' unit tests stand on. */

export type Table = Record<string, string[]>;

const SAMPLE_ROWS = 200;

/** A job with nothing set but what the test says. */
export function briefOf(job: Partial<JobBrief> = {}): JobBrief {
  return { job_id: 'job-1', name: 'A job', prompt: 'Find a good model', target_column: null, options: {}, ...job };
}

export function analysisInputOf(
  table: Table,
  job: Partial<JobBrief> = {},
  dataset: Partial<Dataset> = {},
): AnalysisInput {
  const brief = briefOf(job);
  const profiled = { ...datasetOf(table), ...dataset };
  const wanted = columnsToRead(profiled, brief);
  const pick = (names: string[]) => Object.fromEntries(names.map((name) => [name, table[name]!]));
  const rows = Math.min(profiled.rows, SAMPLE_ROWS);
  const sample = Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Object.entries(table).map(([name, values]) => [name, values[row]!])),
  );
  const even = { columns: table, rows: profiled.rows, complete: true };
  const whole = { even, repeated_rows: repeatedRows(table, profiled.rows) };
  return {
    job: brief,
    dataset: profiled,
    sample,
    ...whole,
    date_values: pick(wanted.dates),
    id_values: pick(wanted.ids),
  };
}

function repeatedRows(table: Table, rows: number): number {
  const lines = Array.from({ length: rows }, (_, row) => JSON.stringify(Object.values(table).map((each) => each[row])));
  return rows - new Set(lines).size;
}

export function datasetOf(table: Table): Dataset {
  const rows = Object.values(table)[0]?.length ?? 0;
  return {
    schema_version: 1,
    source_name: 'table.csv',
    source_bytes: rows * 20,
    source_sha256: '0'.repeat(64),
    sha256: '0'.repeat(64),
    bytes: rows * 20,
    rows,
    dialect: {
      ...{ encoding: 'utf-8', delimiter: ',', quotechar: '"', escapechar: '', row_delimiter: '\n' as const },
      ...{ preamble_lines: 0, header_rows: 1, footnote_lines: 0, decimal: '.' as const, thousands: '' },
    },
    confidence: 1,
    columns: Object.entries(table).map(([name, values]) => columnOf(name, values)),
    alterations: [],
    warnings: [],
  };
}

export function columnOf(name: string, values: readonly string[]): Column {
  const present = values.filter((value) => value !== '');
  const counts = new Map<string, number>();
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  const type = typeOf(present, counts.size);
  const numbers = type === 'integer' || type === 'real' ? present.map(Number).sort((a, b) => a - b) : null;
  const ordered = [...present].sort();
  const mean = numbers && numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const spread = numbers && Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean!) ** 2, 0) / numbers.length);
  const quantile = (share: number) => numbers![Math.round(share * (numbers!.length - 1))]!;
  return {
    name,
    source_name: name,
    type,
    format: null,
    missing: values.length - present.length,
    distinct: counts.size,
    min: numbers ? numbers[0]! : (ordered[0] ?? null),
    max: numbers ? numbers.at(-1)! : (ordered.at(-1) ?? null),
    mean,
    stddev: spread,
    quantiles: numbers && numbers.length > 0 ? [0.05, 0.25, 0.5, 0.75, 0.95].map(quantile) : null,
    top_values: [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 10)
      .map(([value, count]) => ({ value, count })),
  };
}

function typeOf(present: readonly string[], distinct: number): ColumnType {
  const all = (pattern: RegExp) => present.length > 0 && present.every((value) => pattern.test(value));
  if (all(/^(?:true|false)$/)) return 'boolean';
  if (all(/^-?\d+$/)) return 'integer';
  if (all(/^-?\d+(?:\.\d+)?(?:e-?\d+)?$/)) return 'real';
  if (all(/^\d{4}-\d\d-\d\d$/)) return 'date';
  if (all(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)) return 'datetime';
  return distinct <= Math.max(20, present.length / 2) ? 'category' : 'text';
}

/** `count` values made from their row numbers. */
export function values(count: number, make: (row: number) => number | string): string[] {
  return Array.from({ length: count }, (_, row) => String(make(row)));
}

const DAY_MS = 86_400_000;

export function days(count: number, start = '2023-01-01', step = 1): string[] {
  return values(count, (row) =>
    new Date(Date.parse(`${start}T00:00:00Z`) + row * step * DAY_MS).toISOString().slice(0, 10),
  );
}

export function months(count: number, startYear = 2010): string[] {
  return values(count, (row) => `${startYear + Math.floor(row / 12)}-${String((row % 12) + 1).padStart(2, '0')}-01`);
}

export function stamps(count: number, minutes: number, start = '2024-01-01T00:00:00'): string[] {
  return values(count, (row) => new Date(Date.parse(`${start}Z`) + row * minutes * 60_000).toISOString().slice(0, 19));
}

/** A fixed jumble of 0 to 1: looks random, is the same in every run. */
export function jumble(row: number, salt = 0): number {
  const x = Math.sin(row * 12.9898 + salt * 78.233) * 43758.5453;
  return x - Math.floor(x);
}
