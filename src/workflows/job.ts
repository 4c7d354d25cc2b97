import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { JobRun } from '../contracts/jobs';
import type { Phase } from '../contracts/status';
import type { RunStart, StepInput } from '../contracts/steps';
import type { Controls } from './messages';
import { rows } from './proxies';

/** One run of one job, from the phase it begins with to a final status. */
export interface Job {
  run: JobRun;
  start: RunStart;
  controls: Controls;
  /** The budget for models about whose end the user was asked last. */
  budgetAnswered: string | undefined;
  /** The phase from which work is to be done; what is before it is there. */
  from: Phase;
  /** How many attempts this run has begun at each phase. */
  begun: Partial<Record<Phase, number>>;
  /** How often the result has been shown to the user. */
  shown: number;
  /** The phase being worked on: the one to blame when something fails. */
  phase: Phase;
}

export async function enter(job: Job, phase: Phase, step: StepInput): Promise<void> {
  await whilePaused(job);
  job.phase = phase;
  showSearchAttributes('running', phase);
  await rows.beginPhase(job.run, phase, step.attempt);
}

export async function whilePaused(job: Job): Promise<void> {
  if (!job.controls.isPaused) return;
  await rows.wait(job.run, 'paused', 'A user paused the job.');
  await job.controls.untilResumed();
  await rows.goOn(job.run, job.phase);
}

/** Attempts count up through every run of a job, so that no run ever writes over an earlier one's. */
export function nextAttempt(job: Job, phase: Phase, left: number): StepInput {
  const { job_id, run_no } = job.run;
  job.begun[phase] = (job.begun[phase] ?? 0) + 1;
  return { job_id, run_no, attempt: newestAttempt(job, phase), attempts_left: left };
}

/** The attempt that was begun last. */
export function newestAttempt(job: Job, phase: Phase): number {
  return (job.start.last_attempt[phase] ?? 0) + (job.begun[phase] ?? 0);
}

/** Only where the starter found them registered: an unknown attribute would stop the workflow. */
export function showSearchAttributes(status: string, phase: Phase): void {
  if (!workflowInfo().searchAttributes['AutomlStatus']) return;
  upsertSearchAttributes({ AutomlStatus: [status], AutomlPhase: [phase] });
}
