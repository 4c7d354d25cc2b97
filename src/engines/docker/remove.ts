import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { AutomlError } from '../../contracts/failure';
import { dockerUnless } from './errors';

const NOT_FOUND = 404;
const CONFLICT = 409;
const POLL_MS = 250;
const MOST_FAILURES = 20;

/**
 * Removes a container, running or not, and returns when it is gone; a removal that somebody else has begun is waited for.
 * A container that ends just now may still be written to by the engine itself (its log, say), which then can't remove
 * its folder: that passes.
 * @throws {AutomlError} as `classifyDockerError`
 */
export async function removeContainer(container: Pick<Docker.Container, 'inspect' | 'remove'>): Promise<void> {
  let failures = 0;
  for (;;) {
    try {
      await dockerUnless([NOT_FOUND, CONFLICT], () => container.remove({ force: true, v: true }));
    } catch (error) {
      failures += 1;
      if (failures > MOST_FAILURES || !isStillWrittenTo(error)) throw error;
    }
    if (!(await dockerUnless([NOT_FOUND], () => container.inspect()))) return;
    await delay(POLL_MS);
  }
}

function isStillWrittenTo(error: unknown): boolean {
  return error instanceof AutomlError && /unable to remove filesystem|directory not empty/i.test(error.failure.message);
}
