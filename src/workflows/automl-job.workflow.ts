import {
  CancellationScope,
  CancelledFailure,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ExecutionReport } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import type { JobRun } from '../contracts/jobs';
import type { Phase, ScriptPhase } from '../contracts/status';
import type { JobOutcome, PlanAnswer, RunStart, StepInput } from '../contracts/steps';
import { isAnotherTurn, type AnotherTurn, type BudgetQuestion } from '../contracts/turns';
import { failureOf, phaseFailure, TOO_MANY_TURNS } from './failures';
import { MAX_FIX_ATTEMPTS, MAX_TURNS } from './limits';
import { Controls } from './messages';
import { afterVerdict, finalStatus, isBehind, isWorthKeeping } from './policy';
import { BUILD_STEP, agents, executionsOn, results, rows } from './proxies';
import { describe } from './summaries';

/** One run of one job, from the phase it begins with to a final status. */
interface Job {
  run: JobRun;
  start: RunStart;
  controls: Controls;
  /** The budget for models about whose end the user was asked last. */
  budgetAnswered: string | undefined;
  /** How often the user had the training plan made again. */
  revisions: number;
  /** The phase being worked on: the one to blame when something fails. */
  phase: Phase;
}

/**
 * analyse -> (build -> execute -> judge -> fix)* for training, prediction and visualization -> final check.
 * A failed job fails this workflow too, so that the Temporal UI tells the same story as the API.
 */
export async function automlJob(run: JobRun): Promise<JobOutcome> {
  const controls = new Controls();
  const job: Job = {
    run,
    controls,
    start: await rows.beginRun(run),
    revisions: 0,
    budgetAnswered: undefined,
    phase: run.from,
  };
  try {
    if (job.start.inherits) await results.inherit(run);
    await analyse(job);
    await buildRunJudge(job, 'training');
    await buildRunJudge(job, 'prediction');
    await buildRunJudge(job, 'visualization');
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
  const step = nextAttempt(job, 'analysis', 1, 0);
  await enter(job, 'analysis', step);
  const summary = await untilAnswered(job, step, (input) =>
    agents['DataProcessor.analysis'].executeWithOptions(describe.analysis(job.start.name), [input]),
  );
  await rows.finishPhase(job.run, 'analysis', step.attempt);
  setCurrentDetails(describe.analysed(summary));
}

/** One script phase with its bounded repair loop. */
async function buildRunJudge(job: Job, phase: ScriptPhase): Promise<void> {
  if (isBehind(phase, job.run.from)) return;
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
    const revisions = phase === 'training' ? job.revisions : 0;
    const step = nextAttempt(job, phase, made + revisions, MAX_FIX_ATTEMPTS + 1 - made);
    await enter(job, phase, step);
    await untilAnswered(job, step, (input) =>
      agents[BUILD_STEP[phase]].executeWithOptions(describe.build(phase, step), [input]),
    );
    if (phase !== 'training' || made > 1 || (await approvePlan(job, step)) !== 'revise') return step;
    await rows.reviseAttempt(job.run, phase, step.attempt);
    job.revisions += 1;
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

async function whilePaused(job: Job): Promise<void> {
  if (!job.controls.isPaused) return;
  await rows.wait(job.run, 'paused', 'A user paused the job.');
  await job.controls.untilResumed();
  await rows.goOn(job.run, job.phase);
}

/** Waits for the user's word on the training plan where the job asked for it; the wait survives any restart. */
async function approvePlan(job: Job, step: StepInput): Promise<PlanAnswer> {
  const { approval } = job.start;
  if (!approval) return 'approve';
  await rows.askForApproval(job.run, step.attempt);
  await results.notify(job.run, 'job.awaiting_user_input');
  const answer = await job.controls.untilAnswered(approval.timeout_secs, approval.otherwise);
  if (answer === 'reject') throw new CancelledFailure('The user rejected the training plan.');
  await rows.goOn(job.run, job.phase);
  return answer;
}

/** Waits for the user's word at the end of the budget for models; without one the templates carry on. */
async function askAboutBudget(job: Job, question: BudgetQuestion): Promise<void> {
  await rows.askAboutBudget(job.run, question);
  await results.notify(job.run, 'job.awaiting_user_input');
  const answer = await job.controls.untilAnswered(question.timeout_secs, 'approve');
  if (answer === 'reject') throw new CancelledFailure('The user ended the job with its budget for models.');
  job.budgetAnswered = question.budget;
  await rows.goOn(job.run, job.phase);
}

/** Looks at what is really there, says what is missing, and ends the job with it. */
async function finish(job: Job, failure: Failure | null): Promise<JobOutcome> {
  const step = nextAttempt(job, 'final_check', 1, 0);
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

async function enter(job: Job, phase: Phase, step: StepInput): Promise<void> {
  await whilePaused(job);
  job.phase = phase;
  showSearchAttributes('running', phase);
  await rows.beginPhase(job.run, phase, step.attempt);
}

/** Attempts count up through every run of a job, so that no run ever writes over an earlier one's. */
function nextAttempt(job: Job, phase: Phase, made: number, left: number): StepInput {
  const { job_id, run_no } = job.run;
  return { job_id, run_no, attempt: (job.start.last_attempt[phase] ?? 0) + made, attempts_left: left };
}

/** Only where the starter found them registered: an unknown attribute would stop the workflow. */
function showSearchAttributes(status: string, phase: Phase): void {
  if (!workflowInfo().searchAttributes['AutomlStatus']) return;
  upsertSearchAttributes({ AutomlStatus: [status], AutomlPhase: [phase] });
}
