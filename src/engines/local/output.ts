import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from '../engine';

const POLL_MS = 100;
const CHUNK_BYTES = 256 * 1024;

/** Follows the supervisor's record, whose rows are `o text` and `e text`, from row `after` + 1 to the end. */
export async function* followOutput(
  file: string,
  after: number,
  ended: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const decoder = new StringDecoder('utf8');
  let position = 0;
  let unfinished = '';
  let ordinal = 0;
  while (!signal.aborted) {
    // Asked before reading: what is there after the end is all there will be.
    const over = await ended();
    for (let bytes = await readFrom(file, position); bytes.length > 0; bytes = await readFrom(file, position)) {
      position += bytes.length;
      const rows = (unfinished + decoder.write(bytes)).split('\n');
      unfinished = rows.pop() as string;
      for (const row of rows) {
        if (signal.aborted) return;
        if (++ordinal > after) yield { ordinal, stream: row[0] === 'e' ? 'stderr' : 'stdout', text: row.slice(2) };
      }
    }
    if (over) return;
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function readFrom(file: string, position: number): Promise<Buffer> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return Buffer.alloc(0);
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
