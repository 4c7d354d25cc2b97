import type { Dialect } from '../contracts/dataset';
import { dataError } from './errors';
import { MAX_ROW_CHARACTERS } from './limits';

export type Syntax = Pick<Dialect, 'delimiter' | 'quotechar' | 'escapechar' | 'row_delimiter'>;

const SPACE = 32;
/** Characters. */
const LONG_ROW = 256 * 1024;

/**
 * Splits text into rows of raw cells, quotes resolved, in pushes of any size. It never fails on odd quoting:
 * it reads what the writer most likely meant and counts it in `malformed`. A blank line is a row of one empty cell.
 */
export class Tokenizer {
  /** Cells whose quoting broke the rules. */
  malformed = 0;
  /** Cells that were quoted. */
  quoted = 0;
  private rest = '';
  /** An unfinished long row is read again only when it has doubled, so that its cost stays linear. */
  private lookAgainAt = 0;
  private readonly newline: string;
  private readonly collapse: boolean;

  constructor(private readonly syntax: Syntax) {
    this.newline = syntax.row_delimiter === '\r' ? '\r' : '\n';
    this.collapse = syntax.delimiter === ' ';
  }

  /**
   * The rows that `text` completes. @throws {AutomlError} `line_too_long`, `unclosed_quote`.
   */
  push(text: string): string[][] {
    const pending = this.rest === '' ? text : this.rest + text;
    if (pending.length < this.lookAgainAt && pending.length <= MAX_ROW_CHARACTERS) {
      this.rest = pending;
      return [];
    }
    const rows = this.read(pending, false);
    if (this.rest.length > MAX_ROW_CHARACTERS) throw this.endless();
    this.lookAgainAt = this.rest.length > LONG_ROW ? 2 * this.rest.length : 0;
    return rows;
  }

  /** The last row, where the text did not end with a row delimiter. */
  end(): string[][] {
    if (this.rest === '') return [];
    const rows = this.read(this.rest, true);
    this.rest = '';
    return rows;
  }

  private read(text: string, last: boolean): string[][] {
    const rows: string[][] = [];
    let position = 0;
    let special = this.nextSpecial(text, 0);
    while (position < text.length) {
      if (special !== -1 && special < position) special = this.nextSpecial(text, position);
      const found = text.indexOf(this.newline, position);
      if (found === -1 && !last) break;
      const end = found === -1 ? text.length : found;
      if (special === -1 || special > end) {
        rows.push(this.split(text, position, end));
        position = end + 1;
      } else {
        const cells: string[] = [];
        const next = this.readQuotedRow(text, position, last, cells);
        if (next === -1) break;
        rows.push(cells);
        position = next;
      }
    }
    this.rest = position >= text.length ? '' : text.slice(position);
    return rows;
  }

  private nextSpecial(text: string, from: number): number {
    const quote = this.syntax.quotechar === '' ? -1 : text.indexOf(this.syntax.quotechar, from);
    const escape = this.syntax.escapechar === '' ? -1 : text.indexOf(this.syntax.escapechar, from);
    if (quote === -1 || escape === -1) return Math.max(quote, escape);
    return Math.min(quote, escape);
  }

  /** A line with no quote in it: the fast path that nearly all rows take. */
  private split(text: string, start: number, end: number): string[] {
    let stop = end;
    if (this.newline === '\n' && stop > start && text.charCodeAt(stop - 1) === 13) stop -= 1;
    const line = text.slice(start, stop);
    if (this.syntax.delimiter === '') return [line];
    return this.collapse ? line.trim().split(/ +/) : line.split(this.syntax.delimiter);
  }

  /** Reads one row from `start` into `cells`; the next row's position, or -1 where the text ends inside the row. */
  private readQuotedRow(text: string, start: number, last: boolean, cells: string[]): number {
    let position = start;
    const quoted = this.quoted;
    const malformed = this.malformed;
    for (;;) {
      if (this.collapse) position = skipSpaces(text, position);
      const begin = skipSpaces(text, position);
      const isQuoted = this.syntax.quotechar !== '' && text.startsWith(this.syntax.quotechar, begin);
      const cell = isQuoted ? this.readQuoted(text, begin, last) : this.readBare(text, position);
      if (cell === undefined || (cell.end >= text.length && !last)) {
        // The row is read again when more text has come.
        this.quoted = quoted;
        this.malformed = malformed;
        return -1;
      }
      if (!(this.collapse && cell.text === '' && !isQuoted && cells.length > 0)) cells.push(cell.text);
      position = cell.end;
      if (position >= text.length) return text.length;
      if (text.startsWith(this.newline, position)) return position + 1;
      if (this.newline === '\n' && text.startsWith('\r\n', position)) return position + 2;
      position += this.syntax.delimiter.length;
    }
  }

