import type { Dialect } from '../contracts/dataset';
import { CanonicalWriter, canonicalCell } from './canonical-writer';
import { ColumnIntake, type IntakeLimits } from './column-intake';
import { Ledger } from './ledger';
import { DISTINCT_BUDGET, MAX_CATEGORIES, TOLERATED_SHARE } from './limits';
import type { PlannedColumn } from './plan';
import type { Reading } from './reading';
import { readRawRows, RowCleaner, type TableShape } from './table-reader';

const DATE_CELLS = 2000;
/** Typed cells hold no character that would need quotes. */
const QUOTED_KINDS: ReadonlySet<Reading['kind']> = new Set(['text']);

export interface PassResult {
  intakes: ColumnIntake[];
  rows: number;
  ledger: Ledger;
}

export interface PassInput {
  source: string;
  dialect: Dialect;
  shape: TableShape;
  columns: PlannedColumn[];
  limits: IntakeLimits;
  onBytes?: (bytes: number) => void;
  signal?: AbortSignal;
}

/** Bounds that keep memory flat in rows and columns. `bytesPerRow` estimates the rows to come. */
export function intakeLimits(width: number, fileBytes: number, bytesPerRow: number): IntakeLimits {
  const expectedRows = fileBytes / Math.max(1, bytesPerRow);
  return {
    distinct: Math.max(100, Math.min(MAX_CATEGORIES, Math.floor(DISTINCT_BUDGET / width))),
    dateCells: Math.max(50, Math.min(DATE_CELLS, Math.floor(DISTINCT_BUDGET / width))),
    hopeless: Math.ceil(expectedRows * TOLERATED_SHARE * 1.5) + 1000,
  };
}

/**
 * One pass from the source to a canonical file under a temporary name, which the caller commits or discards. Columns
 * are converted by the plan and, within `limits.hopeless`, looked at for what else they could be.
 */
export async function runPass(
  input: PassInput,
  destination: string,
): Promise<PassResult & { writer: CanonicalWriter }> {
  const writer = await CanonicalWriter.create(destination);
  try {
    await writer.write([headerLine(input.columns)]);
    return { ...(await readThrough(input, (lines) => writer.write(lines))), writer };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** One pass over the source; `take` gets the canonical lines, a batch at a time. */
export async function readThrough(input: PassInput, take: (lines: string[]) => Promise<void>): Promise<PassResult> {
  const { columns, shape, dialect } = input;
  const ledger = new Ledger();
  const cleaner = new RowCleaner(shape, ledger);
  const intakes = columns.map(({ decision }) => new ColumnIntake(decision.reading, input.limits));
  let row = 0;
  for await (const batch of readRawRows(input.source, dialect, { ...input, ledger })) {
    const lines: string[] = [];
    for (const cells of cleaner.clean(batch)) lines.push(canonicalLine(cells, columns, intakes));
    row += lines.length;
    await take(lines);
  }
  cleaner.finish();
  return { intakes, rows: row, ledger };
}

export function headerLine(columns: PlannedColumn[]): string {
  return columns
    .filter(({ dropped }) => !dropped)
    .map(({ name }) => canonicalCell(name))
    .join(',');
}

/** One row made canonical, as a line. */
export function canonicalLine(cells: string[], columns: PlannedColumn[], intakes: ColumnIntake[]): string {
  let line = '';
  let first = true;
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index] as PlannedColumn;
    const cell = (intakes[index] as ColumnIntake).accept(cells[index] as string);
    if (column.dropped) continue;
    const text = QUOTED_KINDS.has(column.decision.reading.kind) ? canonicalCell(cell) : cell;
    line = first ? text : `${line},${text}`;
    first = false;
  }
  // A line with nothing in it would be no row at all.
  return line === '' ? '""' : line;
}
