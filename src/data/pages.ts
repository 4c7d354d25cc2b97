import { createReadStream } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { SCAN_CHUNK_BYTES } from './limits';
import { canonicalRows } from './read';

/** Every so many rows of a canonical file its index knows where the row begins. */
const STRIDE = 1000;
const OFFSET_BYTES = 8;
const QUOTE = 0x22;
const NEWLINE = 0x0a;

export interface Page {
  columns: string[];
  /** Null where a value is missing. */
  rows: (string | null)[][];
}

/** Writes beside a canonical file where its rows begin, so that a page far down is read without what is before it. */
export async function writeRowIndex(file: string): Promise<void> {
  const starts: number[] = [];
  let quoted = false;
  // The first line is the header.
  let row = -1;
  let position = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: SCAN_CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte === QUOTE) quoted = !quoted;
      else if (byte === NEWLINE && !quoted) {
        row += 1;
        if (row % STRIDE === 0) starts.push(position + index + 1);
      }
    }
    position += chunk.length;
  }
  const bytes = Buffer.alloc(starts.length * OFFSET_BYTES);
  starts.forEach((start, index) => bytes.writeDoubleLE(start, index * OFFSET_BYTES));
  await writeFile(indexOf(file), bytes);
}

/** Some rows of a canonical file; past its end none. Without an index everything before them is read too. */
export async function readPage(file: string, { offset, limit }: { offset: number; limit: number }): Promise<Page> {
  const columns = await headerOf(file);
  const start = await startOf(file, offset);
  const rows: (string | null)[][] = [];
  if (!start || limit <= 0) return { columns, rows };
  let skip = start.skip;
  for await (const row of canonicalRows(file, start.position)) {
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    rows.push(columns.map((_, index) => row[index] || null));
    if (rows.length >= limit) break;
  }
  return { columns, rows };
}

async function headerOf(file: string): Promise<string[]> {
  for await (const row of canonicalRows(file)) return row;
  return [];
}

/** Where to begin reading, and how many rows to pass over from there; undefined beyond the last row. */
async function startOf(file: string, offset: number): Promise<{ position: number; skip: number } | undefined> {
  const index = await readFile(indexOf(file)).catch(() => undefined);
  if (!index) return { position: 0, skip: offset + 1 };
  const block = Math.floor(offset / STRIDE);
  if ((block + 1) * OFFSET_BYTES > index.length) return undefined;
  const position = index.readDoubleLE(block * OFFSET_BYTES);
  const handle = await open(file);
  const { size } = await handle.stat().finally(() => handle.close());
  return position < size ? { position, skip: offset % STRIDE } : undefined;
}

export function indexOf(file: string): string {
  return `${file}.rows`;
}
