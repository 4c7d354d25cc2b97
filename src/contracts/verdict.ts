import { z } from 'zod';
import { Algorithm } from './plans';

/** One concrete change to a plan. A builder that can't apply one says so and must change something else. */
export const Correction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exclude_algorithm'), algorithm: Algorithm, reason: z.string() }),
  z.object({ kind: z.literal('limit_models'), max_models: z.int().min(1), reason: z.string() }),
  z.object({ kind: z.literal('limit_runtime'), max_runtime_secs: z.int().min(1), reason: z.string() }),
  z.object({ kind: z.literal('sample_rows'), rows: z.int().min(10), reason: z.string() }),
  z.object({ kind: z.literal('set_heap'), heap_mb: z.int().min(256), reason: z.string() }),
  z.object({ kind: z.literal('drop_feature'), column: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('set_folds'), folds: z.int().min(2), reason: z.string() }),
  z.object({ kind: z.literal('set_holdout'), holdout_rows: z.int().min(1), reason: z.string() }),
  z.object({ kind: z.literal('shorten_lags'), longest: z.int().min(1), reason: z.string() }),
  z.object({ kind: z.literal('set_date_format'), column: z.string(), format: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('drop_functions'), reason: z.string() }),
  z.object({ kind: z.literal('regenerate'), reason: z.string() }),
]);
export type Correction = z.infer<typeof Correction>;

/**
 * The Analyst's judgement of one execution, from measured evidence.
 * `SUCCESS`: goes on. `NEEDS_FIX`: the corrections make a new attempt worthwhile. `INCOMPLETE`: no further attempt
 * can help; `missing` says what is not there.
 */
export const Verdict = z.object({
  decision: z.enum(['SUCCESS', 'NEEDS_FIX', 'INCOMPLETE']),
  summary: z.string(),
  evidence: z.array(z.string()),
  corrections: z.array(Correction),
  missing: z.array(z.string()),
});
export type Verdict = z.infer<typeof Verdict>;
