import type { DuckDBConnection } from '@duckdb/node-api';
import type { Dataset } from '../../contracts/dataset';
import type { DatasetOverrides } from '../../contracts/dataset-overrides';
import type { DatasetEdit, VersionChanges } from '../../contracts/datasets';
import { AutomlError, cut } from '../../contracts/failure';
import { canonicalTable, withDuckDb } from '../duckdb';
import { dataError } from '../errors';
import { MAX_ROW_CHARACTERS } from '../limits';
import { canonicalOverrides } from './canonical';
import { planEdits, type EditPlan } from './plan';

export { canonicalOverrides, mergeOverrides } from './canonical';

export interface EditInput {
  /** Absolute path of the base version's canonical file. */
  source: string;
  base: Dataset;
  edits: DatasetEdit[];
  /** Absolute path of the CSV file to write. */
  destination: string;
  signal?: AbortSignal;
}

export interface Edited {
  changes: VersionChanges;
  /** How the written file is to be read, so that nothing that no edit touched is decided anew. */
  overrides: DatasetOverrides;
}

/** Checks edits against a table's schema without its rows. @throws {AutomlError} as `applyEdits`. */
export async function checkEdits(base: Dataset, edits: DatasetEdit[]): Promise<void> {
  const plan = planEdits(base.columns, edits);
  const cells = base.columns.map((_, index) => `CAST(NULL AS VARCHAR) AS c${index}`);
  const empty = `SELECT ${['CAST(0 AS BIGINT) AS row_no', ...cells].join(', ')} LIMIT 0`;
  await withDuckDb(base.columns.length, async (connection) => {
    const run = (steps: number) => connection.run(query(empty, plan, steps));
    await run(plan.steps.length).catch(async (whole: Error) => {
      for (let steps = 1; steps <= plan.steps.length; steps += 1) {
        await run(steps).catch((error: Error) => {
          throw unfit(error);
        });
      }
      throw unfit(whole);
    });
  });
}

/**
 * Writes the base version's rows as the edits leave them. Memory stays bounded: what does not fit goes to disk.
 * @throws {AutomlError} `unknown_column`, `duplicate_column`, `no_columns_left`, `expression_invalid`, `edit_invalid`,
 * `no_rows_left`; the signal's reason when it aborts.
 */
export async function applyEdits(input: EditInput): Promise<Edited> {
  const { base, edits, signal } = input;
  const plan = planEdits(base.columns, edits);
  try {
    return await withDuckDb(base.columns.length, async (connection) => {
      const interrupt = () => connection.interrupt();
      signal?.addEventListener('abort', interrupt, { once: true });
      try {
        signal?.throwIfAborted();
        return await write(connection, input, plan);
      } finally {
        signal?.removeEventListener('abort', interrupt);
      }
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AutomlError ? error : classified(error as Error);
  }
}

async function write(connection: DuckDBConnection, input: EditInput, plan: EditPlan): Promise<Edited> {
  const { source, base, destination } = input;
  const types = base.columns.map(() => 'VARCHAR');
  const numbered = (longestLine: number) =>
    `SELECT row_number() OVER () - 1 AS row_no, * FROM ${canonicalTable(source, types, longestLine)}`;
  const load = (longestLine: number) => connection.run(`CREATE TEMP TABLE base AS ${numbered(longestLine)}`);
  await load(0).catch((error: Error) => {
    if (!/maximum line size/i.test(error.message)) throw error;
    return load(MAX_ROW_CHARACTERS);
  });
  await connection.run(`CREATE TEMP TABLE result AS ${query('SELECT * FROM base', plan, plan.steps.length)}`);
  const changes = await changesOf(connection, base, plan);
  // A line of one empty cell would be an empty line.
  const cell = (id: string) => (plan.columns.length === 1 ? `coalesce(${id}, '')` : id);
  const cells = plan.columns.map(({ id, name }) => `${cell(id)} AS "${name.replaceAll('"', '""')}"`);
  const target = destination.replaceAll("'", "''");
  const format = `FORMAT csv, HEADER true, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR ''`;
  await connection.run(`COPY (SELECT ${cells.join(', ')} FROM result ORDER BY row_no) TO '${target}' (${format})`);
  const roles = new Map(base.columns.map(({ name, role }) => [name, role]));
  const known = plan.columns.map(({ name, type, source: from }) => ({ name, type, role: roles.get(from ?? '') }));
  return { changes, overrides: canonicalOverrides(known) };
}

async function changesOf(connection: DuckDBConnection, base: Dataset, plan: EditPlan): Promise<VersionChanges> {
  const kept = plan.columns.filter((column) => column.source !== null);
  const changed = kept.map(({ id }) => `count(*) FILTER (WHERE b.${id} IS DISTINCT FROM r.${id})`);
  const counts = [
    'count(*) FILTER (WHERE r.row_no IS NULL)',
    'count(*) FILTER (WHERE b.row_no IS NULL)',
    'count(r.row_no)',
    ...changed.map((each) => `${each.slice(0, -1)} AND b.row_no IS NOT NULL AND r.row_no IS NOT NULL)`),
  ];
  const reader = await connection.runAndReadAll(
    `SELECT ${counts.join(', ')} FROM base b FULL JOIN result r ON b.row_no = r.row_no`,
  );
  const [removed = 0, added = 0, rows = 0, ...cells] = (reader.getRows()[0] ?? []).map(Number);
  if (rows === 0) {
    throw dataError(
      'no_rows_left',
      'No row is left after the edits.',
      'Widen the filter: check its condition on the rows.',
    );
  }
  const sources = new Set(kept.map(({ source }) => source));
  return {
    rows_removed: removed,
    rows_added: added,
    columns_added: plan.columns.filter(({ source }) => source === null).map(({ name }) => name),
    columns_removed: base.columns.map(({ name }) => name).filter((name) => !sources.has(name)),
    columns_renamed: kept.flatMap(({ source, name }) =>
      source === name ? [] : [{ from: source as string, to: name }],
    ),
    cells_changed: kept.flatMap(({ name }, index) => (cells[index] ? [{ column: name, count: cells[index] }] : [])),
  };
}

/** The last of the first so many steps. */
function query(base: string, { steps }: EditPlan, count: number): string {
  const named = [base, ...steps.slice(0, count)].map((step, index) => `step_${index} AS (${step})`);
  return `WITH ${named.join(', ')} SELECT * FROM step_${count}`;
}

/** Of DuckDB's errors those that the user's edits caused; the others are ours, and may pass. */
function classified(error: Error): Error {
  if (/no space left/i.test(error.message)) {
    const message = 'There is no space left on the disk for the data set.';
    const hint = 'Free space under DATA_DIR, or delete what is not needed, and try again.';
    return new AutomlError({ category: 'system', code: 'disk_full', message, hint }, { cause: error });
  }
  return /^(Binder|Conversion|Catalog|Invalid Input|Out of Range|Parser) Error/.test(error.message)
    ? unfit(error)
    : error;
}

/** DuckDB's word on an expression: the part that a user can act on. */
function unfit(error: Error): AutomlError {
  const said = (error.message.split('\n')[0] ?? '').replace(/\b(c|d)\d+\b/g, 'a column');
  const message = `The edits don't fit the data: ${cut(said, 300)}`;
  return dataError(
    'edit_invalid',
    message,
    'Compare numbers with numbers, and texts with texts in single quotes.',
    error,
  );
}
