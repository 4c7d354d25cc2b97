import { isAscii, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dataError } from './errors';
import { SAMPLE_BYTES, SCAN_CHUNK_BYTES, TAIL_BYTES } from './limits';

/** Bytes between newlines. */
const CLOSE_NEWLINES = 16;

/** What one pass over a file's bytes tells, before anything is decoded. */
export interface SourceScan {
  bytes: number;
  sha256: string;
  ascii: boolean;
  utf8: boolean;
  /** The file holds zero bytes, which no one-byte encoding of text does. */
  zeros: boolean;
  newlines: number;
  /** A double quote is somewhere in the file. */
  quotes: boolean;
  /** The first bytes, up to `SAMPLE_BYTES`. */
  head: Buffer;
  /** The last bytes, up to `TAIL_BYTES`, starting at an even offset. */
  tail: Buffer;
  /** The first chunk that is not UTF-8, null where all are. */
  odd: Buffer | null;
}

/** Reads a file once. @throws {AutomlError} `empty_file`; the signal's reason when it aborts. */
export async function scanSource(file: string, signal?: AbortSignal): Promise<SourceScan> {
  const hash = createHash('sha256');
  const scan = { bytes: 0, ascii: true, utf8: true, zeros: false, quotes: false, newlines: 0 };
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  let odd: Buffer | null = null;
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, {
    highWaterMark: SCAN_CHUNK_BYTES,
    signal,
  }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    scan.bytes += chunk.length;
    if (headBytes < SAMPLE_BYTES) {
      head.push(chunk.subarray(0, SAMPLE_BYTES - headBytes));
      headBytes += chunk.length;
    }
    tail = tailOf(tail, chunk, scan.bytes);
    scan.newlines += countNewlines(chunk);
    scan.zeros ||= chunk.includes(0);
    scan.quotes ||= chunk.includes(34);
    scan.ascii &&= isAscii(chunk);
    if (scan.utf8 && !scan.ascii) {
      const text = Buffer.concat([carry, chunk]);
      const end = wholeCharacters(text);
      carry = text.subarray(end);
      if (!isUtf8(text.subarray(0, end))) {
        scan.utf8 = false;
        odd = text;
      }
    }
  }
  if (scan.bytes === 0)
    throw dataError('empty_file', 'The file is empty.', 'Upload a CSV file with a header and rows.');
  if (scan.utf8 && !isUtf8(carry)) {
    scan.utf8 = false;
    odd = tail;
  }
  return { ...scan, sha256: hash.digest('hex'), head: Buffer.concat(head), tail, odd };
}

/** Jumps from one to the next; where they stand so close that a jump costs more than a look, looks at every byte. */
function countNewlines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
    count += 1;
    if (at < count * CLOSE_NEWLINES) return count + countEach(chunk, at + 1);
  }
  return count;
}

function countEach(chunk: Buffer, from: number): number {
  let count = 0;
  for (let index = from; index < chunk.length; index += 1) if (chunk[index] === 10) count += 1;
  return count;
}

function tailOf(tail: Buffer, chunk: Buffer, end: number): Buffer {
  const joined = chunk.length >= TAIL_BYTES + 1 ? chunk : Buffer.concat([tail, chunk]);
  let start = Math.max(0, joined.length - TAIL_BYTES);
  // UTF-16 must be cut between characters.
  if ((end - (joined.length - start)) % 2 !== 0) start += 1;
  return Buffer.from(joined.subarray(start));
}

/** The length of `bytes` without a UTF-8 character that its end cuts. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.length - back : bytes.length;
    }
    if (byte < 0x80) return bytes.length;
  }
  return bytes.length;
}
