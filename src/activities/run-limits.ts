import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Limits } from '../agents/agent';
import { limitsOf } from '../agents/model-builder/plan';
import { LIMITS_FILE, type TrainingLimits } from '../contracts/execution';
import type { JobOptions } from '../contracts/jobs';
import { extrasOf, type Extra } from '../contracts/plans';

/** Readable for whichever user the run has in its container. */
const MODE = 0o644;

/** Of the time that a run may take, what its training budget may be; the rest is for H2O's start, the refit, files. */
const BUDGET_SHARE = 0.75;
/** What a run needs besides, however small its budget is. */
const SPARE_SECONDS = 600;

/** Seconds that one run may take: as configured, or what a larger training budget needs. */
export function timeoutFor(budgetSeconds: number | null, configured: number): number {
  if (budgetSeconds === null) return configured;
  return Math.max(configured, Math.ceil(budgetSeconds / BUDGET_SHARE) + SPARE_SECONDS);
}

const Planned = z.object({
  plan: z.object({ max_runtime_secs: z.number().nullish(), holidays: z.string().nullish() }),
});

/** What an engine must know of the plan in an attempt's folder; the same for every incarnation. */
export async function plannedFor(attemptFolder: string): Promise<{ budgetSeconds: number | null; extras: Extra[] }> {
  const config: unknown = JSON.parse(await readFile(path.join(attemptFolder, 'config.json'), 'utf8'));
  const plan = Planned.safeParse(config).data?.plan ?? {};
  return { budgetSeconds: plan.max_runtime_secs ?? null, extras: extrasOf(plan) };
}

/**
 * What bounds a training that runs already, by the options as they are now. Its engine's own time-out can't be moved
 * any more, so no budget reaches beyond what fits into it.
 */
export function limitsOfRun(options: JobOptions, allowed: Limits, timeoutSeconds: number): TrainingLimits {
  const limits = limitsOf(options, allowed);
  const { max_runtime_secs: seconds } = limits;
  const most = Math.max(1, Math.floor(timeoutSeconds * BUDGET_SHARE));
  return { ...limits, max_runtime_secs: seconds === null ? null : Math.min(seconds, most) };
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
