import type { LogLine } from '../engine';
import type { LineNumberer } from '../lines';

const HEADER_BYTES = 8;

/**
 * Numbered lines out of Docker's multiplexed stream: frames of one byte for the stream (1 stdout, 2 stderr), three
 * empty ones, four for the length (big-endian), and the bytes.
 */
export async function* linesOf(stream: AsyncIterable<Buffer>, numberer: LineNumberer): AsyncIterable<LogLine> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    pending = pending.length > 0 ? Buffer.concat([pending, piece]) : piece;
    while (pending.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + pending.readUInt32BE(4);
      if (pending.length < end) break;
      yield* numberer.push(pending[0] === 2 ? 'stderr' : 'stdout', pending.subarray(HEADER_BYTES, end));
      pending = pending.subarray(end);
    }
  }
}
