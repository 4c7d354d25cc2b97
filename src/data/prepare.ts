import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { ColumnType, Dataset, Dialect } from '../contracts/dataset';
import type { DatasetOverrides } from '../contracts/dataset-overrides';
import { readInBulk, type BulkInput, type BulkResult } from './bulk';
import type { ColumnIntake } from './column-intake';
import { describeColumn, describeTable, type Outcome } from './describe';
import { inspectSource } from './dialect';
import { dataError } from './errors';
import { guessPlan, planDialect, shapeOf } from './guess';
import { runPass } from './intake-pass';
import { Ledger } from './ledger';
import { refuseMisfits } from './overrides';
import { planTable, samePlan, type PlannedColumn } from './plan';
import { profileColumns, statisticsOfCounts, type ColumnStatistics, type ProfiledFile } from './profile';

export interface PrepareInput {
  /** Absolute path of the uploaded file. */
  source: string;
  /** Its name as the user knows it. */
  sourceName: string;
  /** Absolute path of the canonical file; replaced as a whole, or left as it was. */
  destination: string;
  overrides?: DatasetOverrides;
  /** Called with the share done, 0-1. */
  /** Files from so many bytes on are read by DuckDB where it reads exactly what the tokenizer does. */
  bulkBytes?: number;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/** The rest of the work is the profile. */
const READ_SHARE = 0.9;

/**
 * Streams a source file into the canonical data set and profiles it; the same source gives the same bytes. Types are
 * guessed from the file's start and decided from all of its rows: where the guess was right one pass is enough.
 * @throws {AutomlError} category `data` where the file is no table, or not as `overrides` say; the signal's reason when
 * it aborts.
 */
export async function prepareDataset(input: PrepareInput): Promise<Dataset> {
  const { source, destination, overrides = {}, signal, onProgress } = input;
  await mkdir(path.dirname(destination), { recursive: true });
  const inspection = await inspectSource(source, overrides.dialect, signal);
  const names = new Ledger();
  const guess = guessPlan(inspection, overrides, names);
  const dialect = planDialect(inspection, overrides);
  const task = { source, destination, inspection, guess, dialect, signal };
  const report = (share: number) => onProgress?.(READ_SHARE * share);
  const result =
    (await readInBulk({ ...task, leastBytes: input.bulkBytes, onProgress: report })) ??
    (await readByToken({ ...task, onProgress: report }));
  try {
    refuseNoRows(result.rows, inspection.dialect);
    refuseMisfits(result.plan.columns, result.intakes, result.rows);
    const sha256 = await result.writer.finish();
    onProgress?.(READ_SHARE);
    const dataset = { ...(await describe({ inspection, overrides, names, ...result }, input.sourceName)), sha256 };
    signal?.throwIfAborted();
    await result.writer.publish();
    onProgress?.(1);
    return dataset;
  } catch (error) {
    await result.writer.discard();
    throw error;
  }
}

/** Reads with our own tokenizer, which takes any file; a second time where the rest of it refutes the guess. */
async function readByToken(task: BulkInput): Promise<BulkResult> {
  const { source, destination, inspection, guess, signal, onProgress } = task;
  const { bytes } = inspection.scan;
  const progress = (from: number) => (done: number) => onProgress?.(from + done / bytes / 2);
  const pass = { source, dialect: inspection.dialect, shape: shapeOf(inspection), signal, columns: guess.plan.columns };
  const first = await runPass({ ...pass, limits: guess.limits, onBytes: progress(0) }, destination);
  const evidence = first.intakes.map((intake) => intake.evidence());
  const plan = planTable(guess.columns, evidence, task.dialect);
  if (first.rows === 0 || samePlan(plan, guess.plan)) return { ...first, plan, evidence };
  await first.writer.discard();
  const limits = { ...guess.limits, hopeless: -1 };
  const second = await runPass({ ...pass, columns: plan.columns, limits, onBytes: progress(0.5) }, destination);
  return { ...second, plan, evidence };
}

/** @throws {AutomlError} `header_only` */
export function refuseNoRows(rows: number, dialect: Dialect): void {
  if (rows > 0) return;
  const message = dialect.header_rows > 0 ? 'The file has a header but no rows.' : 'The file has no rows.';
  throw dataError('header_only', message, 'Upload a file with at least a few rows of data below the header.');
}

type Described = Omit<Outcome, 'ledger'> & BulkResult;

async function describe(outcome: Described, sourceName: string): Promise<Omit<Dataset, 'sha256'>> {
  const { inspection, plan, intakes, rows, writer } = outcome;
  const table = describeTable(outcome);
  const kept = plan.columns.flatMap((column, index) =>
    column.dropped ? [] : [{ column, intake: intakes[index] as ColumnIntake }],
  );
  const statistics = await statisticsOf(kept, { file: writer.temporary, rows, longestLine: writer.longest });
  return {
    schema_version: 1,
    source_name: sourceName,
    source_bytes: inspection.scan.bytes,
    source_sha256: inspection.scan.sha256,
    bytes: writer.bytes,
    rows,
    columns: kept.map(({ column, intake }, index) =>
      describeColumn(column, { intake, found: statistics[index] as ColumnStatistics }, rows),
    ),
    ...table,
  };
}

/** From the counts of a column's values where they were all kept, else from the canonical file. */
async function statisticsOf(
  kept: { column: PlannedColumn; intake: ColumnIntake }[],
  file: Omit<ProfiledFile, 'types'>,
): Promise<ColumnStatistics[]> {
  const counts = kept.map(({ intake }) => intake.counts());
  const types = kept.map(({ column }) => column.decision.type);
  const open = kept.flatMap((_, index) => (counts[index] === null ? [index] : []));
  const profiled = await profileColumns(
    { ...file, types },
    open.map((index) => ({ index, type: types[index] as ColumnType })),
  );
  return kept.map((_, index) => {
    const counted = counts[index];
    if (counted) return statisticsOfCounts(counted, types[index] as ColumnType);
    return profiled[open.indexOf(index)] as ColumnStatistics;
  });
}
