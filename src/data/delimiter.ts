import { cellBits } from './cells';
import { isMissing } from './cells/missing';
import { tokenize, type Syntax } from './tokenizer';

/** Delimiters by how common they are; a later one must beat an earlier one by the tier's handicap. */
const TIERS: { delimiters: string[]; handicap: number }[] = [
  { delimiters: [',', ';', '\t', '|'], handicap: 1 },
  { delimiters: [' ', '^', '~', '§', '\u0001', '\u001f', '\u001e', '¬', '¦'], handicap: 0.85 },
  { delimiters: [':', '#', '&', '*', '!', '@', '=', '%', '$', '/', '\\'], handicap: 0.55 },
];
const QUOTES = ['"', "'", '`', '~', '|'];
/** The score that a table of several columns must reach; a single column is assumed below. */
const LEAST_SCORE = 0.24;

export interface SyntaxDecision {
  syntax: Syntax;
  confidence: number;
}

/** Decides delimiter, quote and escape by which of them makes the text most like a table. */
export function detectSyntax(text: string, rowDelimiter: Syntax['row_delimiter']): SyntaxDecision {
  const sample = text.slice(0, 150_000);
  const whole = sample.length === text.length ? sample : cutAtLine(sample, rowDelimiter);
  const ranked = candidates(whole, rowDelimiter)
    .map(({ syntax, handicap }) => ({ syntax, score: scoreSyntax(whole, syntax) * handicap }))
    .sort((a, b) => b.score - a.score);
  const best = ranked[0];
  if (best === undefined || best.score < LEAST_SCORE || isDecimalColumn(whole, best.syntax)) {
    return { syntax: singleColumn(whole, rowDelimiter), confidence: 0.8 };
  }
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
  return found;
}

function quotesCells(text: string, quote: string, delimiter: string): boolean {
  const [q, d] = [escaped(quote), escaped(delimiter)];
  return new RegExp(`(^|${d}|[\\r\\n]) *${q}`).test(text) && new RegExp(`${q} *($|${d}|[\\r\\n])`).test(text);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** How much a reading of the text looks like a table, 0-1: rows of one width, cells of known types. */
function scoreSyntax(text: string, syntax: Syntax): number {
  let read;
  try {
    read = tokenize(text, syntax);
  } catch {
    return 0;
  }
  const rows = read.rows.filter((row) => row.length > 1 || row[0]?.trim() !== '');
  const width = commonWidth(rows);
  if (width < 2) return 0;
  const regular = rows.filter((row) => row.length === width);
  // Rows that run short of trailing cells are half as good; longer ones mean that the delimiter is inside cells.
  const short = rows.filter((row) => row.length < width && row.length > 1).length;
  const consistency = (regular.length + short * 0.3) / rows.length;
  // A few slips beside many well-quoted cells speak for the quotes, not against them.
  const odd = Math.max(0, read.malformed - read.quoted / 2) / Math.max(1, read.malformed + read.quoted);
  const unused = syntax.quotechar !== '' && read.quoted === 0 ? 0.5 : 1;
  return consistency ** 1.5 * ((width - 0.5) / width) * typeScore(regular, syntax) * (1 - odd * 0.8) * unused;
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
  if (cellBits(cell) !== 0 || /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$/.test(cell)) return 1;
  // A quote left at a cell's edge: the quoting was not understood.
  if (quotechar === '' && /^["'`].*[^"'`]$|^[^"'`].*["'`]$|^["'`].*["'`]$/s.test(cell)) return 0.3;
  if (/^[\p{L}\p{N}_. -]{1,40}$/u.test(cell)) return 1;
  if (/^(https?:\/\/|www\.|[\w.+-]+@[\w-]+\.)\S+$/.test(cell)) return 1;
  // Left-over delimiters beside digits or without a space are the sign of a wrong choice.
  if (/[;\t|]/.test(cell)) return quotechar === '' || !/\s/.test(cell) ? 0.1 : 0.6;
  if (/,\S/.test(cell)) return 0.3;
  return 0.8;
}

/** `1,5` below a header of one word: a decimal comma and no delimiter. */
function isDecimalColumn(text: string, { delimiter, quotechar }: Syntax): boolean {
  if (delimiter !== ',' || quotechar !== '') return false;
  const [header = '', ...lines] = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return lines.length >= 2 && !header.includes(',') && lines.every((line) => /^\s*-?\d+(,\d+)?\s*$/.test(line));
}

function singleColumn(text: string, rowDelimiter: Syntax['row_delimiter']): Syntax {
  const quoted = /^\s*"[^\r\n]*"\s*$/m.test(text);
  return { delimiter: '', quotechar: quoted ? '"' : '', escapechar: '', row_delimiter: rowDelimiter };
}
