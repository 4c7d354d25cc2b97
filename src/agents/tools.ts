import { z } from 'zod';
import type { FeatureFunction } from '../contracts/plans';
import type { TurnMessage } from '../contracts/turns';
import { asJson } from './prompt';

/** What an agent may reach besides the step's input: to read and to ask, and nothing else. */
export interface Reach {
  /** Rows of the job's own canonical file, as strings. */
  readRows: (range: { offset: number; limit: number }) => Promise<Record<string, string>[]>;
  /** What the runtime would say against these functions, a sentence each; none of them is run. */
  checkFunctions: (functions: readonly FeatureFunction[]) => Promise<string[]>;
}

/** A question that a model may ask. Tools only read, so a turn that is run again changes nothing. */
export interface Tool<Input> {
  name: string;
  description: string;
  parameters: z.ZodType;
  run: (parameters: never, input: Input, reach: Reach) => Promise<unknown>;
}

export function tool<Input, Schema extends z.ZodType>(definition: {
  name: string;
  description: string;
  parameters: Schema;
  run: (parameters: z.infer<Schema>, input: Input, reach: Reach) => Promise<unknown>;
}): Tool<Input> {
  return definition as Tool<Input>;
}

const MOST_CALLS_A_TURN = 8;

/** Answers the tool calls of one turn; a call that can't be answered is told why, for models invent tools. */
export async function answerToolCalls<Input>(
  calls: NonNullable<TurnMessage['tool_calls']>,
  tools: readonly Tool<Input>[],
  { input, reach }: { input: Input; reach: Reach },
): Promise<TurnMessage[]> {
  const answers: TurnMessage[] = [];
  for (const [index, call] of calls.entries()) {
    const result =
      index < MOST_CALLS_A_TURN
        ? await answerOne(call.function, tools, { input, reach })
        : { error: `At most ${MOST_CALLS_A_TURN} calls in one turn.` };
    answers.push({ role: 'tool', tool_call_id: call.id, content: asJson(result) });
  }
  return answers;
}

async function answerOne<Input>(
  call: { name: string; arguments: string },
  tools: readonly Tool<Input>[],
  { input, reach }: { input: Input; reach: Reach },
): Promise<unknown> {
  const found = tools.find(({ name }) => name === call.name);
  if (!found) return { error: `There is no such tool. There are: ${tools.map(({ name }) => name).join(', ')}.` };
  const parameters = found.parameters.safeParse(parsed(call.arguments));
  if (!parameters.success) return { error: `The arguments are not valid: ${z.prettifyError(parameters.error)}` };
  return await found.run(parameters.data as never, input, reach);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return text;
  }
}
