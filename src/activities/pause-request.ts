import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PAUSE_REQUEST_FILE } from '../contracts/execution';

/** Readable for whichever user the run has in its container. */
const MODE = 0o644;

/**
 * Puts the request to pause into a run's output folder, or takes it back; the run leaves between two models when it
 * finds it. The folder is the script's own, so nothing there is followed: what already has the name stays as it is.
 */
export async function setPauseRequest(output: string, wanted: boolean): Promise<void> {
  const file = path.join(output, PAUSE_REQUEST_FILE);
  if (!wanted) return await rm(file, { recursive: true, force: true });
  await writeFile(file, '', { flag: 'wx', mode: MODE }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
