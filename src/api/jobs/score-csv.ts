import type { ScoreRows } from '../../contracts/scores';

type Row = NonNullable<ScoreRows['rows']>[number];

/** A column is there once any row has it. */
export function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** Rows as CSV in the form of our own files. */
export function* csvLines(rows: readonly Row[], columns: readonly string[]): Generator<string> {
  yield line(columns);
  for (const row of rows) yield line(columns.map((column) => (Object.hasOwn(row, column) ? text(row[column]) : '')));
}

function line(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`;
}

function text(cell: Row[string] | undefined): string {
  return cell === null || cell === undefined ? '' : String(cell);
}
