import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Advisor } from '../agents/agent';
import { AutomlError, cut } from '../contracts/failure';
import type { StepInput } from '../contracts/steps';
import { isAnotherTurn, type AnotherTurn } from '../contracts/turns';
import type { Dependencies } from './dependencies';
import type { StoredSteps } from './stored-steps';

/** An advisor that fails this often is passed over: nobody waits for advice. */
const TRIES = 3;

export interface AdvisorActivities {
  /** Asks one of the agents that have joined the six about a phase that is done. */
  'Advisor.consult': (step: StepInput, name: string) => Promise<{ said: boolean } | AnotherTurn>;
}

export function createAdvisorActivities(deps: Dependencies, steps: StoredSteps): AdvisorActivities {
  return { 'Advisor.consult': (step, name) => consult(deps, steps, { step, name }) };
}

async function consult(
  deps: Dependencies,
  steps: StoredSteps,
  { step, name }: { step: StepInput; name: string },
): Promise<{ said: boolean } | AnotherTurn> {
  const advisor = deps.agents.advisors.find((one) => one.name === name);
  // A version of this system without it may go on with the job.
  if (!advisor) return { said: false };
  try {
    const answer = await steps.askInTurns(advisor, advisor.after, step, () => inputOf(steps, advisor, step));
    return isAnotherTurn(answer) ? answer : { said: true };
  } catch (error) {
    if (isOurs(error) || activityInfo().attempt < TRIES) throw error;
    await passOver(deps, { step, name }, error);
    return { said: false };
  }
}

async function inputOf(steps: StoredSteps, { after: phase }: Pick<Advisor, 'after'>, step: StepInput) {
  const job = steps.brief(await steps.job(step));
  const training = phase === 'analysis' ? null : await steps.training(step.job_id);
  return { phase, attempt: step.attempt, job, report: await steps.analysis(step.job_id), training };
}

/** No mistake of the advisor's: a cancellation, a newer run, an endpoint that is asked again. */
function isOurs(error: unknown): boolean {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return true;
  return error instanceof AutomlError && error.retryable;
}

async function passOver(
  { store }: Dependencies,
  { step, name }: { step: StepInput; name: string },
  error: unknown,
): Promise<void> {
  const why = cut(error instanceof Error ? error.message : String(error), 300);
  await store.appendLogs(step, [
    {
      key: `advisor-${name}-${step.run_no}-${step.attempt}`,
      level: 'WARNING',
      message: `${name} could not be asked: ${why}`,
      timestamp: new Date().toISOString(),
    },
  ]);
}
