import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is yes. Errors count as no: what is asked may be dead just then.
 * @param everyMs how fast a passing moment can be: a kill follows the answer at once
 * @throws after `seconds`, naming what did not come and the last error
 */
export async function eventually<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  everyMs = 50,
): Promise<T> {
  const giveUp = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > giveUp) throw new Error(`Not within ${seconds} s: ${what}${last ? ` (${String(last)})` : ''}`);
    await pause(everyMs);
  }
}
