import { constants } from 'node:os';
import type { ExitKind } from '../contracts/execution';

/** Signals that end an execution from outside: a host that shuts down, an operator, the kernel short of memory. */
const FOREIGN_ENDS = [constants.signals.SIGKILL, constants.signals.SIGTERM].map((signal) => 128 + signal);

/** How an end is told in an exit code where a signal brought it. */
export function signalCode(signal: NodeJS.Signals | null): number {
  return 128 + (signal ? constants.signals[signal] : 0);
}

/** The kind of an end that we didn't bring about: killed by somebody else counts as lost, so that it is run again. */
export function kindOfCode(code: number): ExitKind {
  return FOREIGN_ENDS.includes(code) ? 'lost' : 'exited';
}
