import { statfs } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Failure } from '../contracts/failure';

/** With less than this left, a run that fails has most likely failed for it, whatever it was able to say. */
const LEAST_FREE_BYTES = 64 * 1024 ** 2;
/** What must be free again before a run is worth starting. */
const ENOUGH_FREE_BYTES = 256 * 1024 ** 2;
/** How long the job waits for somebody to make room. */
const PATIENCE_MS = 15 * 60_000;
const POLL_MS = 2000;

export const DISK_FULL: Failure = {
  category: 'system',
  code: 'machine_disk_full',
  message: 'The disk that holds DATA_DIR is full, and nobody made room in time.',
  hint: 'Free some space there, then retry the job; it goes on from the models already trained.',
};

export async function isDiskFull(folder: string): Promise<boolean> {
  return (await freeBytes(folder)) < LEAST_FREE_BYTES;
}

/** @returns false where there is still no room after a quarter of an hour. @throws the signal's reason when it aborts */
export async function untilThereIsRoom(folder: string, signal: AbortSignal): Promise<boolean> {
  const giveUp = Date.now() + PATIENCE_MS;
  while ((await freeBytes(folder)) < ENOUGH_FREE_BYTES) {
    if (Date.now() > giveUp) return false;
    signal.throwIfAborted();
    await pause(POLL_MS);
  }
  return true;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
