import { isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { ExecutionReport } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import { REVISE } from '../contracts/questions';
import type { Phase, ScriptPhase, TrainingStage } from '../contracts/status';
import type { BuildSummary, Draft, StepInput } from '../contracts/steps';
import { isAnotherTurn, type AnotherTurn } from '../contracts/turns';
import type { Verdict } from '../contracts/verdict';
import { failureOf, phaseFailure, TOO_MANY_TURNS } from './failures';
import { approvePlan, askAboutBudget, askAboutData } from './gates';
import { enter, newestAttempt, nextAttempt, whilePaused, type Job } from './job';
import { MAX_FIX_ATTEMPTS, MAX_TURNS } from './limits';
import { afterVerdict, isBehind } from './policy';
import { BUILD_STEP, STAGE_STEP, agents, executionsOn, results, rows, type ScriptRun } from './proxies';
import { describe } from './summaries';

/** One script phase with its bounded repair loop; a training first by several drafts where the user wants that. */
export async function buildRunJudge(job: Job, phase: ScriptPhase): Promise<void> {
  if (isBehind(phase, job.from)) return;
  const drafts = phase === 'training' ? (job.start.search ?? 1) : 1;
  let tried = drafts > 1 ? await keepBestDraft(job, drafts) : await tryOnce(job, phase, { made: 1 });
  if (tried === 'kept') return;
  for (let made = 1; ; made += 1) {
    const { step, execution, verdict } = tried;
    const next = afterVerdict(phase, made, verdict, execution);
    if (next.go === 'on') return await finishPhase(job, phase, step);
    await rows.failAttempt(job.run, phase, step.attempt, verdict.summary);
    if (next.go === 'give_up') throw phaseFailure(next.failure);
    tried = await tryOnce(job, phase, { made: made + 1 });
  }
}

async function finishPhase(job: Job, phase: Phase, step: StepInput): Promise<void> {
  await consult(job, phase, step);
  await rows.finishPhase(job.run, phase, step.attempt);
}

/** An attempt that was judged. */
interface Tried {
  step: StepInput;
  execution: ExecutionReport;
  verdict: Verdict;
}

interface Which {
  /** Counts the attempts of a repair loop. */
  made: number;
  draft?: Draft;
}

async function tryOnce(job: Job, phase: ScriptPhase, which: Which): Promise<Tried> {
  const { step, built } = await build(job, phase, which);
  const execution = await execute(job, phase, step, built.stages);
  const verdict = await untilAnswered(job, step, (input) =>
    agents[`Analyst.${phase}`].executeWithOptions(describe.judge(phase, execution), [input]),
  );
  setCurrentDetails(describe.judged(phase, execution, verdict));
  return { step, execution, verdict };
}

/**
 * Tries every draft; one that fails costs nothing as long as another succeeds.
 * @returns the last one where none succeeded: it is repaired as a single one would be
 */
async function keepBestDraft(job: Job, of: number): Promise<Tried | 'kept'> {
  const succeeded: number[] = [];
  for (let number = 1; ; number += 1) {
    const tried = await tryDraft(job, { number, of }, succeeded.length > 0);
    const good = !('failure' in tried) && tried.verdict.decision === 'SUCCESS';
    const attempt = newestAttempt(job, 'training');
    if (good) succeeded.push(attempt);
    const isLast = number === of;
    if (isLast && succeeded.length === 0 && !('failure' in tried)) return tried;
    const why = 'failure' in tried ? tried.failure.message : tried.verdict.summary;
    await rows.finishDraft(job.run, attempt, { good, why });
    if (isLast) break;
  }
  const { job_id, run_no } = job.run;
  const step = { job_id, run_no, attempt: newestAttempt(job, 'training'), attempts_left: 0 };
  const kept = await results.keepBest(step, succeeded);
  await finishPhase(job, 'training', { ...step, attempt: kept.attempt });
  return 'kept';
}

/** @param hasOther whether a draft succeeded before: then not even what no verdict was reached on stops the search */
async function tryDraft(job: Job, draft: Draft, hasOther: boolean): Promise<Tried | { failure: Failure }> {
  try {
    return await tryOnce(job, 'training', { made: 1, draft });
  } catch (error) {
    if (isCancellation(error) || !hasOther) throw error;
    return { failure: failureOf(error) };
  }
}

interface Built {
  step: StepInput;
  built: BuildSummary;
}

/** Has the phase's script written; a training plan as often as the user changes it, which costs no repair. */
async function build(job: Job, phase: ScriptPhase, { made, draft }: Which): Promise<Built> {
  // The user is asked about the first draft; the others are variations of what was approved.
  const asks = phase === 'training' && made === 1 && (draft?.number ?? 1) === 1;
  const left = MAX_FIX_ATTEMPTS + 1 - made + (draft ? draft.of - draft.number : 0);
  for (;;) {
    const step = { ...nextAttempt(job, phase, left), ...(draft && { draft }) };
    await enter(job, phase, step);
    const built = await untilAnswered(job, step, (input) =>
      agents[BUILD_STEP[phase]].executeWithOptions(describe.build(phase, step), [input]),
    );
    if (!asks || (await approvePlan(job, step)) !== REVISE) return { step, built };
    await rows.reviseAttempt(job.run, phase, step.attempt);
  }
}

/** Each turn of an agent with a model is an activity of its own, so that a crash repeats none that was answered. */
export async function untilAnswered<Answer extends object>(
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
    if (result.tries) await tryPlan(job, step, result.tries);
  }
  throw phaseFailure(TOO_MANY_TURNS);
}

/** Whoever has joined the agents says what they think of a phase. */
export async function consult(job: Job, phase: Phase, step: StepInput): Promise<void> {
  for (const { name } of job.start.advisors?.filter(({ after }) => after === phase) ?? []) {
    await untilAnswered(job, step, (input) =>
      agents['Advisor.consult'].executeWithOptions(describe.consult(name, phase), [input, name]),
    );
  }
}

/** A run on a sample that a model has asked for before it decides; what it measures is recorded for the next turn. */
async function tryPlan(job: Job, step: StepInput, trial: number): Promise<void> {
  await whilePaused(job);
  const executions = executionsOn(workflowInfo().taskQueue, { phase: 'training' });
  await executions['CodeExecutor.trial'].executeWithOptions(describe.trial(step, trial), [step, trial]);
}

/**
 * Runs what was written, in its stages where it has them; one that fails is the last. Scripts of before there were
 * stages are one run: what an attempt's builder has answered decides, so that jobs of older versions go on as they began.
 */
async function execute(
  job: Job,
  phase: ScriptPhase,
  step: StepInput,
  stages: readonly TrainingStage[] = [],
): Promise<ExecutionReport> {
  for (const stage of stages.slice(0, -1)) {
    const report = await untilEnded(job, { phase, stage }, step);
    if (!report.succeeded) return report;
  }
  const last = stages.at(-1);
  return await untilEnded(job, { phase, ...(last && { stage: last }) }, step);
}

/** A pause takes effect between two slices of a training: the container goes, and its slot with it. */
async function untilEnded(job: Job, run: ScriptRun, step: StepInput): Promise<ExecutionReport> {
  const executions = executionsOn(workflowInfo().taskQueue, run);
  const execution = executions[run.stage ? STAGE_STEP[run.stage] : (`CodeExecutor.${run.phase}` as const)];
  for (;;) {
    await whilePaused(job);
    const report = await execution.executeWithOptions(describe.execute(job.run.job_id, run, step), [step]);
    if (report.exit !== 'paused') return report;
  }
}
