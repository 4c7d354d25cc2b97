import type { AnalysisReport } from '../contracts/analysis';
import type { Alteration, ColumnType } from '../contracts/dataset';
import type { ColumnOverride, DatasetOverrides } from '../contracts/dataset-overrides';
import { AutomlError } from '../contracts/failure';
import { MOST_SCORED_ROWS, type ScoreRequest } from '../contracts/scores';
import { inspectDataset, OverrideError, prepareDataset } from '../data';
import { canonicalOverrides } from '../data/edits';
import type { ScoreFiles } from './score-files';

/** A column of whole numbers in training may have others in new rows. */
const READ_AS: Partial<Record<ColumnType, ColumnType>> = { integer: 'real' };

/**
 * Makes the rows that the runtime reads of those that the user sent: as the training data was read, each column in the
 * type that it has there. The same source gives the same rows.
 * @returns what to be told of them
 * @throws {AutomlError} category `data` where they are no table, or hold cells that do not fit
 */
export async function prepareRows(
  request: ScoreRequest,
  { files, report, signal }: { files: ScoreFiles; report: AnalysisReport; signal: AbortSignal },
): Promise<string[]> {
  if (request.source === 'none') return [];
  const dialect: DatasetOverrides = request.source === 'json' ? ofJson(request.columns) : {};
  const found = await columnsOf(files, dialect, signal);
  const overrides = { ...dialect, columns: typesFor(report, found) };
  const input = { source: files.source, sourceName: 'rows.csv', destination: files.rows, overrides, signal };
  const dataset = await prepareDataset(input).catch((error: unknown) => {
    throw error instanceof OverrideError ? unfit(error.failure.message) : error;
  });
  if (dataset.rows > MOST_SCORED_ROWS) throw tooMany(dataset.rows);
  const misfit = dataset.alterations.find(
    ({ code, column }) => code === 'unparsable_cell' && column! in overrides.columns,
  );
  if (misfit) throw unfit(inWords(misfit, report));
  return dataset.warnings;
}

async function columnsOf(files: ScoreFiles, overrides: DatasetOverrides, signal: AbortSignal): Promise<string[]> {
  const found = await inspectDataset(files.source, { overrides, sampleOnly: true, signal });
  return found.columns.map(({ detected_name }) => detected_name);
}

/** JSON becomes a file of our own making: nothing of how it is written is to be detected. */
function ofJson(columns: number): DatasetOverrides {
  const { dialect } = canonicalOverrides(null);
  return { dialect: { ...dialect, decimal: '.', ...(columns > 1 ? { delimiter: ',' } : {}) } };
}

/** The types of the columns that the model reads, as far as the rows have them; the target is not among them. */
function typesFor(report: AnalysisReport, present: readonly string[]): Record<string, ColumnOverride> {
  const forecast = report.task === 'forecasting';
  const read = new Set([
    ...report.features,
    ...report.series_id_columns,
    ...(report.date_column === null ? [] : [report.date_column]),
    ...(forecast ? [report.target.column] : []),
  ]);
  const types = report.dataset.columns.filter(({ name }) => read.has(name) && present.includes(name));
  return Object.fromEntries(types.map(({ name, type }) => [name, { type: READ_AS[type] ?? type }]));
}

function inWords({ column, count, samples }: Alteration, report: AnalysisReport): string {
  const type = report.dataset.columns.find(({ name }) => name === column)?.type ?? 'value';
  const shown = samples.map((sample) => JSON.stringify(sample)).join(', ');
  return `Column ${JSON.stringify(column)} is of type ${type} for the model; ${count} cells are not: ${shown}.`;
}

function unfit(message: string): AutomlError {
  const hint = 'Write values as in the training data, and leave unknown ones empty.';
  return new AutomlError({ category: 'data', code: 'value_unfit', message, hint });
}

function tooMany(rows: number): AutomlError {
  const message = `There are ${rows} rows; at most ${MOST_SCORED_ROWS} are scored at once.`;
  const hint = 'Score them in parts, or with score.py in model.zip, which has no such limit.';
  return new AutomlError({ category: 'data', code: 'too_many_rows', message, hint });
}
