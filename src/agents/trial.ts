import type { z } from 'zod';
import type { PlanOf } from '../contracts/plans';
import type { TwinContext } from './twin';

/** What a small run on a sample is to run: rows are sealed as ever, and it samples from the others. */
export interface Trial {
  plan: PlanOf['training'];
  seal: string;
  script: string;
}

/**
 * A question that only a run can answer. Its answer is not worked out here: the run is an execution like any other, in
 * the same locked-down engine, and what it measured is recorded before the model hears of it.
 */
export interface TrialTool<Input, Output> {
  name: string;
  description: string;
  parameters: z.ZodType;
  /** What is to run, or what is wrong with what the model has in mind; the same arguments always give the same. */
  prepare: (parameters: never, context: TwinContext<Input, Output>) => Promise<Trial | { problems: string[] }>;
}

export function trialTool<Input, Output, Schema extends z.ZodType>(definition: {
  name: string;
  description: string;
  parameters: Schema;
  prepare: (
    parameters: z.infer<Schema>,
    context: TwinContext<Input, Output>,
  ) => Promise<Trial | { problems: string[] }>;
}): TrialTool<Input, Output> {
  return definition as TrialTool<Input, Output>;
}
