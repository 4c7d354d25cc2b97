import type { Dialect } from '../contracts/dataset';
import { inspectSource } from './dialect';

export type { DatasetOverrides } from '../contracts/dataset-overrides';
export { countRepeatedRows, readEvenSample, type EvenSample } from './even-sample';
export { OverrideError } from './errors';
export { inspectDataset, inspectRows, type InspectOptions } from './inspect';
export { prepareDataset, type PrepareInput } from './prepare';
export { readColumns, readRows, type Rows } from './read';
export { inferFrequency, type Rhythm } from './frequency';
export { readStart, wholeRows } from './start';
export { createSecrets, type Secrets } from './secrets';
export { createSqlSources, type ExportLimits, type SqlConnection, type SqlExport, type SqlSources } from './sql';

/**
 * How a file is written. Decimals and thousands are provisional: `prepareDataset` decides them from all rows.
 * @throws {AutomlError} category `data` where the file is no table.
 */
export async function detectDialect(
  file: string,
): Promise<{ dialect: Dialect; confidence: number; warnings: string[] }> {
  const { dialect, confidence, warnings } = await inspectSource(file);
  return { dialect, confidence, warnings };
}
