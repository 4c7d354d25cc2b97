import { z } from 'zod';
import type { LeaderboardRow } from '../contracts/execution';
import type { FeatureFunction } from '../contracts/plans';
import type { ScriptPhase } from '../contracts/status';
import type { TurnMessage } from '../contracts/turns';
import type { Verdict } from '../contracts/verdict';
import { asJson } from './prompt';

/** A file that one of the job's runs has reported, as it is now. */
export interface GeneratedFile {
  /** Relative to the job's folder. */
  path: string;
  kind: string;
  phase: ScriptPhase;
  attempt: number;
  bytes: number;
  state: 'as reported' | 'changed' | 'missing';
  run_succeeded: boolean;
  /** The Analyst's, where it has been given. */
  verdict: Verdict['decision'] | null;
  /** Whether it is the one that the job hands out. */
  is_final: boolean;
}

/** What tools may reach besides the step's input: the job's own data and runs, to read and to ask about, and nothing else. */
export interface Reach {
  /** Rows of the job's own canonical file, as strings. */
  readRows: (range: { offset: number; limit: number }) => Promise<Record<string, string>[]>;
  /** What the runtime would say against these functions, a sentence each; none of them is run. */
  checkFunctions: (functions: readonly FeatureFunction[]) => Promise<string[]>;
  /** What the runs so far have left, looked at anew. */
  generatedFiles: () => Promise<GeneratedFile[]>;
  /** Of each training so far, scores from training rows alone. */
  leaderboards: () => Promise<{ attempt: number; leaderboard: LeaderboardRow[] }[]>;
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

export const MOST_CALLS_A_TURN = 8;

export type ToolCalls = NonNullable<TurnMessage['tool_calls']>;

/**
 * Answers the tool calls of one turn; a call that can't be answered is told why, for models invent tools.
 * @param measured what runs have found, by the call's place in the turn
 */
export async function answerToolCalls<Input>(
  calls: ToolCalls,
  tools: readonly Tool<Input>[],
  { input, reach, measured }: { input: Input; reach: Reach; measured: ReadonlyMap<number, unknown> },
): Promise<TurnMessage[]> {
  const answers: TurnMessage[] = [];
  for (const [index, call] of calls.entries()) {
    const result =
      index >= MOST_CALLS_A_TURN
        ? { error: `At most ${MOST_CALLS_A_TURN} calls in one turn.` }
        : (measured.get(index) ?? (await answerOne(call.function, tools, { input, reach })));
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
  const parameters = argumentsOf(call, found.parameters);
  if ('error' in parameters) return parameters;
  return await found.run(parameters.value as never, input, reach);
}

/** A call's arguments, or in words what is wrong with them. */
export function argumentsOf<Schema extends z.ZodType>(
  call: { arguments: string },
  schema: Schema,
): { value: z.infer<Schema> } | { error: string } {
  const read = schema.safeParse(parsed(call.arguments));
  if (!read.success) return { error: `The arguments are not valid: ${z.prettifyError(read.error)}` };
  return { value: read.data };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return text;
  }
}
