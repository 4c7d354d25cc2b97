import type { z } from 'zod';
import type { AgentAnswer } from './agent';
import type { PromptData } from './prompt';
import type { Reach, Tool } from './tools';
import type { TrialTool } from './trial';

/** What a twin stands on: the step's input, and the template's answer to it, which is right without a model. */
export interface TwinContext<Input, Output> {
  input: Input;
  draft: AgentAnswer<Output>;
  reach: Reach;
}

/** The agent's answer, or what is wrong with the model's, in sentences that it can act on. */
export type Settled<Output> = { answer: AgentAnswer<Output> } | { problems: string[] };

/**
 * The model-driven twin of a template. The model never writes the result: it answers with a small JSON object, and
 * `settle` carries into the template's answer what that may change and nothing else. So whatever a model says, or
 * was talked into, the result stays inside the same bounds.
 */
export interface ModelTwin<Input, Output, Answer = unknown> {
  prompt: (context: TwinContext<Input, Output>) => PromptData;
  /** Strict schemas know no optional fields: what may be left open is nullable. */
  answer: z.ZodType<Answer>;
  tools: readonly Tool<Input>[];
  /** Where a plan may be tried before it is decided on. */
  trial?: TrialTool<Input, Output>;
  settle: (answer: Answer, context: TwinContext<Input, Output>) => Promise<Settled<Output>>;
}

/** Forgets the type of a twin's answer, which is nobody else's business. */
export function twin<Input, Output, Answer>(definition: ModelTwin<Input, Output, Answer>): ModelTwin<Input, Output> {
  return definition as ModelTwin<Input, Output>;
}
