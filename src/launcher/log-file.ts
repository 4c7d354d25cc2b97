import { closeSync, copyFileSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import path from 'node:path';

/** A log may grow to this before it becomes `<name>.1` and begins anew: at most twice this a process. */
const LARGEST_LOG_BYTES = 5 * 1024 * 1024;
const LOOK_EVERY_MS = 500;
const LONGEST_LINE = 500;

/**
 * A child's log: the child writes to it directly, so it goes on writing when the launcher is killed; the launcher
 * reads along and keeps it bounded.
 */
export class LogFile {
  /** What the child gets as stdout and stderr. */
  readonly descriptor: number;
  private offset: number;
  private rest = '';
  private readonly timer: NodeJS.Timeout;

  constructor(
    readonly file: string,
    private readonly onLine: (line: string) => void,
  ) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.descriptor = openSync(file, 'a+', 0o600);
    this.offset = fstatSync(this.descriptor).size;
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** The last lines, for a report on a child that could not start. */
  tail(lines: number): string[] {
    const size = fstatSync(this.descriptor).size;
    const text = this.readFrom(Math.max(0, size - 20_000), size);
    return text.trimEnd().split('\n').slice(-lines).map(clean);
  }

  close(): void {
    clearInterval(this.timer);
    this.look();
    closeSync(this.descriptor);
  }

  private look(): void {
    const size = fstatSync(this.descriptor).size;
    if (size < this.offset) this.offset = 0;
    // A child that floods its log is read in steps; what is shown of it stays bounded too.
    const end = Math.min(size, this.offset + 256 * 1024);
    const lines = (this.rest + this.readFrom(this.offset, end)).split('\n');
    this.offset = end;
    this.rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) this.onLine(clean(line));
    if (size > LARGEST_LOG_BYTES) this.rotate();
  }

  /** Copied and cut rather than renamed: the child keeps its descriptor, which appends wherever the end is. */
  private rotate(): void {
    try {
      copyFileSync(this.file, `${this.file}.1`);
    } catch {
      // On a full disk the older lines are lost; the log stays bounded, and whoever keeps it lives.
      rmSync(`${this.file}.1`, { force: true });
    }
    ftruncateSync(this.descriptor, 0);
    this.offset = 0;
  }

  private readFrom(start: number, end: number): string {
    const buffer = Buffer.alloc(Math.max(0, end - start));
    const count = readSync(this.descriptor, buffer, 0, buffer.length, start);
    return buffer.toString('utf8', 0, count);
  }
}

/** Control sequences out, length capped: what a child prints may hold a user's text. */
function clean(line: string): string {
  // eslint-disable-next-line no-control-regex
  const plain = line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  return plain.length > LONGEST_LINE ? `${plain.slice(0, LONGEST_LINE)}…` : plain;
}

/** Whether a line of a child's log tells of an error: our own records and Nest's say so in a word of their own. */
export function tellsOfError(line: string): boolean {
  return /(^|\s)(ERROR|FATAL)(\s|\[|$)/.test(line);
}