  private readBare(text: string, start: number): { text: string; end: number } {
    let value = '';
    let from = start;
    let position = start;
    while (position < text.length && !this.endsCell(text, position)) {
      if (this.syntax.escapechar !== '' && text[position] === this.syntax.escapechar && position + 1 < text.length) {
        value += text.slice(from, position);
        position += 1;
        from = position;
      }
      position += 1;
    }
    return { text: value + text.slice(from, position), end: position };
  }

  /** `start` is at the opening quote; undefined where the text ends before the closing one is certain. */
  private readQuoted(text: string, start: number, last: boolean): { text: string; end: number } | undefined {
    const { quotechar: quote, escapechar: escape } = this.syntax;
    let value = '';
    let from = start + 1;
    let position = from;
    for (;;) {
      if (escape === '') position = text.indexOf(quote, position);
      else while (position < text.length && text[position] !== quote && text[position] !== escape) position += 1;
      if (position === -1 || position >= text.length) {
        if (last) throw this.endless();
        return undefined;
      }
      if (escape !== '' && text[position] === escape) {
        value += text.slice(from, position) + (text[position + 1] ?? '');
        position += 2;
        from = position;
        continue;
      }
      const after = position + 1;
      if (after >= text.length && !last) return undefined;
      if (text.startsWith(quote, after)) {
        value += text.slice(from, after);
        position = after + 1;
        from = position;
        continue;
      }
      const next = this.collapse ? after : skipSpaces(text, after);
      if (next >= text.length || this.endsCell(text, next)) {
        this.quoted += 1;
        return { text: value + text.slice(from, position), end: Math.min(next, text.length) };
      }
      this.malformed += 1;
      if (!this.closesLater(text, after)) {
        const tail = this.readBare(text, after);
        return { text: value + text.slice(from, position) + tail.text, end: tail.end };
      }
      position = after;
    }
  }

  /** Whether a later quote on the same line ends the cell, so that the one before `from` is a literal quote. */
  private closesLater(text: string, from: number): boolean {
    const end = text.indexOf(this.newline, from);
    const limit = end === -1 ? text.length : end;
    for (let at = text.indexOf(this.syntax.quotechar, from); at !== -1 && at < limit;) {
      const next = at + 1;
      if (next >= text.length || this.endsCell(text, next)) return true;
      at = text.indexOf(this.syntax.quotechar, next);
    }
    return false;
  }

  private endsCell(text: string, position: number): boolean {
    const { delimiter } = this.syntax;
    if (delimiter !== '' && text.startsWith(delimiter, position)) return true;
    const code = text.charCodeAt(position);
    if (this.newline === '\r') return code === 13;
    return code === 10 || (code === 13 && text.charCodeAt(position + 1) === 10);
  }

  private endless(): Error {
    const { quotechar } = this.syntax;
    if (quotechar !== '' && this.rest.includes(quotechar)) {
      return dataError(
        'unclosed_quote',
        `A quoted cell never ends: ${JSON.stringify(this.rest.slice(0, 120))}`,
        `Close the quote ${quotechar} in that row, or double it where it is part of the text.`,
      );
    }
    return dataError(
      'line_too_long',
      'A row is longer than 16 million characters.',
      'Check that the file is a table with one record a line.',
    );
  }
}

function skipSpaces(text: string, from: number): number {
  let position = from;
  while (text.charCodeAt(position) === SPACE) position += 1;
  return position;
}

/** Reads a whole text at once. */
export function tokenize(text: string, syntax: Syntax): { rows: string[][]; malformed: number; quoted: number } {
  const tokenizer = new Tokenizer(syntax);
  const rows = [...tokenizer.push(text), ...tokenizer.end()];
  return { rows, malformed: tokenizer.malformed, quoted: tokenizer.quoted };
}
