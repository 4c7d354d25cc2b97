import type { Inspection } from '../dialect';
import type { Guess } from '../guess';
import { BULK_COLUMNS } from '../limits';

/**
 * Whether DuckDB may be tried on a file: it is large, and written in a way that has one meaning only. What the rest of
 * it holds is checked while it is read.
 */
export function mayReadInBulk(inspection: Inspection, guess: Guess, leastBytes: number): boolean {
  const { dialect, scan, width, unnamedIndex, text } = inspection;
  if (scan.bytes < leastBytes || width < 2 || width > BULK_COLUMNS || unnamedIndex) return false;
  if (!scan.utf8 || scan.zeros || dialect.encoding !== 'utf-8') return false;
  if (!isPlain(dialect.delimiter) || dialect.delimiter === ' ' || dialect.escapechar !== '') return false;
  if (dialect.quotechar !== '' && dialect.quotechar !== '"') return false;
  if (dialect.row_delimiter === '\r' || dialect.footnote_lines > 0) return false;
  if (guess.plan.columns.filter(({ dropped }) => !dropped).length < 2) return false;
  // DuckDB renames columns whose names differ in case only.
  const names = guess.columns.map(({ name }) => name.toLowerCase());
  if (new Set(names).size < names.length) return false;
  const lines = text.split(dialect.row_delimiter, skippedLines(inspection));
  return lines.slice(dialect.preamble_lines).every((line) => line.trim() !== '' && hasWholeQuotes(line));
}

/** Physical lines before the first row of data, where every header row is a line of its own. */
export function skippedLines({ dialect }: Inspection): number {
  return dialect.preamble_lines + dialect.header_rows;
}

function isPlain(mark: string): boolean {
  return mark.length === 1 && mark.charCodeAt(0) < 128 && mark !== '"' && mark !== '\\';
}

function hasWholeQuotes(line: string): boolean {
  return (line.match(/"/g)?.length ?? 0) % 2 === 0;
}
