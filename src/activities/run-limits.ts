import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Limits } from '../agents/agent';
import { limitsOf } from '../agents/model-builder/plan';
import { LIMITS_FILE, type TrainingLimits } from '../contracts/execution';
import type { JobOptions } from '../contracts/jobs';

/** Readable for whichever user the run has in its container. */
const MODE = 0o644;

/**
 * What bounds a training that runs already, by the options as they are now. Its engine's own time-out can't be moved
 * any more, so no budget reaches beyond it.
 */
export function limitsOfRun(options: JobOptions, allowed: Limits, timeoutSeconds: number): TrainingLimits {
  const limits = limitsOf(options, allowed);
  const { max_runtime_secs: seconds } = limits;
  return { ...limits, max_runtime_secs: seconds === null ? null : Math.min(seconds, timeoutSeconds) };
}

/**
 * Puts limits into a run's output folder, whole or not at all; the run reads them before its next model. The folder is
 * the script's own, so nothing there is followed: the file is made anew and takes the place of whatever has its name.
 */
export async function putRunLimits(output: string, limits: TrainingLimits): Promise<void> {
  const file = path.join(output, LIMITS_FILE);
  const draft = path.join(output, `.${LIMITS_FILE}.${randomUUID()}`);
  try {
    await writeReadable(draft, JSON.stringify(limits));
    await rename(draft, file).catch(async () => {
      // A folder is in the way.
      await rm(file, { recursive: true, force: true });
      await rename(draft, file);
    });
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Through its handle: by its name, the script could have put a link there meanwhile. */
async function writeReadable(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
    // Not by the mode of its making, which the worker's umask would narrow.
    await handle.chmod(MODE);
  } finally {
    await handle.close();
  }
}

/** For the timeline, in a sentence. */
export function limitsInWords({ max_models: models, max_runtime_secs: seconds }: TrainingLimits): string {
  const parts = [
    models === null ? [] : [`${models} ${models === 1 ? 'model' : 'models'}`],
    seconds === null ? [] : [`${seconds} seconds`],
  ].flat();
  return `From its next model on, this training is bounded by ${parts.join(' and ') || 'nothing'}.`;
}
