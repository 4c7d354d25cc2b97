import { choicePage, chooseDraft, type TrainedDraft } from '../agents/analyst/choose';
import type { StepInput } from '../contracts/steps';
import type { Dependencies } from './dependencies';
import { missingOutput } from './errors';
import { publishArtifact, registerModel } from './published';
import { StoredSteps } from './stored-steps';

/**
 * Keeps the best of the drafts that succeeded: its artefacts are published, whichever draft ran last, and later phases
 * build on it. All of it follows from the stored results, so a repeated call does the same again.
 */
export async function keepBest(deps: Dependencies, step: StepInput, attempts: number[]): Promise<{ attempt: number }> {
  const steps = new StoredSteps(deps);
  const { store } = deps;
  const { job_id, run_no } = step;
  const drafts = await Promise.all(attempts.map((attempt) => draftOf(steps, job_id, attempt)));
  const chosen = chooseDraft(drafts);
  const { kept, passedOver, reason } = chosen;
  const { attempt, result } = kept;
  const execution = await steps.execution(job_id, 'training', attempt);
  const { stage } = execution;
  const failure = await publishArtifact(deps, { job_id, phase: 'training', attempt, ...(stage && { stage }) }, result);
  if (failure) throw missingOutput(job_id, `model of attempt ${attempt}`);
  await store.keepDraft(step, attempt, passedOver);
  await registerModel(deps, { job_id, run_no, attempt }, result);
  await store.updateJob(step, { models_trained: execution.models_trained });
  const key = `training-${attempt}-choice`;
  await store.addReport(step, { key, stage: 'training', ...choicePage(chosen, drafts) });
  await store.addMessage(step, {
    key,
    agent_name: 'Analyst',
    content: reason,
    message_type: 'agent',
    source: 'template',
  });
  return { attempt };
}

async function draftOf(steps: StoredSteps, jobId: string, attempt: number): Promise<TrainedDraft> {
  const result = await steps.result(jobId, 'training', attempt);
  if (!result) throw missingOutput(jobId, `result of training attempt ${attempt}`);
  const { plan } = await steps.built(jobId, 'training', attempt);
  return { attempt, plan, result };
}
