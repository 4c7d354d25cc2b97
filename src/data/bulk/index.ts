import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { CanonicalWriter } from '../canonical-writer';
import { DATE, NUMBER } from '../cells/bits';
import { ColumnIntake, type ColumnEvidence } from '../column-intake';
import type { Inspection } from '../dialect';
import { withDuckDb } from '../duckdb';
import { createDecoder } from '../encoding';
import type { Guess } from '../guess';
import { canonicalLine, headerLine } from '../intake-pass';
import { Ledger } from '../ledger';
import { BULK_BYTES } from '../limits';
import { planTable, type PlannedColumn, type TablePlan } from '../plan';
import { CANONICAL } from '../read';
import { sameReading } from '../reading';
import { tokenize, Tokenizer } from '../tokenizer';
import { columnSql } from './convert';
import { mayReadInBulk, skippedLines } from './eligible';
import { keyFor, literal, RAW, type ColumnKey } from './keys';
import { isBlankRow, surveyColumns, type Survey } from './survey';

export interface BulkInput {
  source: string;
  destination: string;
  inspection: Inspection;
  guess: Guess;
  /** What `planTable` needs of the dialect. */
  dialect: Parameters<typeof planTable>[2];
  /** Smaller files are left to the tokenizer. */
  leastBytes?: number;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

export interface BulkResult {
  plan: TablePlan;
  evidence: ColumnEvidence[];
  intakes: ColumnIntake[];
  rows: number;
  ledger: Ledger;
  writer: CanonicalWriter;
}

const SURVEY_SHARE = 0.5;
/** Milliseconds. */
const PROGRESS_EVERY = 500;
/** Above this share of distinct cells in the file's start, a column's cells are summed up by what they look like. */
const MANY_SHARE = 0.2;
const MANY = 2000;
/** Rows that are read by both readers and compared. */
const CHECKED_ROWS = 2000;
/** A column that the start says is text is looked at by the tokenizer if it holds this share of other cells. */
const DOUBTFUL_TEXT = 0.2;

/**
 * Reads a large, plainly written file with DuckDB's reader: every distinct cell, or its like, is judged and converted
 * by the same code that the tokenizer's cells are. Undefined, with nothing left behind, where anything in the file
 * could be read in another way than the tokenizer does.
 */
export async function readInBulk(input: BulkInput): Promise<BulkResult | undefined> {
  const { inspection, guess, signal } = input;
  const keys = mayReadInBulk(inspection, guess, input.leastBytes ?? BULK_BYTES) ? chooseKeys(guess) : undefined;
  if (keys === undefined) return undefined;
  return withDuckDb(keys.length, async (connection) => {
    const watch = watchQuery(connection, input);
    try {
      return await readWith(connection, input, { keys, surveyed: watch.surveyed });
    } catch (error) {
      signal?.throwIfAborted();
      // Rows that do not fit and the like: the tokenizer says what they are.
      if (isReaderError(error)) return undefined;
      throw error;
    } finally {
      watch.end();
    }
  });
}

interface Work {
  keys: ColumnKey[];
  surveyed: () => void;
}

async function readWith(
  connection: DuckDBConnection,
  input: BulkInput,
  { keys, surveyed }: Work,
): Promise<BulkResult | undefined> {
  const { inspection, guess } = input;
  const table = sourceTable(input);
  const survey = await surveyColumns(connection, { table, keys, header: headerOf(input) });
  if (survey === undefined || !isWhole(survey, inspection) || hasDoubtfulCells(survey, guess)) return undefined;
  surveyed();
  const evidence = intakesOf(guess.plan.columns, survey, guess).map((intake) => intake.evidence());
  const plan = planTable(guess.columns, evidence, input.dialect);
  const fits = plan.columns.every(({ decision }, index) => {
    const guessed = (guess.plan.columns[index] as PlannedColumn).decision.reading;
    return keys[index] === RAW || sameReading(decision.reading, guessed);
  });
  if (!fits) return undefined;
  const intakes = intakesOf(plan.columns, survey, guess);
  const writer = await CanonicalWriter.create(input.destination);
  try {
    await writer.fill((file) => writeCanonical(connection, { table, survey, plan, file }));
    if (!(await startsAsRead(writer.temporary, plan, guess))) {
      await writer.discard();
      return undefined;
    }
    const ledger = new Ledger();
    for (const line of preambleOf(inspection)) ledger.add('preamble_line', null, line);
    ledger.add('blank_row', null, null, survey.blankRows);
    return { plan, evidence, intakes, rows: survey.rows, ledger, writer };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** The key of each column; undefined where one can only be read by the tokenizer. */
function chooseKeys(guess: Guess): ColumnKey[] | undefined {
  const keys = guess.plan.columns.map(({ decision }, index) => {
    const { distinct } = (guess.intakes[index] as ColumnIntake).evidence();
    const few = distinct !== null && (distinct.size < MANY || distinct.size < MANY_SHARE * guess.rows.length);
    return few ? RAW : keyFor(decision.reading);
  });
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

/** The source as a table expression with columns `c0`, `c1`, … of text. */
function sourceTable({ source, inspection }: BulkInput): string {
  const { dialect, width } = inspection;
  const columns = Array.from({ length: width }, (_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  return `read_csv(${literal(source)}, auto_detect=false, header=false, skip=${skippedLines(inspection)},
    delim=${literal(dialect.delimiter)}, quote='${dialect.quotechar}', escape='${dialect.quotechar}', comment='',
    nullstr='', strict_mode=true, null_padding=false, columns={${columns}})`;
}

/** The header's cells, where a row could repeat them. */
function headerOf({ inspection, guess }: BulkInput): string[] {
  return inspection.dialect.header_rows === 0 ? [] : guess.columns.map(({ source_name }) => source_name);
}

function preambleOf({ dialect, text }: Inspection): string[] {
  const lines = text.split(dialect.row_delimiter, dialect.preamble_lines).map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

/** Every physical line of the file is accounted for. */
function isWhole(survey: Survey, inspection: Inspection): boolean {
  const { scan } = inspection;
  const ends = /(?:\r?\n)*$/.exec(scan.tail.toString('latin1'))?.[0].replace(/\r/g, '').length ?? 0;
  const lines = scan.newlines + (ends === 0 ? 1 : 1 - ends);
  return lines === skippedLines(inspection) + survey.rows + survey.blankRows + survey.breaks;
}

/** Cells that the tokenizer might see otherwise: quotes after blanks, rows of blanks, text that may be none. */
function hasDoubtfulCells({ columns, repeatedHeaders }: Survey, guess: Guess): boolean {
  const isBlank = ([cell]: [string, number]) => cell.trim() === '';
  if (repeatedHeaders > 0 || columns.some(({ cells }) => cells.some(([cell]) => /^\s+"/.test(cell)))) return true;
  const blanks = columns.map(({ cells }) => cells.some(isBlank));
  if (blanks.includes(true) && columns.every(({ empty }, index) => empty > 0 || blanks[index])) return true;
  return columns.some(({ key }, index) => {
    const { decision } = guess.plan.columns[index] as PlannedColumn;
    return (
      key !== RAW &&
      decision.reading.kind === 'text' &&
      typedShare(guess.intakes[index] as ColumnIntake) > DOUBTFUL_TEXT
    );
  });
}

function typedShare(intake: ColumnIntake): number {
  let all = 0;
  let typed = 0;
  for (const [bits, count] of intake.evidence().tally) {
    all += count;
    if ((bits & (NUMBER | DATE)) !== 0) typed += count;
  }
  return typed / Math.max(1, all);
}

/** Columns as if each cell had gone through them one by one. */
function intakesOf(columns: PlannedColumn[], survey: Survey, guess: Guess): ColumnIntake[] {
  return columns.map(({ decision }, index) => {
    const { cells, alike, empty } = survey.columns[index] as Survey['columns'][0];
    const intake = new ColumnIntake(decision.reading, { ...guess.limits, hopeless: Infinity });
    for (const [cell, times] of alike) intake.acceptAlike(cell, times);
    for (const [cell, times] of cells) intake.accept(cell, times);
    if (empty > 0) intake.accept('', empty);
    intake.adopt((guess.intakes[index] as ColumnIntake).evidence());
    return intake;
  });
}

interface CanonicalTask {
  table: string;
  survey: Survey;
  plan: TablePlan;
  file: string;
}

/** Whole lines as one text each: DuckDB's own writer of cells takes a quarter longer. */
async function writeCanonical(
  connection: DuckDBConnection,
  { table, survey, plan, file }: CanonicalTask,
): Promise<void> {
  const cells: string[] = [];
  for (const [index, column] of plan.columns.entries()) {
    if (column.dropped) continue;
    cells.push(await columnSql(connection, index, { survey: survey.columns[index] as Survey['columns'][0], column }));
  }
  await connection.run(`COPY (SELECT concat(${cells.join(`, ',', `)}) AS ${identifier(headerLine(plan.columns))} FROM ${table}
    WHERE NOT ${isBlankRow(plan.columns.length)})
    TO ${literal(file)} (FORMAT csv, HEADER true, DELIMITER '\u0001', QUOTE '', ESCAPE '', USE_TMP_FILE false)`);
}

function identifier(text: string): string {
  return `"${text.replace(/"/g, '""')}"`;
}

/** Whether the canonical file begins as the tokenizer reads the source. */
async function startsAsRead(file: string, plan: TablePlan, guess: Guess): Promise<boolean> {
  const rows = guess.rows.slice(0, CHECKED_ROWS);
  const intakes = plan.columns.map(({ decision }) => new ColumnIntake(decision.reading, guess.limits));
  const expected = rows.map((cells) => canonicalLine(cells, plan.columns, intakes));
  const text = `${headerLine(plan.columns)}\n${expected.join('\n')}\n`;
  const found = await readStart(file, 2 * Buffer.byteLength(text));
  const wanted = tokenize(text, CANONICAL).rows;
  const read = new Tokenizer(CANONICAL).push(found).slice(0, wanted.length);
  return JSON.stringify(read) === JSON.stringify(wanted);
}

async function readStart(file: string, bytes: number): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return createDecoder('utf-8').write(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Tells how far a query is, and ends it when the signal aborts. */
function watchQuery(connection: DuckDBConnection, { signal, onProgress }: BulkInput) {
  let done = 0;
  const tick = () => {
    const percentage = Math.max(0, connection.progress.percentage);
    onProgress?.(done + ((1 - SURVEY_SHARE) * Math.min(100, percentage)) / 100);
  };
  const timer = setInterval(tick, PROGRESS_EVERY);
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  return {
    surveyed: () => (done = SURVEY_SHARE),
    end: () => {
      clearInterval(timer);
      signal?.removeEventListener('abort', interrupt);
    },
  };
}

/** What DuckDB says of a file that it cannot read exactly; anything else is a fault of ours. */
function isReaderError(error: unknown): boolean {
  return /^(Invalid Input|Conversion|Out of Memory|Not implemented) Error/.test((error as Error).message);
}
