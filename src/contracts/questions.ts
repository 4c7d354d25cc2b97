import { z } from 'zod';
import { ModelBudget } from './budget';

/**
 * What a job may ask of its user: the training plan, the end of its budget for models, the measured result, or what
 * the analysis could not decide.
 */
export const QuestionKind = z.enum(['plan', 'budget', 'final', 'choice']);
export type QuestionKind = z.infer<typeof QuestionKind>;

/** One answer that a question takes. */
export const Choice = z.object({
  id: z.string(),
  label: z.string(),
  /** What choosing it changes on the job first, the same as a PATCH. */
  changes: z.object({ model_budget: ModelBudget }).optional(),
});
export type Choice = z.infer<typeof Choice>;

/** A question to the user, with all that a client needs to show it and to take the answer. */
export const Question = z.object({
  /** Names the question within its job: an answer that names another one is none to this. */
  id: z.string(),
  kind: QuestionKind,
  text: z.string(),
  choices: z.array(Choice).min(1),
  /** The choice that holds when no answer comes in time. */
  default: z.string(),
  deadline: z.iso.datetime(),
});
export type Question = z.infer<typeof Question>;

/** How a question is waited for; what is said in it stays out of the workflow's history. */
export const Waiting = z.object({
  question: z.string(),
  choices: z.array(z.string()),
  default: z.string(),
  timeout_secs: z.number().min(0),
});
export type Waiting = z.infer<typeof Waiting>;

/** What the analysis may be unsure about. */
export const DoubtName = z.enum(['dates', 'target', 'horizon']);
export type DoubtName = z.infer<typeof DoubtName>;

/** What a question came to; `in_time` is false where its default holds because no answer came. */
export const GivenAnswer = z.object({ question: z.string(), choice: z.string(), in_time: z.boolean() });
export type GivenAnswer = z.infer<typeof GivenAnswer>;

/** How the questions of a job are named, for those who ask and those who wait. */
export const questionId = {
  plan: (attempt: number) => `plan-${attempt}`,
  budget: (runNo: number, budget: string) => `budget-${runNo}-${budget}`,
  final: (runNo: number, round: number) => `final-${runNo}-${round}`,
  doubt: (name: string, attempt: number) => `${name}-${attempt}`,
};

/** Changes the plan before the answer holds, so it is given with them: POST /jobs/{id}/plan. */
export const REVISE = 'revise';
