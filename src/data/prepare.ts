import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Dataset, Dialect } from '../contracts/dataset';
import type { DatasetOverrides } from '../contracts/dataset-overrides';
import type { ColumnIntake } from './column-intake';
import { describeColumn, describeTable, type Outcome } from './describe';
import { inspectSource } from './dialect';
import { dataError } from './errors';
import type { CanonicalWriter } from './canonical-writer';
import { guessPlan, planDialect, shapeOf } from './guess';
import { runPass, type PassInput } from './intake-pass';
import { Ledger } from './ledger';
import { refuseMisfits } from './overrides';
import { planTable, samePlan } from './plan';
import { profileColumns, type ColumnStatistics } from './profile';

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

const PASS_SHARE = 0.45;

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
  const { dialect, scan } = inspection;
  const names = new Ledger();
  const guess = guessPlan(inspection, overrides, names);
  const progress = (from: number) => (bytes: number) => onProgress?.(from + (PASS_SHARE * bytes) / scan.bytes);
  const pass: PassInput = { source, dialect, shape: shapeOf(inspection), signal, columns: guess.plan.columns, limits: guess.limits };
  let result = await runPass({ ...pass, onBytes: progress(0) }, destination);
  const evidence = result.intakes.map((intake) => intake.evidence());
  const plan = planTable(guess.columns, evidence, planDialect(inspection, overrides));
  try {
    refuseNoRows(result.rows, dialect);
    if (!samePlan(plan, guess.plan)) {
      await result.writer.discard();
      const limits = { ...guess.limits, hopeless: -1 };
      result = await runPass({ ...pass, columns: plan.columns, limits, onBytes: progress(PASS_SHARE) }, destination);
    }
    refuseMisfits(plan.columns, result.intakes, result.rows);
    const sha256 = await result.writer.finish();
    onProgress?.(2 * PASS_SHARE);
    const outcome = { inspection, overrides, plan, evidence, names, ...result };
    const dataset = { ...(await describe(outcome, input.sourceName)), sha256 };
    signal?.throwIfAborted();
    await result.writer.publish();
    onProgress?.(1);
    return dataset;
  } catch (error) {
    await result.writer.discard();
    throw error;
  }
}

/** @throws {AutomlError} `header_only` */
export function refuseNoRows(rows: number, dialect: Dialect): void {
  if (rows > 0) return;
  const message = dialect.header_rows > 0 ? 'The file has a header but no rows.' : 'The file has no rows.';
  throw dataError('header_only', message, 'Upload a file with at least a few rows of data below the header.');
}

async function describe(outcome: Outcome & { writer: CanonicalWriter }, sourceName: string): Promise<Omit<Dataset, 'sha256'>> {
  const { inspection, plan, intakes, rows, writer } = outcome;
  const table = describeTable(outcome);
  const kept = plan.columns.flatMap((column, index) =>
    column.dropped ? [] : [{ column, intake: intakes[index] as ColumnIntake }],
  );
  const types = kept.map(({ column }) => column.decision.type);
  const statistics = await profileColumns(writer.temporary, types, { rows, longestLine: writer.longest });
  return {
    schema_version: 1,
    source_name: sourceName,
    source_bytes: inspection.scan.bytes,
    source_sha256: inspection.scan.sha256,
    bytes: writer.bytes,
    rows,
    columns: kept.map(({ column, intake }, index) =>
      describeColumn(column, intake, statistics[index] as ColumnStatistics, rows),
    ),
    ...table,
  };
}
