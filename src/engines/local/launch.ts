import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AutomlError } from '../../contracts/failure';
import { supervisorFile } from './entry';
import { killTree, type ProcessId } from './processes';
import { claimState, FILES, readState, type Claim, type Exit, type Launch } from './state';

const POLL_MS = 20;
/** A supervisor claims its folder within a second; one that hasn't after this long was never started. */
const CLAIM_TIMEOUT_MS = 30_000;

/** Starts the supervisor of a state folder, detached; resolves when one, this or another, has claimed the folder. */
export async function launchSupervisor(folder: string): Promise<void> {
  const complaints = openSync(path.join(folder, FILES.complaints), 'a');
  const supervisor = spawn(process.execPath, ['--max-old-space-size=128', supervisorFile(), folder], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
    stdio: ['ignore', complaints, complaints],
  });
  closeSync(complaints);
  supervisor.unref();
  let failure: string | undefined;
  supervisor.once('error', (error) => (failure = error.message));
  supervisor.once('exit', (code) => (failure = `it ended with code ${code}`));
  while (!existsSync(path.join(folder, FILES.claim))) {
    if (failure !== undefined) throw notStarted(folder, failure);
    await delay(POLL_MS);
  }
}

/** Whether a folder that nobody has claimed can still be: after a long while it is closed to everyone. */
export async function mayStillStart(folder: string): Promise<boolean> {
  const made = await stat(folder).catch(() => undefined);
  if (!made) return false;
  return Date.now() - made.ctimeMs < CLAIM_TIMEOUT_MS || !claimState(folder, FILES.claim, neverStarted());
}

/** A claim that no process holds: with it in place none ever will. */
export function neverStarted(): Claim {
  return { pid: 0, start_time: 0, started_at: new Date().toISOString() };
}

/** The supervisor is gone without a word: makes sure that its script is too, and puts that on record. */
export async function recordLoss(folder: string, startedAt: string): Promise<Exit> {
  const asked = existsSync(path.join(folder, FILES.killRequest));
  const finishedAt = new Date().toISOString();
  const loss: Exit = { kind: asked ? 'killed' : 'lost', code: null, started_at: startedAt, finished_at: finishedAt };
  const launch = readState<Launch>(folder, FILES.launch);
  if (!launch) return loss;
  await killTree(readState<ProcessId>(folder, FILES.child), launch.marker);
  claimState(folder, FILES.exit, loss);
  return readState<Exit>(folder, FILES.exit) ?? loss;
}

function notStarted(folder: string, why: string): AutomlError {
  const complaint = readFileSync(path.join(folder, FILES.complaints), 'utf8').trim().slice(-500);
  return new AutomlError(
    {
      category: 'system',
      code: 'execution_not_started',
      message: `The execution could not be started: ${why}. ${complaint}`.trim(),
      hint: 'Look for a shortage of memory, processes or disk on this machine, then retry the job.',
    },
    { retryable: true },
  );
}
