import type { LogLine } from './engine';

/** Longer lines are cut: above the largest event of the runtime (a leaderboard of 100 rows), far below a nuisance. */
export const MAX_LINE_CHARACTERS = 64 * 1024;
/** What is recorded of one execution; whatever it prints beyond is dropped, said in one last line. */
export const MAX_LINES = 200_000;
export const MAX_OUTPUT_CHARACTERS = 32 * 1024 * 1024;

const CUT_MARK = ' … (line cut)';
const TRUNCATED = 'The output is longer than what is recorded; the rest is dropped.';

/** Escape sequences (CSI, OSC and other strings, two-character ones), then what is left of control characters. */
const ESCAPES =
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;
// eslint-disable-next-line no-control-regex -- as above; the last two ranges turn the direction of writing
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One printed line as text that is safe to show: no control sequences, and of a redrawn line the last state. */
export function cleanLine(raw: string): string {
  const line = raw.replace(/\r+$/, '');
  const redrawn = line.slice(line.lastIndexOf('\r') + 1);
  const text = redrawn.replace(ESCAPES, '').replace(CONTROLS, '');
  return text.length <= MAX_LINE_CHARACTERS ? text : text.slice(0, MAX_LINE_CHARACTERS) + CUT_MARK;
}

/**
 * Turns the bytes of two streams into numbered, cleaned, capped lines. The same bytes in the same order give the
 * same lines, however they were cut into pieces.
 */
export class LineNumberer {
  private readonly pending = { stdout: new PendingLine(), stderr: new PendingLine() };
  private ordinal = 0;
  private characters = 0;
  private full = false;

  /** @returns the lines that `bytes` completes. */
  push(stream: LogLine['stream'], bytes: Uint8Array): LogLine[] {
    return this.number(stream, this.pending[stream].push(bytes));
  }

  /** @returns the unfinished last lines, when nothing follows. */
  end(): LogLine[] {
    return [...this.number('stdout', this.pending.stdout.end()), ...this.number('stderr', this.pending.stderr.end())];
  }

  private number(stream: LogLine['stream'], raw: string[]): LogLine[] {
    const lines: LogLine[] = [];
    for (const text of raw.map(cleanLine)) {
      if (this.full) break;
      this.characters += text.length;
      this.full = this.ordinal + 1 >= MAX_LINES || this.characters > MAX_OUTPUT_CHARACTERS;
      lines.push({ ordinal: ++this.ordinal, stream, text: this.full ? TRUNCATED : text });
    }
    return lines;
  }
}

/** The unfinished line of one stream; never holds more than twice a line's cap. */
class PendingLine {
  private readonly decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  private text = '';

  push(bytes: Uint8Array): string[] {
    const parts = this.decoder.decode(bytes, { stream: true }).split('\n');
    const rest = parts.pop() as string;
    if (parts.length === 0) {
      this.append(rest);
      return [];
    }
    this.append(parts[0] as string);
    const lines = [this.text, ...parts.slice(1)];
    this.text = '';
    this.append(rest);
    return lines;
  }

  end(): string[] {
    this.append(this.decoder.decode());
    const lines = this.text ? [this.text] : [];
    this.text = '';
    return lines;
  }

  private append(piece: string): void {
    const room = 2 * MAX_LINE_CHARACTERS - this.text.length;
    if (room > 0) this.text += piece.slice(0, room);
  }
}
