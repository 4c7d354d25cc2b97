import type { WriteStream } from 'node:tty';
import type { JobEvent } from '../contracts/events';
import { advance, liveLines, NO_PROGRESS, questionLines } from './progress';
import { duration } from './text';

/** Where a job's events are shown. */
export interface Display {
  event(event: JobEvent): void;
  /** A sentence of our own, above what is live. */
  note(message: string): void;
  close(): void;
}

/** JSON lines on stdout: every event as it is; notes go to stderr. */
export function jsonDisplay(): Display {
  return {
    event: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`),
    note: (message) => void process.stderr.write(`${message}\n`),
    close: () => undefined,
  };
}

/** One line for each thing worth knowing, for logs and pipes. */
export function plainDisplay(output: NodeJS.WriteStream = process.stdout): Display {
  const started = Date.now();
  let progress = NO_PROGRESS;
  const write = (line: string) => {
    const elapsed = ((Date.now() - started) / 1000).toFixed(1).padStart(7);
    output.write(`[${elapsed} s] ${line}\n`);
  };
  return {
    event(event) {
      const step = advance(progress, event);
      progress = step.progress;
      step.lines.forEach(write);
    },
    note: write,
    close: () => undefined,
  };
}

/** A few lines that redraw themselves; phases, as they end, stay above them. */
export function liveDisplay(output: WriteStream): Display {
  const started = Date.now();
  let phaseStarted = started;
  let progress = NO_PROGRESS;
  let drawn = 0;
  const erase = () => {
    if (drawn > 0) output.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = () => {
    erase();
    const lines = liveLines(progress, Date.now() - started, output.columns || 80);
    output.write(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  const note = (message: string) => {
    erase();
    output.write(`${message}\n`);
    draw();
  };
  const timer = setInterval(draw, 200);

  return {
    event(event) {
      const was = progress.job;
      const before = was?.phase;
      progress = advance(progress, event).progress;
      const phase = progress.job?.phase;
      if (progress.job) questionLines(was, progress.job).forEach(note);
      if (before && before !== phase) {
        note(`✓ ${before}  ${duration(Date.now() - phaseStarted)}`);
      }
      if (before !== phase) phaseStarted = Date.now();
    },
    note,
    close() {
      clearInterval(timer);
      erase();
    },
  };
}

/** The display that suits the terminal and the options. */
export function chooseDisplay(json: boolean): Display {
  if (json) return jsonDisplay();
  return process.stdout.isTTY ? liveDisplay(process.stdout) : plainDisplay();
}
