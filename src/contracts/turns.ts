import { z } from 'zod';
import { AgentName } from './agents';
import { Failure } from './failure';
import type { DoubtName, Waiting } from './questions';
import { Phase } from './status';

/** What is asked of the user when the budget for models is used up. */
export interface BudgetQuestion {
  /** The budget, as the next step is told that it has been asked about. */
  budget: string;
  why: string;
  timeout_secs: number;
}

/** What a step answers when its agent needs another turn: the workflow calls the same activity again. */
export interface AnotherTurn {
  again: true;
  /** First the user is to say whether it goes on. */
  asks?: BudgetQuestion;
  /** First the user is to say what the data leave open; the question's words are in the database. */
  doubt?: Waiting & { name: DoubtName };
  /** First the plan that the model has in mind is to be tried: the number of the trial, from 1. */
  tries?: number;
}
export const ANOTHER_TURN: AnotherTurn = { again: true };

export function isAnotherTurn(result: object): result is AnotherTurn {
  return 'again' in result;
}

/** A message of the chat protocol; fields that only one endpoint knows are kept. */
export const TurnMessage = z.looseObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  tool_call_id: z.string().optional(),
  tool_calls: z
    .array(z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) }))
    .nullish(),
  refusal: z.string().nullish(),
});
export type TurnMessage = z.infer<typeof TurnMessage>;

/** One turn of an agent with a model, for people who want to know who said what, why, and at what price. */
export const TurnView = z.object({
  phase: Phase,
  attempt: z.int(),
  agent_name: AgentName,
  turn: z.int(),
  endpoint: z.string(),
  model: z.string(),
  prompt: z.array(TurnMessage),
  answer: TurnMessage.nullable(),
  finish: z.string().nullable(),
  mode: z.string().nullable().describe('How JSON was asked for: json_schema, json_object or text'),
  calls: z.int().describe('How often it was asked, failed calls included'),
  input_tokens: z.int().nullable(),
  output_tokens: z.int().nullable(),
  cost_usd: z.number().nullable(),
  seconds: z.number(),
  failure: Failure.nullable(),
  created_at: z.iso.datetime(),
  answered_at: z.iso.datetime().nullable(),
});
export type TurnView = z.infer<typeof TurnView>;
