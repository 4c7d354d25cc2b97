import { z } from 'zod';
import { Metric } from './analysis';
import { Failure } from './failure';
import { LeaderboardRow } from './execution';

/** Models of a trial's leaderboard that are told. */
export const TRIAL_MODELS = 5;

/**
 * What a small run on a sample showed. Nothing of the sealed rows is in it: a model that chose its plan by them would
 * make them training rows.
 */
export const TrialOutcome = z.object({
  succeeded: z.boolean(),
  seconds: z.number(),
  failure: Failure.nullable(),
  metric: Metric.nullable(),
  /** Best first, with scores from folds inside the sample. */
  leaderboard: z.array(LeaderboardRow).max(TRIAL_MODELS),
  warnings: z.array(z.string()).max(20),
});
export type TrialOutcome = z.infer<typeof TrialOutcome>;
