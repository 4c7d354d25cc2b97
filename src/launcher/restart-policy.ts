/** Deaths older than this no longer count. */
const MEMORY_MS = 5 * 60_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A child that dies this often before it was ever ready can't start at all. */
export const START_ATTEMPTS = 3;

/**
 * How long to wait before a dead child is started again: at once-ish, then twice as long each time, at most 30 s,
 * so that a child that can't live costs nothing and one that was killed is back soon.
 * @param deaths times of death, milliseconds, oldest first, the last one included
 */
export function restartDelay(deaths: readonly number[], now: number): number {
  const recent = deaths.filter((time) => now - time < MEMORY_MS).length;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, recent - 1));
}
