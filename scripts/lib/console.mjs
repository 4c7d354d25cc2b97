import { performance } from 'node:perf_hooks';

/** A problem the person at the keyboard can solve; shown without a stack. */
export class SetupError extends Error {}

const begin = performance.now();

/** One line of progress on stderr, so that stdout stays free for `--json`. */
export function say(message) {
  const elapsed = ((performance.now() - begin) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`[set-up ${elapsed} s] ${message}\n`);
}

/** Runs one step, saying that it began, that it still runs (every 20 s) and how long it took. */
export async function step(title, work) {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  say(`${title} …`);
  const reminder = setInterval(() => say(`${title}: still at it (${seconds()})`), 20_000);
  try {
    const result = await work();
    say(`${title}: done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(reminder);
  }
}
