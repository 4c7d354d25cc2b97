import { cellBits } from './cells';
import { isMissing } from './cells/missing';
import { Tokenizer, type Syntax } from './tokenizer';

/** Delimiters by how common they are; a later one must beat an earlier one by the tier's handicap. */
const TIERS: { delimiters: string[]; handicap: number }[] = [
  { delimiters: [',', ';', '\t', '|'], handicap: 1 },
  { delimiters: [' ', '^', '~', '§', '\u0001', '\u001f', '\u001e', '¬', '¦'], handicap: 0.85 },
  { delimiters: [':', '#', '&', '*', '!', '@', '=', '%', '$', '/', '\\'], handicap: 0.55 },
];
const QUOTES = ['"', "'", '`', '~', '|'];
const TIME = /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$/;
const MOMENT = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d{1,2}:\d{2}[\d:.,+Z-]*$/;
/** What the rows of a table are worth when lines of text stand around it. */
const OUTSIDE_TEXT = 0.75;
/** Lines of text around a table that has fewer rows. */
const MAX_OUTSIDE = 60;
const SAMPLE_CHARACTERS = 150_000;
/** The score that a table of several columns must reach; a single column is assumed below. */
const LEAST_SCORE = 0.24;

export interface SyntaxDecision {
  syntax: Syntax;
  confidence: number;
}

/**
 * Decides delimiter, quote and escape by which of them makes the text most like a table. `quotesFollow`: the file holds
 * double quotes, be it after this text; they must not be met unprepared.
 */
export function detectSyntax(
  text: string,
  rowDelimiter: Syntax['row_delimiter'],
  quotesFollow = false,
): SyntaxDecision {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  const whole = sample.length === text.length ? sample : cutAtLine(sample, rowDelimiter);
  const found = rankSyntaxes(whole, rowDelimiter);
  const { syntax } = found;
  const unseen = quotesFollow && syntax.quotechar === '' && !whole.includes('"');
  return unseen ? { ...found, syntax: { ...syntax, quotechar: '"' } } : found;
}

function rankSyntaxes(text: string, rowDelimiter: Syntax['row_delimiter']): SyntaxDecision {
  const single = { syntax: singleColumn(text, rowDelimiter), confidence: 0.8 };
  if (isOneTypedColumn(text)) return single;
  const ranked = candidates(text, rowDelimiter)
    .map(({ syntax, handicap }) => ({ syntax, score: scoreSyntax(text, syntax) * handicap }))
    .sort((a, b) => b.score - a.score);
  const best = ranked[0];
  if (best === undefined || best.score < LEAST_SCORE) return single;
  const rival = ranked.find(({ syntax }) => syntax.delimiter !== best.syntax.delimiter)?.score ?? 0;
  return { syntax: best.syntax, confidence: Math.min(1, 0.6 + (best.score - rival) * 0.8) };
}

/** `\n` unless the text's lines end otherwise. */
export function detectRowDelimiter(text: string): Syntax['row_delimiter'] {
  const pairs = text.split('\r\n').length - 1;
  const feeds = text.split('\n').length - 1 - pairs;
  const returns = text.split('\r').length - 1 - pairs;
  if (pairs > 0 && pairs >= feeds) return '\r\n';
  return feeds === 0 && returns > 0 ? '\r' : '\n';
}

function cutAtLine(text: string, rowDelimiter: string): string {
  const end = text.lastIndexOf(rowDelimiter);
  return end === -1 ? text : text.slice(0, end + rowDelimiter.length);
}

function candidates(text: string, rowDelimiter: Syntax['row_delimiter']) {
  const found: { syntax: Syntax; handicap: number }[] = [];
  for (const { delimiters, handicap } of TIERS) {
    for (const delimiter of delimiters) {
      if (!text.includes(delimiter)) continue;
      for (const quoting of quotings(text, delimiter)) {
        found.push({ syntax: { delimiter, row_delimiter: rowDelimiter, ...quoting }, handicap });
      }
    }
  }
  return found;
}

