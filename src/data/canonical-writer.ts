import { createHash, randomUUID } from 'node:crypto';
import { AutomlError } from '../contracts/failure';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { SCAN_CHUNK_BYTES } from './limits';

/** `#` begins a comment for some readers; DuckDB's writer quotes it as well, and both must write the same bytes. */
const NEEDS_QUOTES = /[",#\n\r]/;

/** One cell as the canonical file writes it. */
export function canonicalCell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Writes lines under a temporary name; `publish` gives the file its own, so that nobody ever sees a part of it. */
export class CanonicalWriter {
  bytes = 0;
  /** The longest line, in bytes at most. */
  longest = 0;
  private readonly hash = createHash('sha256');

  private constructor(
    private readonly destination: string,
    readonly temporary: string,
    private readonly handle: FileHandle,
  ) {}

  /** Removes what a killed process left of the same file: one at a time writes it, and it may be large. */
  static async create(destination: string): Promise<CanonicalWriter> {
    const folder = path.dirname(destination);
    const isDraft = (name: string) => name.startsWith(`${path.basename(destination)}.`) && name.endsWith('.tmp');
    for (const name of (await readdir(folder)).filter(isDraft)) await rm(path.join(folder, name), { force: true });
    const temporary = `${destination}.${randomUUID()}.tmp`;
    return new CanonicalWriter(destination, temporary, await open(temporary, 'wx'));
  }

  /** @throws {AutomlError} `disk_full`. */
  async write(lines: string[]): Promise<void> {
    if (lines.length === 0) return;
    for (const line of lines) if (line.length > this.longest) this.longest = line.length;
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    this.hash.update(bytes);
    this.bytes += bytes.length;
    await this.handle.writeFile(bytes).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOSPC' || error.code === 'EDQUOT' ? diskFull(error) : error;
    });
  }

  /** Lets `write` make the file under its temporary name instead, and takes it over. @throws {AutomlError} `disk_full`. */
  async fill(write: (file: string) => Promise<void>): Promise<void> {
    await write(this.temporary).catch((error: Error) => {
      throw /no space left/i.test(error.message) ? diskFull(error) : error;
    });
    for await (const chunk of createReadStream(this.temporary, {
      highWaterMark: SCAN_CHUNK_BYTES,
    }) as AsyncIterable<Buffer>) {
      this.hash.update(chunk);
      this.bytes += chunk.length;
    }
  }

  /** Ends the writing; the sha256 of the file, which is complete on disk under its temporary name. */
  async finish(): Promise<string> {
    await this.handle.sync();
    await this.handle.close();
    return this.hash.digest('hex');
  }

  /** Gives the finished file its own name. */
  publish(): Promise<void> {
    return rename(this.temporary, this.destination);
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.temporary, { force: true });
  }
}

function diskFull(cause: unknown): AutomlError {
  return new AutomlError(
    {
      category: 'system',
      code: 'disk_full',
      message: 'There is no space left on the disk for the data set.',
      hint: 'Free space under DATA_DIR, or delete jobs that are not needed, and try again.',
    },
    { cause },
  );
}
