/** A child that lived this long could live: what killed it came from outside, and it is wanted back at once. */
const STABLE_MS = 10_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A child that dies this often before it was ever ready can't start at all. */
export const START_ATTEMPTS = 3;

/**
 * How long to wait before a dead child is started again: at once-ish, then twice as long for each further short life
 * in a row, at most 30 s, so that a child that can't live costs nothing and one that was killed is back soon.
 * @param lives how long each life lasted, milliseconds, oldest first
 */
export function restartDelay(lives: readonly number[]): number {
  const stable = lives.findLastIndex((life) => life >= STABLE_MS);
  const short = lives.length - 1 - stable;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, short - 1));
}
