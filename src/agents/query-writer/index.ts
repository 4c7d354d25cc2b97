import { z } from 'zod';
import type { CONNECTION_TYPES, SqlTable } from '../../contracts/connections';
import type { WrittenAnswer } from '../../contracts/drafts';
import { cut } from '../../contracts/failure';
import type { TurnMessage } from '../../contracts/turns';
import { readAnswer, strictSchema } from '../model-answer';
import { asData, systemPrompt, userPrompt, Words, type PromptData } from '../prompt';
import type { OfferedTable } from './offered-tables';

export { isNamed, offeredTables } from './offered-tables';

type Type = (typeof CONNECTION_TYPES)[number];

const DIALECTS: Record<Type, { name: string; quote: string }> = {
  sqlite: { name: 'SQLite', quote: '"double quotes"' },
  postgresql: { name: 'PostgreSQL', quote: '"double quotes"' },
  mysql: { name: 'MySQL (MariaDB included)', quote: 'backticks' },
  duckdb: { name: 'DuckDB', quote: '"double quotes"' },
};
const LONGEST_QUERY = 20_000;
const LONGEST_EXPLANATION = 1000;
/** Signs that show nothing, or another order than the one that is run. */
const INVISIBLE = /[\p{Cf}\u2028\u2029]|(?![\n\r\t])\p{Cc}/u;

const Answer = z.object({
  query: z.string().max(LONGEST_QUERY).nullable(),
  explanation: z.string(),
});

export const QUERY_SCHEMA = { name: 'QueryWriter', json: strictSchema(Answer) };

/** What a query is to be written from: words, and names alone of what is in the database. */
export interface QueryBrief {
  type: Type;
  words: string;
  table?: SqlTable | undefined;
  pages: OfferedTable[][];
}

/** What is said to the model first. */
export function queryMessages(brief: QueryBrief): TurnMessage[] {
  const prompt = promptOf(brief);
  return [
    { role: 'system', content: systemPrompt(prompt) },
    { role: 'user', content: userPrompt(prompt) },
  ];
}

/** What is said after an answer that can't be used; the reason may quote names, and so is data too. */
export function mendMessage(problem: string): TurnMessage {
  return {
    role: 'user',
    content: `That query can't be used. Why, as data:\n\n${asData({ problem: new Words(problem) })}\n\nAnswer again, with the whole object.`,
  };
}

function promptOf({ type, words, table, pages }: QueryBrief): PromptData {
  const { name, quote } = DIALECTS[type];
  return {
    task: `You are QueryWriter: you write one SQL query for ${name} from a person's words. The person reads it before it is run.`,
    rules: [
      'query: one SELECT statement (WITH is fine) that only reads, without comments and without a semicolon.',
      'Read only tables and columns that are listed, spelled exactly so; where a schema is listed, write it too.',
      `Put names that are not plain lower-case words into ${quote}, and write the functions of ${name}.`,
      'The rows become a data set that models are trained on: one row an observation, a short plain name for every computed column, no LIMIT unless the words ask for one.',
      'Where the words name a table to start from, the rows come from it; join others only where the words need them.',
      'Where the tables can not give what the words ask for, query is null and explanation says what is missing.',
      'explanation: one or two plain sentences in the language of the words: what a row is, and what was assumed.',
    ],
    facts: {
      words: new Words(words),
      ...(table ? { 'start from': { ...(table.schema ? { schema: table.schema } : {}), table: table.name } } : {}),
      ...Object.fromEntries(pages.map((page, index) => [`tables ${index + 1}`, page])),
    },
  };
}

export type Reading = { query: string; explanation: string } | { problem: string } | { unable: string };

/** What one answer amounts to. `unable`: the model says that it can not be done, or refuses; asking again is no use. */
export function readQuery({ message, finish }: WrittenAnswer): Reading {
  const reading = readAnswer(message, finish, Answer);
  switch (reading.kind) {
    case 'refused':
      return { unable: cut(reading.words, LONGEST_EXPLANATION) };
    case 'tools':
      return { problem: 'There are no tools to call.' };
    case 'invalid':
      return { problem: reading.problems.join('; ') };
    case 'answer': {
      const { query, explanation } = reading.value;
      const said = visible(explanation);
      if (!query?.trim()) return { unable: said || 'The model wrote no query.' };
      if (INVISIBLE.test(query)) return { problem: 'The query holds signs that can not be seen.' };
      return { query: query.trim(), explanation: said };
    }
  }
}

function visible(text: string): string {
  return cut(text.replace(new RegExp(INVISIBLE, 'gu'), '').trim(), LONGEST_EXPLANATION);
}