/** The ways of quoting that the text gives reason to try with this delimiter, the plainest first. */
function quotings(text: string, delimiter: string): { quotechar: string; escapechar: string }[] {
  const found = [{ quotechar: '', escapechar: '' }];
  if (text.includes(`\\${delimiter}`) && delimiter !== ' ') found.push({ quotechar: '', escapechar: '\\' });
  for (const quote of QUOTES) {
    if (quote === delimiter || !quotesCells(text, quote, delimiter)) continue;
    found.push({ quotechar: quote, escapechar: '' });
    if (text.includes(`\\${quote}`)) found.push({ quotechar: quote, escapechar: '\\' });
  }
  const bare = text.includes('\\"') && delimiter !== '"' && !quotesCells(text, '"', delimiter);
  if (bare) found.push({ quotechar: '"', escapechar: '\\' });
  return found;
}

function quotesCells(text: string, quote: string, delimiter: string): boolean {
  const [q, d] = [escaped(quote), escaped(delimiter)];
  return new RegExp(`(^|${d}|[\\r\\n]) *${q}`).test(text) && new RegExp(`${q} *($|${d}|[\\r\\n])`).test(text);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

interface Read {
  rows: string[][];
  malformed: number;
  quoted: number;
}

/** How much a reading of the text looks like a table, 0-1: rows of one width, cells of known types. */
function scoreSyntax(text: string, syntax: Syntax): number {
  const read = readStart(text, syntax);
  const filled = read.rows.filter((row) => row.length > 1 || row[0]?.trim() !== '');
  return Math.max(0, ...widths(filled).map((width) => scoreWidth(read, filled, width, syntax)));
}

/** The widths that rows of several cells have most often. */
function widths(rows: string[][]): number[] {
  const counts = new Map<number, number>();
  for (const { length } of rows) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
  const ranked = [...counts].sort(([wide, one], [wider, other]) => other - one || wider - wide);
  return ranked.slice(0, 3).map(([width]) => width);
}

function scoreWidth(read: Read, filled: string[][], width: number, syntax: Syntax): number {
  const rows = filled.filter((row) => row.length === width || !isComment(row[0] ?? ''));
  const regular = rows.filter((row) => row.length === width);
  // A delimiter that only ends the lines makes no column.
  const columns = width - (regular.every((row) => row[width - 1]?.trim() === '') ? 1 : 0);
  if (columns < 2) return 0;
  // A slip or two, and a few beside many well-quoted cells, speak for the quotes, not against them.
  const odd = Math.max(0, read.malformed - Math.max(2, read.quoted / 2)) / Math.max(1, read.malformed + read.quoted);
  return (
    consistencyOf(rows, width, syntax) ** 1.5 *
    ((columns - 0.5) / columns) *
    typeScore(regular, syntax) *
    (1 - odd * 0.8) *
    quoteScore(rows, syntax, read)
  );
}

/** Above 1 where quotes are used as such, below where they are not. */
function quoteScore(rows: string[][], { quotechar, escapechar }: Syntax, { quoted, malformed }: Read): number {
  // `"said ""no"""` is written by programs that quote; who reads it otherwise is wrong however few there are.
  if (quotechar === '')
    return (rows.some((row) => row.some(holdsDoubledQuotes)) ? 0.85 : 1) * (splitsQuotes(rows) ? 0.6 : 1);
  // `Anna \"Annie\" Berg`: a program that escapes quotes also outside of quoted cells.
  if (quoted === 0 && escapechar !== '') return 1.001;
  // Where all else is equal, the reading with more well-quoted cells is taken.
  return quoted === 0 ? 0.5 : 1 + (0.001 * quoted) / (quoted + malformed);
}

/** Whether as many cells begin with a quote as end with one, and none does both: quoted cells cut in two. */
function splitsQuotes(rows: string[][]): boolean {
  let open = 0;
  let close = 0;
  for (const row of rows) {
    for (const cell of row) {
      const text = cell.trim();
      const [begins, ends] = [text.startsWith('"'), text.endsWith('"')];
      if (begins && !ends) open += 1;
      if (ends && !begins) close += 1;
    }
  }
  return open > 1 && Math.abs(open - close) <= open * 0.02 + 1;
}

function holdsDoubledQuotes(cell: string): boolean {
  const text = cell.trim();
  if (text.length < 5 || !text.startsWith('"') || !text.endsWith('"')) return false;
  const inside = text.slice(1, -1);
  return inside.includes('""') && !inside.replaceAll('""', '').includes('"');
}

/** The rows that a text holds whole: it may end inside a quoted cell. */
function readStart(text: string, syntax: Syntax): Read {
  const tokenizer = new Tokenizer(syntax);
  const rows: string[][] = [];
  try {
    rows.push(...tokenizer.push(text));
    rows.push(...tokenizer.end());
  } catch {
    // What began the unfinished cell was no quote where it swallowed much of the text.
    const read = rows.reduce((sum, row) => sum + row.join('').length + row.length, 0);
    if (read < text.length / 2) return { rows: [], malformed: 0, quoted: 0 };
  }
  return { rows, malformed: tokenizer.malformed, quoted: tokenizer.quoted };
}

/** The share of rows that have the table's width; lines of text before and after a table count less. */
function consistencyOf(rows: string[][], width: number, { delimiter }: Syntax): number {
  const share = (from: number, to: number) => {
    const chosen = rows.slice(from, to);
    const regular = chosen.filter((row) => row.length === width).length;
    // Rows that run short of trailing cells are half as good; longer ones mean that the delimiter is inside cells.
    const short = chosen.filter((row) => row.length < width && row.length > 1).length;
    return (regular + short * 0.3) / chosen.length;
  };
  const first = rows.findIndex((row) => row.length === width);
  const last = rows.findLastIndex((row) => row.length === width);
  // Prose has a few lines of as many blanks or commas somewhere.
  const outside = rows.length - (last + 1 - first);
  if (delimiter === ' ' || (outside * 2 > rows.length && (width < 3 || outside > MAX_OUTSIDE)))
    return share(0, rows.length);
  return Math.max(share(0, rows.length), last === first ? 0 : share(first, last + 1) * OUTSIDE_TEXT);
}

/** Whether a line that begins so is a comment. */
export function isComment(line: string): boolean {
  return /^(#|%|\/\/|--\s)/.test(line.trim());
}

/** The width that most rows have, the wider where two are as frequent. */
export function commonWidth(rows: string[][]): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  let best = 0;
  for (const [width, count] of counts) {
    const most = counts.get(best) ?? 0;
    if (count > most || (count === most && width > best)) best = width;
  }
  return best;
}

function typeScore(rows: string[][], { quotechar }: Syntax): number {
  let sum = 0;
  let count = 0;
  const step = Math.max(1, Math.floor(rows.length / 400));
  for (let index = 0; index < rows.length; index += step) {
    for (const cell of rows[index] as string[]) {
      sum += cellScore(cell.trim(), quotechar);
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}

function cellScore(cell: string, quotechar: string): number {
  if (isMissing(cell)) return cell === '' ? 0.7 : 1;
  if (cellBits(cell) !== 0 || TIME.test(cell)) return 1;
  // A quote left at a cell's edge: the quoting was not understood.
  if (quotechar === '' && /^["'`].*[^"'`]$|^[^"'`].*["'`]$|^["'`].*["'`]$/s.test(cell)) return 0.3;
  if (/^[\p{L}\p{N}_. -]{1,40}$/u.test(cell)) return 1;
  if (/^(https?:\/\/|www\.|[\w.+-]+@[\w-]+\.)\S+$/.test(cell)) return 1;
  // Left-over delimiters beside digits or without a space are the sign of a wrong choice.
  if (/[;\t|]/.test(cell)) return quotechar === '' || !/\s/.test(cell) ? 0.1 : 0.6;
  if (/,\S/.test(cell)) return 0.3;
  return 0.8;
}

/**
 * Lines that are one number, date or time each, below a header without their delimiters: `1,5`, `15:02:37.143`,
 * `2024-01-31 10:00`, `"1,234,567"`.
 */
function isOneTypedColumn(text: string): boolean {
  const [header = '', ...lines] = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  if (lines.length > 0 && [header, ...lines].every((line) => /^\s*("[^"]*"|[\d.]+)\s*$/.test(line))) return true;
  if (lines.every((line) => TIME.test(line.trim()))) return lines.length > 0 && !/[,;\t|]/.test(header);
  if (lines.every((line) => MOMENT.test(line.trim()))) return lines.length > 0 && !/[,;\t| ]/.test(header.trim());
  return lines.length >= 2 && !header.includes(',') && lines.every((line) => /^\s*-?\d+(,\d+)?\s*$/.test(line));
}

function singleColumn(text: string, rowDelimiter: Syntax['row_delimiter']): Syntax {
  const quoted = /^\s*"[^\r\n]*"\s*$/m.test(text);
  return { delimiter: '', quotechar: quoted ? '"' : '', escapechar: '', row_delimiter: rowDelimiter };
}
