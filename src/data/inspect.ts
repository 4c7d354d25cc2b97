import type {
  ColumnDecision,
  DatasetDecision,
  DatasetInspection,
  DatasetOverrides,
} from '../contracts/dataset-overrides';
import { cut } from '../contracts/failure';
import { ColumnIntake } from './column-intake';
import { describeTable, typeByRepetition } from './describe';
import { inspectSource, type Inspection } from './dialect';
import { guessPlan, planDialect, shapeOf, type Guess } from './guess';
import { readThrough, type PassInput, type PassResult } from './intake-pass';
import { Ledger } from './ledger';
import { refuseMisfits } from './overrides';
import { planTable, samePlan, type PlannedColumn, type TablePlan } from './plan';
import { refuseNoRows } from './prepare';

export interface InspectOptions {
  overrides?: DatasetOverrides;
  /** Look at the start and the end of the file only: fast, and `exact: false` where there is more. */
  sampleOnly?: boolean;
  /** The source is only the start of a file of so many bytes. */
  wholeBytes?: number;
  signal?: AbortSignal;
}

/** Cells of the first rows over all columns, and rows at most. */
const FIRST_CELLS = 20_000;
const FIRST_ROWS = 8;
const SAMPLES = 5;
const SAMPLE_CHARACTERS = 100;

/**
 * What a file is and how it would be read, without writing anything.
 * @throws {AutomlError} category `data` where the file is no table, or not as the overrides say.
 */
export async function inspectDataset(source: string, options: InspectOptions = {}): Promise<DatasetDecision> {
  return (await inspect(source, options)).decision;
}

/** The same, with the first rows as they would be stored. */
export async function inspectRows(
  source: string,
  options: InspectOptions = {},
): Promise<Omit<DatasetInspection, 'dialect_given'>> {
  const { decision, guess, plan } = await inspect(source, options);
  return { ...decision, first_rows: firstRows(plan, guess) };
}

async function inspect(
  source: string,
  options: InspectOptions,
): Promise<{ decision: DatasetDecision; guess: Guess; plan: TablePlan }> {
  const { overrides = {}, wholeBytes, signal } = options;
  const inspection = await inspectSource(source, overrides.dialect, signal);
  const names = new Ledger();
  const guess = guessPlan(inspection, overrides, names);
  const all = inspection.scan.head.length === inspection.scan.bytes || !options.sampleOnly;
  const exact = all && wholeBytes === undefined;
  const seen = exact ? await decideFromAll(source, inspection, { guess, overrides, signal }) : decideFromStart(guess);
  refuseNoRows(seen.rows, inspection.dialect);
  refuseMisfits(seen.plan.columns, seen.intakes, seen.rows);
  const table = describeTable({ inspection, overrides, names, ...seen });
  const { dialect, ...rest } = table;
  const decision = {
    ...dialect,
    columns: seen.plan.columns.map((column, index) =>
      describeDecision(
        column,
        seen.intakes[index] as ColumnIntake,
        guess.rows.map((row) => row[index] ?? ''),
        seen.rows,
      ),
    ),
    rows: exact ? seen.rows : estimateRows(inspection, guess, wholeBytes),
    exact,
    ...rest,
  };
  return { decision, guess, plan: seen.plan };
}

type Seen = PassResult & { plan: TablePlan; evidence: ReturnType<ColumnIntake['evidence']>[] };

async function decideFromAll(
  source: string,
  inspection: Inspection,
  { guess, overrides, signal }: { guess: Guess; overrides: DatasetOverrides; signal: AbortSignal | undefined },
): Promise<Seen> {
  const pass: PassInput = {
    source,
    dialect: inspection.dialect,
    shape: shapeOf(inspection),
    signal,
    columns: guess.plan.columns,
    limits: guess.limits,
  };
  const nowhere = () => Promise.resolve();
  const first = await readThrough(pass, nowhere);
  const evidence = first.intakes.map((intake) => intake.evidence());
  const plan = planTable(guess.columns, evidence, planDialect(inspection, overrides));
  if (samePlan(plan, guess.plan)) return { ...first, plan, evidence };
  const limits = { ...guess.limits, hopeless: -1 };
  return { ...(await readThrough({ ...pass, columns: plan.columns, limits }, nowhere)), plan, evidence };
}

function decideFromStart({ plan, limits, rows, intakes }: Guess): Seen {
  const read = plan.columns.map(({ decision }) => new ColumnIntake(decision.reading, limits));
  for (const row of rows) read.forEach((intake, column) => intake.accept(row[column] as string));
  const evidence = intakes.map((intake) => intake.evidence());
  return { plan, evidence, intakes: read, rows: rows.length, ledger: new Ledger() };
}

function firstRows({ columns }: TablePlan, { rows, limits }: Guess): (string | null)[][] {
  const intakes = columns.map(({ decision }) => new ColumnIntake(decision.reading, limits));
  const shown = Math.min(FIRST_ROWS, Math.max(2, Math.floor(FIRST_CELLS / columns.length)));
  return rows
    .slice(0, shown)
    .map((row) => intakes.map((intake, column) => cut(intake.accept(row[column] ?? ''), SAMPLE_CHARACTERS) || null));
}

function estimateRows({ scan, text }: Inspection, { rows }: Guess, wholeBytes = scan.bytes): number {
  const bytesPerRow = Buffer.byteLength(text) / Math.max(1, rows.length);
  return Math.round(wholeBytes / bytesPerRow);
}

function describeDecision(column: PlannedColumn, intake: ColumnIntake, cells: string[], rows: number): ColumnDecision {
  const { name, detected_name, source_name, decision, dropped, override } = column;
  const { missing, unfit } = intake;
  const distinct = intake.counts()?.size ?? rows;
  return {
    name,
    detected_name,
    source_name,
    type: override.type ?? typeByRepetition(decision.type, distinct, rows - missing - unfit),
    format: decision.format,
    role: override.role ?? null,
    dropped,
    missing,
    unfit,
    confidence: decision.confidence,
    warning: decision.warning,
    samples: cells
      .filter((cell) => cell.trim() !== '')
      .slice(0, SAMPLES)
      .map((cell) => cut(cell, SAMPLE_CHARACTERS)),
  };
}
