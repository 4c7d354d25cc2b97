import type { DatasetOverrides } from '../contracts/dataset-overrides';
import { ColumnIntake, type IntakeLimits } from './column-intake';
import type { Inspection } from './dialect';
import { intakeLimits } from './intake-pass';
import { Ledger } from './ledger';
import { nameColumns } from './names';
import { overrideColumns, type NamedColumn } from './overrides';
import { planTable, type TablePlan } from './plan';
import { RowCleaner, type TableShape } from './table-reader';
import { tokenize } from './tokenizer';

/** What the file's start suggests. */
export interface Guess {
  columns: NamedColumn[];
  plan: TablePlan;
  limits: IntakeLimits;
  /** The start's rows, raw and as wide as the table. */
  rows: string[][];
  /** Each column of these rows, as they are. */
  intakes: ColumnIntake[];
}

/** The plan that the file's start suggests; `names` receives the columns that had to be renamed. */
export function guessPlan(inspection: Inspection, overrides: DatasetOverrides, names: Ledger): Guess {
  const { dialect, text, width, scan } = inspection;
  const lines = text.split(dialect.row_delimiter);
  const sample = lines.slice(dialect.preamble_lines).join(dialect.row_delimiter);
  const cleaner = new RowCleaner(shapeOf(inspection), new Ledger());
  const rows = cleaner.clean(sampleRows(sample, inspection));
  const limits = intakeLimits(width, scan.bytes, sample.length / Math.max(1, rows.length));
  const looked = { ...limits, hopeless: Infinity };
  const intakes = Array.from({ length: width }, () => new ColumnIntake({ kind: 'text' }, looked));
  for (const row of rows) intakes.forEach((intake, column) => intake.accept(row[column] as string));
  const columns = overrideColumns(nameColumns(cleaner.header, width, names), overrides.columns);
  const evidence = intakes.map((intake) => intake.evidence());
  const plan = planTable(columns, evidence, planDialect(inspection, overrides));
  return { columns, plan, limits, rows, intakes };
}

export function shapeOf({ dialect, width, unnamedIndex }: Inspection): TableShape {
  return { dialect, width, unnamedIndex };
}

/** What the plan needs of the dialect; a mark of thousands leaves one mark for the decimals. */
export function planDialect({ dialect }: Inspection, overrides: DatasetOverrides) {
  const { decimal, thousands } = overrides.dialect ?? {};
  const other = thousands === '.' ? ',' : thousands === ',' ? '.' : undefined;
  return { delimiter: dialect.delimiter, decimal: decimal ?? other };
}

/** The sample may end inside a quoted cell: that row is not needed. */
function sampleRows(text: string, { dialect }: Inspection): string[][] {
  try {
    return tokenize(text, dialect).rows;
  } catch {
    const end = text.lastIndexOf(dialect.row_delimiter, text.lastIndexOf(dialect.quotechar));
    return tokenize(text.slice(0, Math.max(0, end)), { ...dialect, quotechar: '' }).rows;
  }
}
