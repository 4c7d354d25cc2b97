import { CancellationScope, isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { ExecutionReport } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import type { JobRun } from '../contracts/jobs';
import { REVISE } from '../contracts/questions';
import type { ScriptPhase } from '../contracts/status';
import type { JobOutcome, StepInput } from '../contracts/steps';
import { isAnotherTurn, type AnotherTurn } from '../contracts/turns';
import { failureOf, phaseFailure, TOO_MANY_TURNS } from './failures';
import { approvePlan, askAboutBudget, askAboutData, isToBeTrainedAgain } from './gates';
import { enter, nextAttempt, showSearchAttributes, whilePaused, type Job } from './job';
import { MAX_FIX_ATTEMPTS, MAX_TURNS } from './limits';
import { Controls } from './messages';
import { afterVerdict, finalStatus, isBehind, isWorthKeeping } from './policy';
import { BUILD_STEP, agents, executionsOn, results, rows } from './proxies';
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
  await rows.finishPhase(job.run, 'analysis', step.attempt);
  setCurrentDetails(describe.analysed(summary));
}

/** One script phase with its bounded repair loop. */
async function buildRunJudge(job: Job, phase: ScriptPhase): Promise<void> {
  if (isBehind(phase, job.from)) return;
  for (let made = 1; ; made += 1) {
    const step = await build(job, phase, made);
    const execution = await execute(job, phase, step);
    const verdict = await untilAnswered(job, step, (input) =>
      agents[`Analyst.${phase}`].executeWithOptions(describe.judge(phase, execution), [input]),
    );
    setCurrentDetails(describe.judged(phase, execution, verdict));

    const next = afterVerdict(phase, made, verdict, execution);
    if (next.go === 'on') return await rows.finishPhase(job.run, phase, step.attempt);
    await rows.failAttempt(job.run, phase, step.attempt, verdict.summary);
    if (next.go === 'give_up') throw phaseFailure(next.failure);
  }
}

/** Has the phase's script written; a training plan as often as the user changes it, which costs no repair. */
async function build(job: Job, phase: ScriptPhase, made: number): Promise<StepInput> {
  for (;;) {
    const step = nextAttempt(job, phase, MAX_FIX_ATTEMPTS + 1 - made);
    await enter(job, phase, step);
    await untilAnswered(job, step, (input) =>
      agents[BUILD_STEP[phase]].executeWithOptions(describe.build(phase, step), [input]),
    );
    if (phase !== 'training' || made > 1 || (await approvePlan(job, step)) !== REVISE) return step;
    await rows.reviseAttempt(job.run, phase, step.attempt);
  }
}

/** Each turn of an agent with a model is an activity of its own, so that a crash repeats none that was answered. */
async function untilAnswered<Answer extends object>(
  job: Job,
  step: StepInput,
  turn: (input: StepInput) => Promise<Answer | AnotherTurn>,
): Promise<Answer> {
  for (let made = 1; made <= MAX_TURNS; made += 1) {
    const { budgetAnswered } = job;
    const result = await turn(budgetAnswered === undefined ? step : { ...step, budget_answered: budgetAnswered });
    if (!isAnotherTurn(result)) return result;
    if (result.asks) await askAboutBudget(job, result.asks);
    if (result.doubt) await askAboutData(job, step, result.doubt);
  }
  throw phaseFailure(TOO_MANY_TURNS);
}

/** A pause takes effect between two slices of a training: the container goes, and its slot with it. */
async function execute(job: Job, phase: ScriptPhase, step: StepInput): Promise<ExecutionReport> {
  const execution = executionsOn(workflowInfo().taskQueue, phase)[`CodeExecutor.${phase}`];
  for (;;) {
    await whilePaused(job);
    const report = await execution.executeWithOptions(describe.execute(job.run.job_id, phase, step), [step]);
    if (report.exit !== 'paused') return report;
  }
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
