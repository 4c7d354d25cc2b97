import { z } from 'zod';
import type { PastAttempt } from './agent';
import { FIELDS, FUNCTIONS } from './library';
import { tool, type GeneratedFile, type Tool } from './tools';

/** Questions about what has run so far. */

const MOST_MODELS = 30;

export function pastAttempts<Input extends { past: PastAttempt[] }>(): Tool<Input> {
  return tool({
    name: 'past_attempts',
    description: 'Every earlier attempt at this phase: its plan, how it ended, what the Analyst said.',
    parameters: z.object({}),
    run: async (_none, input) => input.past.map(attemptBrief),
  });
}

export function leaderboard<Input>(): Tool<Input> {
  return tool({
    name: 'leaderboard',
    description: 'The models of every training so far, best first, with scores from training rows alone.',
    parameters: z.object({}),
    run: async (_none, _input, reach) => {
      const trainings = await reach.leaderboards();
      return trainings.map(({ attempt, leaderboard: rows }) => ({ attempt, models: rows.slice(0, MOST_MODELS) }));
    },
  });
}

export function checkGeneratedFiles<Input>(): Tool<Input> {
  return tool({
    name: 'check_generated_files',
    description:
      'The files that the runs so far have left, looked at anew: size, whether they are still what the run reported, ' +
      'how the run was judged, and which of them the job hands out.',
    parameters: z.object({}),
    run: async (_none, _input, reach) => await reach.generatedFiles(),
  });
}

/** Which model is final follows from what was measured; a model may confirm it and learn why another is not. */
export function setFinalModelPath<Input>(): Tool<Input> {
  return tool({
    name: 'set_final_model_path',
    description:
      'Names the file that is the final model of this job, by its path of check_generated_files. It is accepted where ' +
      'the measurements say the same.',
    parameters: z.object({ path: z.string() }),
    run: async ({ path }, _input, reach) => {
      const models = (await reach.generatedFiles()).filter(({ kind }) => kind === 'model');
      const refusal = whyNotFinal(models.find((model) => model.path === path));
      if (!refusal) return { accepted: true };
      return { accepted: false, reason: refusal, final: models.find((model) => model.is_final)?.path ?? null };
    },
  });
}

function whyNotFinal(model: GeneratedFile | undefined): string | undefined {
  if (!model) return 'No run of this job has reported a model at that path.';
  if (model.state !== 'as reported') return `The file is ${model.state}: it is not what the run reported.`;
  if (!model.run_succeeded) return 'Its run did not succeed.';
  if (model.verdict === 'NEEDS_FIX' || model.verdict === 'INCOMPLETE') return `Its run was judged ${model.verdict}.`;
  return model.is_final ? undefined : 'Another run of this job has given the model that is handed out.';
}

export function libraryReference<Input>(): Tool<Input> {
  return tool({
    name: 'library_reference',
    description: 'What the functions do that scripts are made of, and what each field of a training plan changes.',
    parameters: z.object({}),
    run: async () => ({ functions: FUNCTIONS, plan_fields: FIELDS }),
  });
}

export function attemptBrief({ attempt, plan, execution, verdict }: PastAttempt) {
  const { exit, exit_code, failure, metric, score, baseline_score, seconds } = execution;
  return {
    attempt,
    plan,
    run: { exit, exit_code, failure, metric, score, baseline_score, seconds },
    verdict: { decision: verdict.decision, summary: verdict.summary, corrections: verdict.corrections },
  };
}

/** The fields in which each attempt's plan differs from the one before it. */
export function planChanges(past: readonly PastAttempt[]): { attempt: number; changed: Record<string, unknown> }[] {
  return past.slice(1).map(({ attempt, plan }, index) => {
    const before = past[index]!.plan as Record<string, unknown>;
    const differs = ([field, value]: [string, unknown]) =>
      field !== 'rationale' && JSON.stringify(value) !== JSON.stringify(before[field]);
    const changed = Object.entries(plan).filter(differs);
    return {
      attempt,
      changed: Object.fromEntries(changed.map(([field, to]) => [field, { from: before[field], to }])),
    };
  });
}
