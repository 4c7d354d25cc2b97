import { open } from 'node:fs/promises';

/** So much of a file's start shows how it is written, fast enough to be looked at again with every correction. */
const START_BYTES = 512 * 1024;
const QUOTE = 0x22;

/** A file's first bytes. */
export async function readStart(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A file's start up to the end of its last whole row: no character and no quoted cell is cut. */
export function wholeRows(start: Buffer): Buffer {
  const newline = start.includes(0x0a) ? 0x0a : 0x0d;
  const last = start.lastIndexOf(newline);
  if (last === -1) return start;
  const end = rowEnd(start, newline);
  // A stray quote would take too much away: then a row too few does less harm.
  return upTo(start, end > last / 2 ? end : last);
}

/** The last newline with as many quotes opened as closed before it; -1 where there is none. */
function rowEnd(start: Buffer, newline: number): number {
  let open = false;
  for (const byte of start) if (byte === QUOTE) open = !open;
  for (let at = start.length - 1; at >= 0; at -= 1) {
    if (start[at] === QUOTE) open = !open;
    else if (start[at] === newline && !open) return at;
  }
  return -1;
}

/** Of two bytes a character, and the newline's other one may stand before or after it. */
function upTo(start: Buffer, end: number): Buffer {
  return start.subarray(0, start.includes(0) && end % 2 === 0 ? end + 2 : end + 1);
}
