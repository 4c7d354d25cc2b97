import type { Config } from '../../config';
import { EXIT, type ExitCode } from '../exit-codes';
import { findSession } from '../session';

/** Answers the question that a job waits with; `automl status` shows its choices. */
export async function answer(
  config: Config,
  jobId: string,
  options: { url: string | undefined; choice: string },
): Promise<ExitCode> {
  const { client } = await findSession(config, options.url);
  const { message } = await client.answer(jobId, options.choice);
  process.stdout.write(`${message}\n`);
  return EXIT.completed;
}
