import { createReadStream } from 'node:fs';
import type { Dialect } from '../contracts/dataset';
import { createDecoder } from './encoding';
import type { Ledger } from './ledger';
import { CHUNK_BYTES } from './limits';
import { Tokenizer } from './tokenizer';

const COMMENT = /^\s*(#|%|\/\/)/;

export interface TableShape {
  dialect: Dialect;
  width: number;
  /** The first header row lacks the first column's name. */
  unnamedIndex: boolean;
}

/** A file as batches of raw rows after its preamble, header and blank lines included. */
export async function* readRawRows(
  file: string,
  dialect: Dialect,
  hooks: { signal?: AbortSignal; onBytes?: (bytes: number) => void; ledger: Ledger },
): AsyncGenerator<string[][]> {
  const decoder = createDecoder(dialect.encoding);
  const tokenizer = new Tokenizer(dialect);
  const skip = new LineSkipper(dialect, hooks.ledger);
  let bytes = 0;
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES, signal: hooks.signal });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    yield tokenizer.push(skip.pass(decoder.write(chunk)));
    bytes += chunk.length;
    hooks.onBytes?.(bytes);
  }
  yield tokenizer.push(skip.pass(decoder.end(), true));
  yield tokenizer.end();
  hooks.ledger.add('malformed_quotes', null, null, tokenizer.malformed);
}

/** Drops the preamble's physical lines before anything in them can be taken for quotes. */
class LineSkipper {
  private left: number;
  private rest = '';

  constructor(
    private readonly dialect: Dialect,
    private readonly ledger: Ledger,
  ) {
    this.left = dialect.preamble_lines;
  }

  pass(text: string, last = false): string {
    if (this.left === 0) return text;
    let rest = this.rest + text;
    while (this.left > 0) {
      const end = rest.indexOf(this.dialect.row_delimiter);
      if (end === -1 && !last) {
        this.rest = rest;
        return '';
      }
      const line = end === -1 ? rest : rest.slice(0, end);
      if (line.trim() !== '') this.ledger.add('preamble_line', null, line.trim());
      this.left = end === -1 ? 0 : this.left - 1;
      rest = end === -1 ? '' : rest.slice(end + this.dialect.row_delimiter.length);
    }
    this.rest = '';
    return rest;
  }
}

/** Turns raw rows into rows of the table: header taken off, every row as wide as the table, footnotes held back. */
export class RowCleaner {
  readonly header: string[][] = [];
  rows = 0;
  private held: string[][] = [];
  /** Empty lines, and lines of nothing but delimiters, since the last row. */
  private blankLines = 0;
  private blankRows = 0;

  constructor(
    private readonly shape: TableShape,
    private readonly ledger: Ledger,
  ) {}

  clean(batch: string[][]): string[][] {
    const rows: string[][] = [];
    for (const row of batch) {
      if (isBlank(row)) {
        if (row.length === 1) this.blankLines += 1;
        else this.blankRows += 1;
        continue;
      }
      if (this.header.length < this.shape.dialect.header_rows) {
        this.takeHeader(row);
        continue;
      }
      for (const ready of this.hold(row)) {
        const fitted = this.fit(ready);
        if (fitted !== undefined) rows.push(fitted);
      }
    }
    this.rows += rows.length;
    return rows;
  }

  /** Reports the footnotes and what was empty at the end; empty lines are nothing. */
  finish(): void {
    this.ledger.add('blank_row', null, null, this.blankRows);
    for (const row of this.held) if (!isBlank(row)) this.ledger.add('footnote_line', null, this.text(row));
  }

  private takeHeader(row: string[]): void {
    this.blankLines = this.blankRows = 0;
    const full = this.shape.unnamedIndex && this.header.length === 0 ? ['', ...row] : row;
    this.header.push(full.slice(0, this.shape.width));
  }

  /** The rows that are certainly no footnotes once this one has come. */
  private hold(row: string[]): string[][] {
    const footnotes = this.shape.dialect.footnote_lines;
    const blanks = this.takeBlanks();
    if (footnotes === 0) return blanks.length === 0 ? [row] : [...blanks, row];
    this.held.push(...blanks, row);
    return this.held.splice(0, Math.max(0, this.held.length - footnotes));
  }

  private takeBlanks(): string[][] {
    if (this.blankLines + this.blankRows === 0) return [];
    const lines = Array.from({ length: this.blankLines }, () => ['']);
    const rows = Array.from({ length: this.blankRows }, () => ['', '']);
    this.blankLines = this.blankRows = 0;
    return [...lines, ...rows];
  }

  private fit(row: string[]): string[] | undefined {
    const { width } = this.shape;
    if (row.length === width && (row[0] as string) !== '' && !this.repeatsHeader(row)) return row;
    // In a single column an empty line is a missing value; else it is nothing.
    if (isBlank(row)) {
      if (width === 1) return [''];
      // An empty line is nothing; a line of nothing but delimiters was meant as a row.
      if (row.length > 1) this.ledger.add('blank_row', null, null);
      return undefined;
    }
    if (this.repeatsHeader(row)) {
      this.ledger.add('repeated_header', null, this.text(row));
      return undefined;
    }
    if (row.length === width) return row;
    if (COMMENT.test(row[0] as string)) {
      this.ledger.add('comment_line', null, this.text(row));
      return undefined;
    }
    if (row.length < width) {
      this.ledger.add('row_too_short', null, this.text(row));
      return [...row, ...Array.from({ length: width - row.length }, () => '')];
    }
    if (isBlank(row.slice(width))) return row.slice(0, width);
    this.ledger.add('row_too_long', null, this.text(row));
    return undefined;
  }

  private repeatsHeader(row: string[]): boolean {
    const header = this.header[0];
    return (
      header !== undefined && header[0] === row[0] && header.length > 1 && header.every((cell, at) => cell === row[at])
    );
  }

  private text(row: string[]): string {
    return row.slice(0, 200).join(this.shape.dialect.delimiter || ' ');
  }
}

function isBlank(row: string[]): boolean {
  for (const cell of row) if (cell !== '' && cell.trim() !== '') return false;
  return true;
}
