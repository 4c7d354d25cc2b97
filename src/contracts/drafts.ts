import { z } from 'zod';
import { SqlTable } from './connections';
import type { Failure } from './failure';
import type { TurnMessage } from './turns';

/** From the call to the answer: somebody waits. */
export const DRAFT_SECONDS = 60;

export const DraftQuery = z.object({
  words: z.string().trim().min(1).max(2000).describe('What the query is to give, in any language'),
  table: SqlTable.optional().describe('Where to start from'),
});
export type DraftQuery = z.infer<typeof DraftQuery>;

/** A query for a person to read; nothing was run. */
export const DraftedQuery = z.object({
  query: z.string().describe('One read-only statement, which the database has prepared but not run'),
  explanation: z.string().describe('In the words of the model'),
  tables_used: z
    .array(z.object({ schema: z.string().nullable(), name: z.string() }))
    .describe('Tables whose names are in the query'),
  model: z.string(),
  prompt_tokens: z.int().nullable(),
  completion_tokens: z.int().nullable(),
  cost_usd: z.number().nullable().describe('Null where price or tokens are not known'),
});
export type DraftedQuery = z.infer<typeof DraftedQuery>;

/** What a workflow drafts a query from. */
export type DraftRequest = DraftQuery & { connection_id: string };

/** One answer of a model, before anything was made of it. */
export type WrittenAnswer = Pick<DraftedQuery, 'model' | 'prompt_tokens' | 'completion_tokens' | 'cost_usd'> & {
  message: TurnMessage;
  finish: string;
};

/** An answer that can't be used, and why. */
export interface RefusedAnswer {
  answer: WrittenAnswer;
  problem: string;
}

export type CheckedAnswer = Pick<DraftedQuery, 'query' | 'explanation' | 'tables_used'> | { problem: string };

export const DRAFT_NOT_IN_TIME: Failure = {
  category: 'system',
  code: 'draft_timed_out',
  message: `No query was written within ${DRAFT_SECONDS} seconds.`,
  hint: 'Try again; if it stays, see whether the worker is running (automl doctor).',
};
