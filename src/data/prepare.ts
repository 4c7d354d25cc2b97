import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Column, ColumnType, Dataset, Dialect } from '../contracts/dataset';
import { cut } from '../contracts/failure';
import { Bit } from './cells/bits';
import { ColumnIntake, type ColumnEvidence } from './column-intake';
import { inspectSource, type Inspection } from './dialect';
import { dataError } from './errors';
import { intakeLimits, runPass, type PassInput, type PassResult } from './intake-pass';
import { Ledger } from './ledger';
import { MAX_CATEGORIES } from './limits';
import { nameColumns, type ColumnName } from './names';
import { planTable, samePlan, type ColumnOverrides, type PlannedColumn, type TablePlan } from './plan';
import { profileColumns, quantilesOf, type ColumnStatistics } from './profile';
import { RowCleaner, type TableShape } from './table-reader';
import { tokenize } from './tokenizer';

export interface DatasetOverrides {
  dialect?: Partial<Dialect>;
  /** By canonical column name. */
  columns?: ColumnOverrides;
}

export interface PrepareInput {
  /** Absolute path of the uploaded file. */
  source: string;
  /** Its name as the user knows it. */
  sourceName: string;
  /** Absolute path of the canonical file; replaced as a whole, or left as it was. */
  destination: string;
  overrides?: DatasetOverrides;
  /** Called with the share done, 0-1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

const TOP_VALUES = 10;
const VALUE_CHARACTERS = 200;
/** A text column is `category` when its values repeat: at most this share of them is distinct. */
const CATEGORY_SHARE = 0.5;
/** Above this share of rows left out, the dialect itself is in doubt. */
const DOUBTFUL_SHARE = 0.05;
const PASS_SHARE = 0.45;

/**
 * Streams a source file into the canonical data set and profiles it; the same source gives the same bytes. Types are
 * guessed from the file's start and decided from all of its rows: where the guess was right one pass is enough.
 * @throws {AutomlError} category `data` where the file is no table; the signal's reason when it aborts.
 */
export async function prepareDataset(input: PrepareInput): Promise<Dataset> {
  const { source, destination, overrides = {}, signal, onProgress } = input;
  await mkdir(path.dirname(destination), { recursive: true });
  const inspection = await inspectSource(source, overrides.dialect, signal);
  const { dialect, scan, width } = inspection;
  const shape: TableShape = { dialect, width, unnamedIndex: inspection.unnamedIndex };
  const names = new Ledger();
  const guess = planFromSample(inspection, shape, overrides, names);
  const progress = (from: number) => (bytes: number) => onProgress?.(from + (PASS_SHARE * bytes) / scan.bytes);
  const pass: PassInput = { source, dialect, shape, destination, signal, columns: guess.plan.columns, limits: guess.limits };
  let result = await runPass({ ...pass, onBytes: progress(0) });
  const evidence = result.intakes.map((intake) => intake.evidence());
  const plan = planTable(guess.names, evidence, dialect, overrides.columns);
  try {
    if (result.rows === 0) throw noRows(dialect);
    if (!samePlan(plan, guess.plan)) {
      await result.writer.discard();
      const limits = { ...guess.limits, hopeless: -1 };
      result = await runPass({ ...pass, columns: plan.columns, limits, onBytes: progress(PASS_SHARE) });
    }
    const sha256 = await result.writer.finish();
    onProgress?.(2 * PASS_SHARE);
    const dataset = await describe({ input, inspection, plan, evidence, result, names, sha256 });
    signal?.throwIfAborted();
    await result.writer.publish();
    onProgress?.(1);
    return dataset;
  } catch (error) {
    await result.writer.discard();
    throw error;
  }
}

function noRows(dialect: Dialect): Error {
  const message = dialect.header_rows > 0 ? 'The file has a header but no rows.' : 'The file has no rows.';
  return dataError('header_only', message, 'Upload a file with at least a few rows of data below the header.');
}

/** The plan that the file's start suggests. */
function planFromSample(inspection: Inspection, shape: TableShape, overrides: DatasetOverrides, names: Ledger) {
  const { dialect, text, width, scan } = inspection;
  const lines = text.split(dialect.row_delimiter);
  const sample = lines.slice(dialect.preamble_lines).join(dialect.row_delimiter);
  const cleaner = new RowCleaner(shape, new Ledger());
  const rows = cleaner.clean(sampleRows(sample, dialect));
  const limits = intakeLimits(width, scan.bytes, sample.length / Math.max(1, rows.length));
  const intakes = Array.from({ length: width }, () => new ColumnIntake({ kind: 'text' }, limits));
  rows.forEach((row, index) => intakes.forEach((intake, column) => intake.accept(row[column] as string, index)));
  const columnNames = nameColumns(cleaner.header, width, names);
  const evidence = intakes.map((intake) => intake.evidence());
  return { names: columnNames, plan: planTable(columnNames, evidence, dialect, overrides.columns), limits };
}

/** The sample may end inside a quoted cell: that row is not needed. */
function sampleRows(text: string, dialect: Dialect): string[][] {
  try {
    return tokenize(text, dialect).rows;
  } catch {
    const end = text.lastIndexOf(dialect.row_delimiter, text.lastIndexOf(dialect.quotechar));
    return tokenize(text.slice(0, Math.max(0, end)), { ...dialect, quotechar: '' }).rows;
  }
}

interface Outcome {
  input: PrepareInput;
  inspection: Inspection;
  plan: TablePlan;
  evidence: ColumnEvidence[];
  result: PassResult;
  names: Ledger;
  sha256: string;
}

async function describe(outcome: Outcome): Promise<Dataset> {
  const { input, inspection, plan, evidence, result, names, sha256 } = outcome;
  const { rows, intakes, ledger, writer } = result;
  reportCells(plan, evidence, intakes, ledger);
  const kept = plan.columns.flatMap((column, index) =>
    column.dropped ? [] : [{ column, intake: intakes[index] as ColumnIntake }],
  );
  const types = kept.map(({ column }) => column.decision.type as ColumnType);
  const statistics = await profileColumns(writer.temporary, types, { rows, longestLine: writer.longest });
  const leftOut = ledger.count('row_too_long');
  const share = leftOut / Math.max(1, rows + leftOut);
  const warnings = [...inspection.warnings, ...plan.columns.flatMap(warningOf)];
  if (share > DOUBTFUL_SHARE) warnings.push(`${leftOut} rows do not fit the table: check delimiter and quotes.`);
  const confidences = plan.columns.map(({ decision }) => decision.confidence);
  return {
    schema_version: 1,
    source_name: input.sourceName,
    source_bytes: inspection.scan.bytes,
    source_sha256: inspection.scan.sha256,
    sha256,
    bytes: writer.bytes,
    rows,
    dialect: { ...inspection.dialect, decimal: plan.decimal, thousands: plan.thousands, ...input.overrides?.dialect },
    confidence: Number(Math.min(inspection.confidence, ...confidences, 1 - share).toFixed(3)),
    columns: kept.map(({ column, intake }, index) =>
      describeColumn(column, intake, statistics[index] as ColumnStatistics, rows),
    ),
    alterations: [...names.all(), ...ledger.all()],
    warnings,
  };
}

function warningOf({ name, decision, dropped }: PlannedColumn): string[] {
  return decision.warning === null || dropped ? [] : [`Column "${cut(name, 60)}": ${decision.warning}`];
}

/** Enters what happened to cells into the ledger, column by column. */
function reportCells(plan: TablePlan, evidence: ColumnEvidence[], intakes: ColumnIntake[], ledger: Ledger): void {
  plan.columns.forEach((column: ColumnName & PlannedColumn, index) => {
    const intake = intakes[index] as ColumnIntake;
    if (column.dropped) return ledger.add('empty_column', column.name, null);
    for (const [spelling, count] of intake.missingSpellings) ledger.add('missing_spelling', column.name, spelling, count);
    intake.unfitSamples.forEach((sample) => ledger.add('unparsable_cell', column.name, sample));
    ledger.add('unparsable_cell', column.name, null, intake.unfit - intake.unfitSamples.length);
    ledger.add('trimmed_cell', column.name, null, intake.trimmed);
    if (column.decision.reading.kind !== 'date') return;
    let subseconds = 0;
    for (const [bits, count] of (evidence[index] as ColumnEvidence).tally) {
      if ((bits & Bit.SUBSECOND) !== 0) subseconds += count;
    }
    ledger.add('subsecond_cut', column.name, null, subseconds);
  });
}

function describeColumn(column: PlannedColumn, intake: ColumnIntake, found: ColumnStatistics, rows: number): Column {
  const { name, source_name, decision } = column;
  const missing = intake.missing + intake.unfit;
  const counts = intake.counts();
  const distinct = counts?.size ?? found.distinct;
  const repeats = distinct <= MAX_CATEGORIES && distinct <= CATEGORY_SHARE * (rows - missing);
  const type = decision.type === 'text' && repeats ? 'category' : decision.type;
  const quantiles = decision.reading.kind === 'number' ? quantilesOf(intake.sample) : null;
  return {
    name,
    source_name,
    type,
    format: decision.format,
    missing,
    distinct,
    min: found.min,
    max: found.max,
    mean: found.mean,
    stddev: found.stddev,
    quantiles,
    top_values: topValues(counts),
  };
}

/** The most frequent values, where any comes more than once. */
function topValues(counts: Map<string, number> | null): Column['top_values'] {
  const sorted = [...(counts ?? [])].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if ((sorted[0]?.[1] ?? 0) < 2) return [];
  return sorted.slice(0, TOP_VALUES).map(([value, count]) => ({ value: cut(value, VALUE_CHARACTERS), count }));
}
