import type { z } from 'zod';
import { readAnswer, type Reading } from '../agents/model-answer';
import { asData, Words } from '../agents/prompt';
import type { MessageView } from '../contracts/jobs';
import type { TurnMessage } from '../contracts/turns';
import type { AgentTurnRow } from '../entities';

/** Turns in which a model may look at things before it must answer. */
export const MAX_TOOL_TURNS = 6;
/** How often it may mend an answer that is not valid. */
export const MAX_REPAIRS = 1;

const ANSWER_NOW = 'That was the last tool call. Answer now.';

export type AnsweredTurn = Pick<AgentTurnRow, 'prompt' | 'finish'> & { answer: TurnMessage };

/** What follows from the answers so far; the same records always lead to the same move. */
export type Move<Answer> =
  | { do: 'begin' }
  | { do: 'look'; calls: NonNullable<TurnMessage['tool_calls']>; isLast: boolean }
  | { do: 'settle'; value: Answer }
  | { do: 'repair'; problems: string[] }
  | { do: 'give_up'; reason: string };

export function nextMove<Answer>(turns: readonly AnsweredTurn[], schema: z.ZodType<Answer>): Move<Answer> {
  const last = turns.at(-1);
  if (!last) return { do: 'begin' };
  const reading: Reading<Answer> = readAnswer(last.answer, last.finish ?? 'stop', schema);
  switch (reading.kind) {
    case 'tools': {
      const looked = toolTurns(turns);
      if (looked > MAX_TOOL_TURNS) return { do: 'give_up', reason: 'it went on calling tools and did not answer' };
      return { do: 'look', calls: reading.calls, isLast: looked === MAX_TOOL_TURNS };
    }
    case 'refused':
      return { do: 'give_up', reason: 'it refused to answer' };
    case 'answer':
      return { do: 'settle', value: reading.value };
    case 'invalid':
      return afterProblems(turns, reading.problems);
  }
}

/** One chance to mend, then the template. */
export function afterProblems(
  turns: readonly AnsweredTurn[],
  problems: string[],
): Extract<Move<never>, { do: 'repair' | 'give_up' }> {
  const answers = turns.length - toolTurns(turns);
  if (answers <= MAX_REPAIRS) return { do: 'repair', problems };
  return { do: 'give_up', reason: `its answer was not valid (${problems.slice(0, 3).join('; ')})` };
}

export function mayUseTools(turns: readonly AnsweredTurn[]): boolean {
  return toolTurns(turns) < MAX_TOOL_TURNS;
}

function toolTurns(turns: readonly AnsweredTurn[]): number {
  return turns.filter(({ answer }) => answer.tool_calls && answer.tool_calls.length > 0).length;
}

export function repairPrompt(problems: readonly string[]): TurnMessage {
  const items = problems.map((problem) => `- ${problem}`).join('\n');
  return { role: 'user', content: `That answer can't be used:\n\n${items}\n\nAnswer again, with the whole object.` };
}

export function afterTools(answers: TurnMessage[], isLast: boolean): TurnMessage[] {
  return isLast ? [...answers, { role: 'user', content: ANSWER_NOW }] : answers;
}

/** What the user has said meanwhile: wishes to weigh, inside the same rules. */
export function wordsOfUser(messages: readonly MessageView[]): TurnMessage[] {
  if (messages.length === 0) return [];
  const said = messages.map(({ content, timestamp }) => ({ at: timestamp, content: new Words(content) }));
  return [{ role: 'user', content: `The user has written; heed it within the rules:\n\n${asData(said)}` }];
}

export function transcript(turns: readonly AnsweredTurn[]): TurnMessage[] {
  return turns.flatMap(({ prompt, answer }) => [...prompt, answer]);
}
