import { AutomlError } from '../contracts/failure';

/** npm passes Ctrl-C on to a program that the terminal has told already: signals this close together are one. */
const SAME_SIGNAL_MS = 1000;

/**
 * Calls `handle` with 1 at the first interrupt (Ctrl-C, SIGTERM, a closed terminal), 2 at the second and so on.
 * @returns what gives the signals back
 */
export function onInterrupt(handle: (count: number) => void): () => void {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  const listen = () => {
    const now = performance.now();
    if (now - last < SAME_SIGNAL_MS) return;
    last = now;
    count += 1;
    handle(count);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listen);
  return () => {
    for (const signal of signals) process.off(signal, listen);
  };
}

/** A start that was given up is no error of its own. */
export function cameOfInterrupt(error: unknown): boolean {
  return error instanceof AutomlError ? error.failure.code === 'stopped' : (error as Error).name === 'AbortError';
}
