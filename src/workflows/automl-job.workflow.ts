import { CancellationScope, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import type { Failure } from '../contracts/failure';
import type { JobRun } from '../contracts/jobs';
import type { JobOutcome } from '../contracts/steps';
import { failureOf, phaseFailure } from './failures';
import { isToBeTrainedAgain } from './gates';
import { enter, nextAttempt, showSearchAttributes, type Job } from './job';
import { Controls } from './messages';
import { finalStatus, isBehind, isWorthKeeping } from './policy';
import { agents, results, rows } from './proxies';
import { buildRunJudge, consult, untilAnswered } from './script-phase';
import { describe } from './summaries';

/**
 * analyse -> (build -> execute -> judge -> fix)* for training, prediction and visualization -> final check. A user who
 * asked to see the result first may have it trained again.
 * A failed job fails this workflow too, so that the Temporal UI tells the same story as the API.
 */
export async function automlJob(run: JobRun): Promise<JobOutcome> {
  const controls = new Controls();
  const job: Job = {
    run,
    controls,
    start: await rows.beginRun(run),
    from: run.from,
    begun: {},
    shown: 0,
    budgetAnswered: undefined,
    phase: run.from,
  };
  try {
    if (job.start.inherits) await results.inherit(run);
    await analyse(job);
    do {
      await buildRunJudge(job, 'training');
      await buildRunJudge(job, 'prediction');
      await buildRunJudge(job, 'visualization');
    } while (await isToBeTrainedAgain(job));
    return await finish(job, null);
  } catch (error) {
    return await CancellationScope.nonCancellable(() => conclude(job, error));
  }
}

/** Ends a run that something stopped; from here on nothing may stop it again. */
async function conclude(job: Job, error: unknown): Promise<JobOutcome> {
  if (isCancellation(error)) {
    await end(job, { status: 'cancelled', failure: null });
    throw error;
  }
  const failure = failureOf(error);
  if (isWorthKeeping(job.phase)) return await finish(job, failure);
  await end(job, { status: 'failed', failure });
  throw phaseFailure(failure);
}

async function analyse(job: Job): Promise<void> {
  if (isBehind('analysis', job.run.from)) return;
  const step = nextAttempt(job, 'analysis', 0);
  await enter(job, 'analysis', step);
  const summary = await untilAnswered(job, step, (input) =>
    agents['DataProcessor.analysis'].executeWithOptions(describe.analysis(job.start.name), [input]),
  );
  await consult(job, 'analysis', step);
  await rows.finishPhase(job.run, 'analysis', step.attempt);
  setCurrentDetails(describe.analysed(summary));
}

/** Looks at what is really there, says what is missing, and ends the job with it. */
async function finish(job: Job, failure: Failure | null): Promise<JobOutcome> {
  const step = nextAttempt(job, 'final_check', 0);
  await enter(job, 'final_check', step);
  const check = await results.finalCheck(step, failure);
  const outcome: JobOutcome = { status: finalStatus(check, failure), failure };
  await rows.finishPhase(job.run, 'final_check', step.attempt);
  await end(job, outcome);
  return outcome;
}

async function end(job: Job, outcome: JobOutcome): Promise<void> {
  await rows.endRun(job.run, outcome);
  showSearchAttributes(outcome.status, job.phase);
  setCurrentDetails(describe.ended(outcome));
  await results.notify(job.run, 'job.final');
}
