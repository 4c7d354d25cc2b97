import { cellBits } from './cells';
import { Bit, DATE, NUMBER } from './cells/bits';
import { isMissing } from './cells/missing';
import { commonWidth, isComment } from './delimiter';
import { tokenize, type Syntax } from './tokenizer';

export interface Layout {
  preamble_lines: number;
  header_rows: number;
  footnote_lines: number;
  /** Cells in a row of the table. */
  width: number;
  /** The header lacks the name of the first column, as R writes it. */
  unnamed_index: boolean;
  confidence: number;
}

type Kind = 'number' | 'date' | 'other' | 'missing';

const BODY_ROWS = 500;
const MAX_HEADER_ROWS = 4;
const MAX_PREAMBLE_ROWS = 200;
const MAX_NOTES = 20;
const MAX_FOOTNOTE_LINES = 50;
const NOTE =
  /^\W*(source|fuente|fonte|quelle|note|nota|notes|notas|hinweis|remarque|total|sum|suma|summe|copyright|©|generated|last updated|\*|\()/i;

/** Parts of the layout that the user gave. */
export type GivenLayout = Partial<Pick<Layout, 'preamble_lines' | 'header_rows' | 'footnote_lines'>>;

/** Finds where the table starts and ends in a text and which of its rows are the header. */
export function detectLayout(source: { text: string; tail: string }, syntax: Syntax, given: GivenLayout = {}): Layout {
  const text = given.preamble_lines ? afterLines(source.text, given.preamble_lines, syntax) : source.text;
  const { rows } = tokenizeStart(text, syntax);
  const filled = rows.filter((row) => !isBlank(row));
  const width = tableWidth(filled, syntax);
  const start = given.preamble_lines === undefined ? findStart(rows, width) : { row: 0 };
  const body = rows.slice(start.row).filter((row) => row.length >= width - 1 && !isBlank(row));
  const header = given.header_rows === undefined ? findHeader(body, width) : { rows: given.header_rows, confidence: 1 };
  const named = body[0] ?? [];
  // Rows may leave trailing cells out, all of them mostly: the header knows them.
  const whole = header.rows > 0 ? Math.max(width, trimmedWidth(named)) : width;
  return {
    preamble_lines: given.preamble_lines ?? countLines(rows.slice(0, start.row), text, syntax),
    header_rows: header.rows,
    footnote_lines: given.footnote_lines ?? findFootnotes(source.tail, syntax, width, body.slice(header.rows)),
    width: whole,
    unnamed_index: header.rows > 0 && named.length === width - 1 && width > 1,
    confidence: header.confidence,
  };
}

/** The text without its first lines. */
function afterLines(text: string, lines: number, { row_delimiter }: Syntax): string {
  let at = 0;
  for (let line = 0; line < lines; line += 1) {
    const end = text.indexOf(row_delimiter, at);
    if (end === -1) return '';
    at = end + row_delimiter.length;
  }
  return text.slice(at);
}

/** A sample that ends inside a quoted cell loses that last row. */
function tokenizeStart(text: string, syntax: Syntax): { rows: string[][] } {
  try {
    return tokenize(text, syntax);
  } catch {
    const end = text.lastIndexOf(syntax.quotechar);
    return tokenize(text.slice(0, text.lastIndexOf('\n', end) + 1), { ...syntax, quotechar: '' });
  }
}

function isBlank(row: string[]): boolean {
  return row.every((cell) => cell.trim() === '');
}

function onlyFirst(row: string[]): boolean {
  return (row[0] ?? '').trim() !== '' && row.slice(1).every((cell) => cell.trim() === '');
}

/** The common width, less trailing cells that are empty in every row. */
function tableWidth(rows: string[][], { delimiter }: Syntax): number {
  const cells = delimiter === '' ? rows : rows.filter((row) => row.length > 1);
  const common = commonWidth(cells.length > 0 ? cells : rows);
  const regular = rows.filter((row) => row.length === common);
  let width = common;
  while (width > 1 && regular.every((row) => (row[width - 1] ?? '').trim() === '')) width -= 1;
  return Math.max(1, width);
}

/** The first row that looks like the table: all rows before it are preamble. */
function findStart(rows: string[][], width: number): { row: number } {
  const limit = Math.min(rows.length, MAX_PREAMBLE_ROWS);
  for (let index = afterFirstBlock(rows, width); index < limit; index += 1) {
    const row = rows[index] as string[];
    if (isBlank(row)) continue;
    const comment = isComment(row[0] ?? '');
    if (comment && !(trimmedWidth(row) === width && width > 1 && !isCommentNext(rows, index, width))) continue;
    if (width === 1) return { row: index };
    if (onlyFirst(row)) continue;
    if (row.length >= width) return { row: index };
    // R leaves the index column's name out.
    const next = rows.slice(index + 1).find((each) => !isBlank(each));
    if (row.length === width - 1 && next?.length === width && row.every((cell) => cell.trim() !== ''))
      return { row: index };
  }
  const first = rows.findIndex((row) => row.length === width && !isBlank(row));
  return { row: Math.max(0, first) };
}

/**
 * Notes may be as wide as the table (`Lat;52.47`): where a blank line ends them, a header follows and none of them
 * looks like the table's rows, the table starts behind. 0 where there is no such block.
 */
function afterFirstBlock(rows: string[][], width: number): number {
  const begin = rows.findIndex((row) => !isBlank(row));
  const blank = rows.findIndex((row, index) => index > begin && isBlank(row));
  if (width === 1 || blank === -1 || blank > MAX_NOTES) return 0;
  const table = rows.slice(blank).filter((row) => !isBlank(row));
  if (table.length < 3 * (blank - begin) || findHeader(table, width).rows === 0) return 0;
  const kinds = columnKinds(table.slice(1, BODY_ROWS), width);
  const notes = rows.slice(begin, blank);
  return kinds.some(isTyped) && notes.every((row) => differs(row, kinds)) ? blank : 0;
}

/** Whether a comment of the table's width is followed by the real header, so that it is a comment after all. */
function isCommentNext(rows: string[][], index: number, width: number): boolean {
  const next = rows[index + 1];
  if (next === undefined || next.length !== width) return true;
  if (isComment(next[0] ?? '')) return true;
  return next.every((cell) => kindOf(cell) === 'other');
}

function trimmedWidth(row: string[]): number {
  let width = row.length;
  while (width > 1 && (row[width - 1] ?? '').trim() === '') width -= 1;
  return width;
}

function findHeader(body: string[][], width: number): { rows: number; confidence: number } {
  const [first, ...rest] = body;
  if (first === undefined) return { rows: 0, confidence: 1 };
  if (rest.length === 0) return { rows: first.some((cell) => kindOf(cell) === 'other') ? 1 : 0, confidence: 0.6 };
  const offset = first.length === width - 1 ? 1 : 0;
  if (offset === 1) return { rows: 1, confidence: 0.95 };
  const kinds = columnKinds(rest.slice(0, BODY_ROWS), width);
  if (!kinds.some(isTyped)) return untypedHeader(first, rest, width);
  const numbered = isYearHeader(first, kinds) || namesDates(first, kinds) || isCodeHeader(first, rest, kinds);
  if (!differs(first, kinds) && !numbered) return { rows: 0, confidence: 0.9 };
  let rows = 1;
  while (rows < MAX_HEADER_ROWS && rows < body.length - 1 && isMoreHeader(body[rows] as string[], kinds)) rows += 1;
  return { rows, confidence: rows === 1 ? 1 : 0.8 };
}

function isTyped(kind: Kind): boolean {
  return kind === 'number' || kind === 'date';
}

/** The kind that nearly all cells of each column share. */
function columnKinds(rows: string[][], width: number): Kind[] {
  return Array.from({ length: width }, (_, column) => {
    const counts = { number: 0, date: 0, other: 0, missing: 0 };
    for (const row of rows) counts[kindOf(row[column] ?? '')] += 1;
    const filled = counts.number + counts.date + counts.other;
    if (filled === 0) return 'missing';
    // A few rows of a second header may still be among them.
    const most = filled - Math.max(filled > 3 ? MAX_HEADER_ROWS - 1 : 0, filled * 0.1);
    if (counts.number > 0 && counts.number >= most) return 'number';
    return counts.date > 0 && counts.date >= most ? 'date' : 'other';
  });
}

function kindOf(cell: string): Kind {
  const text = cell.trim();
  if (isMissing(text)) return 'missing';
  const bits = cellBits(text);
  if ((bits & Bit.MISSING_WORD) !== 0) return 'missing';
  if ((bits & NUMBER) !== 0) return 'number';
  return (bits & DATE) !== 0 ? 'date' : 'other';
}

/** As `kindOf`, but a column may well be named "unknown" or "sd". */
function nameKindOf(cell: string): Kind {
  return isMissing(cell.trim()) ? 'missing' : (cellBits(cell.trim()) & Bit.MISSING_WORD) !== 0 ? 'other' : kindOf(cell);
}

/** Whether a row has words where the columns below have numbers or dates. */
function differs(row: string[], kinds: Kind[]): boolean {
  let words = 0;
  let same = 0;
  kinds.forEach((kind, column) => {
    if (!isTyped(kind)) return;
    const own = nameKindOf(row[column] ?? '');
    if (own === kind) same += 1;
    else if (own === 'other') words += 1;
  });
  return words > 0 && words >= same;
}

/** `country,2000,2001,2002`: numbers that count up evenly above columns of numbers. */
function isYearHeader(row: string[], kinds: Kind[]): boolean {
  const cells = row.filter((_, column) => kinds[column] === 'number').map((cell) => cell.trim());
  if (cells.length < 3 || !cells.every((cell) => /^\d{4}$/.test(cell))) return false;
  const steps = cells.slice(1).map((cell, index) => Number(cell) - Number(cells[index]));
  return steps.every((step) => step === steps[0] && step !== 0) && Number(cells[0]) >= 1800 && Number(cells[0]) <= 2200;
}

/** `ts,00,10,11`: a word above dates, and different plain numbers above numbers: codes of series. */
function namesDates(row: string[], kinds: Kind[]): boolean {
  const named = kinds.some((kind, column) => kind === 'date' && nameKindOf(row[column] ?? '') === 'other');
  const codes = row.filter((_, column) => kinds[column] === 'number').map((cell) => cell.trim());
  return named && codes.every((cell) => /^\d+$/.test(cell)) && new Set(codes).size === codes.length;
}

/** `0,1,2`, `00,10,11`: whole numbers that rise from column to column above columns of fractions. */
function isCodeHeader(row: string[], rest: string[][], kinds: Kind[]): boolean {
  const columns = kinds.flatMap((kind, column) => (kind === 'number' ? [column] : []));
  const codes = columns.map((column) => row[column]?.trim() ?? '');
  if (
    codes.length < 2 ||
    !codes.every((code, at) => /^\d+$/.test(code) && Number(code) > Number(codes[at - 1] ?? -1))
  ) {
    return false;
  }
  const below = rest.slice(0, BODY_ROWS).flatMap((each) => columns.map((column) => each[column] ?? ''));
  return below.filter((cell) => /\d[.,]\d/.test(cell)).length >= below.length * 0.8;
}

/** A second or third header row: words or nothing in every typed column, words in some. */
function isMoreHeader(row: string[], kinds: Kind[]): boolean {
  // A row that lacks a delimiter has its words in the wrong columns.
  if (row.length < kinds.length) return false;
  let words = 0;
  for (const [column, kind] of kinds.entries()) {
    if (!isTyped(kind)) continue;
    const own = nameKindOf(row[column] ?? '');
    if (isTyped(own)) return false;
    if (own === 'other') words += 1;
  }
  return words > 0 && words * 2 >= kinds.filter(isTyped).length;
}

/** With nothing but text, a header is a row of different names that do not come again below. */
function untypedHeader(first: string[], rest: string[][], width: number): { rows: number; confidence: number } {
  const names = first.map((cell) => cell.trim().toLowerCase());
  const filled = names.filter((name) => name !== '');
  const typed = first.some((cell) => isTyped(kindOf(cell)));
  const repeats = names.some(
    (name, column) => name !== '' && rest.some((row) => (row[column] ?? '').trim().toLowerCase() === name),
  );
  if (new Set(filled).size < filled.length || repeats || (typed && width > 1)) return { rows: 0, confidence: 0.6 };
  return { rows: 1, confidence: 0.7 };
}

/** Lines after the table, blank ones among them counted. */
function findFootnotes(tail: string, syntax: Syntax, width: number, body: string[][]): number {
  const rows = tokenizeStart(tail, { ...syntax }).rows;
  while (rows.length > 0 && isBlank(rows[rows.length - 1] as string[])) rows.pop();
  const kinds = columnKinds(body.slice(0, BODY_ROWS), width);
  let count = 0;
  let confirmed = 0;
  for (let index = rows.length - 1; index >= 0 && rows.length - index <= MAX_FOOTNOTE_LINES; index -= 1) {
    const row = rows[index] as string[];
    if (!isBlank(row) && !isFootnote(row, rows[index - 1], width, kinds)) break;
    count += 1;
    if (!isBlank(row)) confirmed = count;
  }
  return confirmed;
}

function isFootnote(row: string[], before: string[] | undefined, width: number, kinds: Kind[]): boolean {
  const text = (row[0] ?? '').trim();
  if (isComment(text) && row.length !== width) return true;
  if (width === 1) return kinds[0] !== 'other' && kindOf(text) === 'other' && /\s/.test(text);
  if (row.length > width && NOTE.test(text)) return true;
  if (!onlyFirst(row)) return NOTE.test(text) && row.length < width && kinds[0] !== 'other';
  if (kinds[0] !== undefined && isTyped(kinds[0])) return kindOf(text) === 'other';
  return NOTE.test(text) || (before !== undefined && isBlank(before)) || text.length > 60;
}

/** Physical lines that the rows took, quoted line breaks included. */
function countLines(rows: string[][], text: string, syntax: Syntax): number {
  if (rows.length === 0) return 0;
  const breaks = rows.flat().reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
  return Math.min(rows.length + breaks, text.split(syntax.row_delimiter).length);
}
