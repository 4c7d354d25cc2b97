import type { z } from 'zod';
import type { Config } from '../../config';
import type { ForkJob } from '../../contracts/jobs';
import { EXIT, type ExitCode } from '../exit-codes';
import { findSession } from '../session';

/** Starts a new job from a finished step of an old one. */
export async function fork(
  config: Config,
  jobId: string,
  options: { url: string | undefined; json: boolean; fork: z.input<typeof ForkJob> },
): Promise<ExitCode> {
  const { client } = await findSession(config, options.url);
  const made = await client.fork(jobId, options.fork);
  const words = `${made.message}\n\n  job ${made.job_id}\n\nFollow it with: automl logs ${made.job_id} --follow`;
  process.stdout.write(`${options.json ? JSON.stringify(made) : words}\n`);
  return EXIT.completed;
}
