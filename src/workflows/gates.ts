import { CancelledFailure } from '@temporalio/workflow';
import { questionId, REVISE } from '../contracts/questions';
import type { StepInput } from '../contracts/steps';
import type { AnotherTurn, BudgetQuestion } from '../contracts/turns';
import { whilePaused, type Job } from './job';
import { MAX_RETRAININGS } from './limits';
import { results, rows } from './proxies';

type Doubt = NonNullable<AnotherTurn['doubt']>;

/** Waits for the user's word on the training plan where the job asked for it; the wait survives any restart. */
export async function approvePlan(job: Job, step: StepInput): Promise<string> {
  const { approval } = job.start;
  if (!approval) return 'approve';
  await rows.askForApproval(job.run, step.attempt);
  await results.notify(job.run, 'job.awaiting_user_input');
  const { choice } = await job.controls.untilAnswered({
    question: questionId.plan(step.attempt),
    choices: ['approve', REVISE, 'reject'],
    default: approval.otherwise,
    timeout_secs: approval.timeout_secs,
  });
  if (choice === 'reject') throw new CancelledFailure('The user rejected the training plan.');
  await rows.goOn(job.run, job.phase);
  return choice;
}

/** Shows the measured result to a user who asked for that. @returns whether it is to be trained again, by changes */
export async function isToBeTrainedAgain(job: Job): Promise<boolean> {
  const gate = job.start.final_approval;
  if (!gate) return false;
  await whilePaused(job);
  const mayRevise = job.shown < MAX_RETRAININGS;
  job.shown += 1;
  await rows.askAboutResult(job.run, { round: job.shown, mayRevise });
  await results.notify(job.run, 'job.awaiting_user_input');
  const answer = await job.controls.untilAnswered({
    question: questionId.final(job.run.run_no, job.shown),
    choices: mayRevise ? ['approve', REVISE, 'reject'] : ['approve', 'reject'],
    default: gate.otherwise,
    timeout_secs: gate.timeout_secs,
  });
  await rows.recordAnswer(job.run, job.phase, answer);
  if (answer.choice === 'reject') throw new CancelledFailure('The user rejected the result.');
  if (answer.choice === REVISE) job.from = 'training';
  return answer.choice === REVISE;
}

/** Waits for the user's word at the end of the budget for models; without one the templates carry on. */
export async function askAboutBudget(job: Job, question: BudgetQuestion): Promise<void> {
  await rows.askAboutBudget(job.run, question);
  await results.notify(job.run, 'job.awaiting_user_input');
  const { choice } = await job.controls.untilAnswered({
    question: questionId.budget(job.run.run_no, question.budget),
    choices: ['approve', 'raise', 'reject'],
    default: 'approve',
    timeout_secs: question.timeout_secs,
  });
  if (choice === 'reject') throw new CancelledFailure('The user ended the job with its budget for models.');
  job.budgetAnswered = question.budget;
  await rows.goOn(job.run, job.phase);
}

/** Waits for the user's word on what the data leave open; without one the assumption stays. */
export async function askAboutData(job: Job, { attempt }: StepInput, doubt: Doubt): Promise<void> {
  const { name, ...waiting } = doubt;
  await rows.askAboutData(job.run, { name, attempt });
  await results.notify(job.run, 'job.awaiting_user_input');
  const answer = await job.controls.untilAnswered(waiting);
  await rows.settleDoubt(job.run, { name, attempt }, answer);
}
