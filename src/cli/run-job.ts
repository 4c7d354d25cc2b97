import { statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { Config } from '../config';
import { AutomlError } from '../contracts/failure';
import type { CreateJob } from '../contracts/jobs';
import { chooseDisplay, type Display } from './display';
import { jobEvents } from './events';
import { EXIT, type ExitCode } from './exit-codes';
import { cameOfInterrupt, onInterrupt } from './interrupts';
import { openSession, type Session } from './session';
import { renderSummary, summarise } from './summary';
import { plainText } from './text';

/** How long a cancelled job may take to stop before the stack is stopped all the same. */
const CANCEL_PATIENCE_MS = 30_000;

export interface RunRequest {
  file: string;
  job: z.input<typeof CreateJob>;
  url: string | undefined;
  json: boolean;
  environment: NodeJS.ProcessEnv;
}

/**
 * Runs one job from upload to summary, on the running stack or on one started for it, which is stopped afterwards.
 * Ctrl-C cancels the job where the stack is ours, and only stops watching where it is not.
 */
export async function runJob(config: Config, request: RunRequest): Promise<ExitCode> {
  checkFile(request.file);
  const display = chooseDisplay(request.json);
  const interrupted = new AbortController();
  let session: Session | undefined;
  const giveBack = onInterrupt((count) => {
    if (count === 1) interrupted.abort();
    else session?.stack?.hurry();
  });
  try {
    display.note('Starting …');
    const { url, environment } = request;
    session = await openSession(config, { url, environment, say: display.note, signal: interrupted.signal });
    display.note(`App ${session.client.url}${session.urls ? ` · Temporal UI ${session.urls.temporal}` : ''}`);
    return await follow(session, config, request, display, interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted && cameOfInterrupt(error)) return EXIT.interrupted;
    throw error;
  } finally {
    display.close();
    if (session?.stack) {
      process.stderr.write('Stopping what was started …\n');
      await session.stack.stop();
    }
    giveBack();
  }
}

async function follow(
  session: Session,
  config: Config,
  request: RunRequest,
  display: Display,
  interrupted: AbortSignal,
): Promise<ExitCode> {
  const { client } = session;
  const { job_id: jobId } = await client.createJob(request.job);
  await client.upload(jobId, request.file);
  display.note(`Job ${jobId}: ${plainText(request.job.name)}`);
  for await (const event of jobEvents(client, jobId, interrupted)) display.event(event);
  if (interrupted.aborted) {
    await leave(session, jobId, display);
    return EXIT.interrupted;
  }
  display.close();
  const summary = await summarise(session, config, jobId);
  process.stdout.write(request.json ? `${JSON.stringify(summary)}\n` : `\n${renderSummary(summary)}`);
  return summary.status === 'completed' ? EXIT.completed : EXIT.failed;
}

async function leave(session: Session, jobId: string, display: Display): Promise<void> {
  if (!session.stack) {
    display.note(`The job goes on; \`npx automl status ${jobId}\` shows it.`);
    return;
  }
  display.note(`Cancelling job ${jobId} …`);
  await session.client.cancel(jobId);
  const deadline = Date.now() + CANCEL_PATIENCE_MS;
  while (!(await session.client.job(jobId)).final && Date.now() < deadline) await delay(200);
  display.note(`Job ${jobId} is ${(await session.client.job(jobId)).status}.`);
}

function checkFile(file: string): void {
  const about = statSync(file, { throwIfNoEntry: false });
  if (about?.isFile()) return;
  throw new AutomlError({
    category: 'data',
    code: 'no_such_file',
    message: about ? `${path.resolve(file)} is not a file.` : `There is no file ${path.resolve(file)}.`,
    hint: 'Name a CSV file.',
  });
}
