import { z } from 'zod';
import type { Failure } from './failure';

/** From the call to the answer: somebody waits. */
export const SCORE_SECONDS = 300;
/** Rows that one call may bring as JSON; a file may bring more. */
export const MOST_JSON_ROWS = 10_000;
/** Rows that one call may have scored. */
export const MOST_SCORED_ROWS = 1_000_000;
/** Rows of the answer that are sent at once; the file has all. */
export const SHOWN_ROWS = 200;
/** Newest scorings of a job whose files are kept. */
export const KEPT_SCORES = 20;

const Cell = z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]);
const Horizon = z.coerce.number().int().min(1).max(10_000);

export const ScoreRows = z.object({
  rows: z
    .array(z.record(z.string().min(1).max(1000), Cell))
    .min(1)
    .max(MOST_JSON_ROWS)
    .optional()
    .describe('By column, as in the training data, without the target; of a series its history. Null is missing'),
  horizon: Horizon.optional().describe('Series only: how many steps; as trained where left out'),
});
export type ScoreRows = z.infer<typeof ScoreRows>;

/** What comes with an uploaded file. */
export const ScoreFields = z.object({ horizon: Horizon.optional() });

export const ScoredRows = z.object({
  id: z.string(),
  rows: z.int(),
  columns: z.array(z.string()),
  first_rows: z.array(z.array(z.string())).max(SHOWN_ROWS).describe('As in the file, long cells cut'),
  warnings: z.array(z.string()),
  seconds: z.number().describe('Of the run in the engine'),
});
export type ScoredRows = z.infer<typeof ScoredRows>;

/** What a workflow scores: the rows lie in a folder named after `score_id`, for history holds no data. */
export interface ScoreRequest {
  job_id: string;
  score_id: string;
  /** `none`: a forecast that goes on from the job's own data. */
  source: 'json' | 'file' | 'none';
  /** How many columns JSON rows have. */
  columns: number;
  horizon: number | null;
}

/** What history holds of the answer. */
export type ScoreSummary = Pick<ScoredRows, 'id' | 'rows' | 'seconds'>;

/** Ids of scorings begin so, at the engine too: they belong to no phase of a job. */
const SCORE_PREFIX = 'score_';

export function scoreIdOf(uuid: string): string {
  return `${SCORE_PREFIX}${uuid}`;
}

export function isScoreId(id: string): boolean {
  return /^score_[0-9a-f-]{36}$/.test(id);
}

export const SCORE_NOT_IN_TIME: Failure = {
  category: 'system',
  code: 'score_timed_out',
  message: `The rows were not scored within ${SCORE_SECONDS} seconds.`,
  hint: 'Score fewer rows at once, or see whether the worker is running (automl doctor).',
};
