import { z } from 'zod';
import { Metric } from './analysis';

/** Texts are cut by the runtime; a file that holds longer ones is not its. */
const text = z.string().max(200);
const value = z.number().nullable();

/** How far the headline metric may be off: the sealed rows drawn anew, again and again. */
export const ScoreInterval = z.object({
  /** Per cent. */
  level: z.int().min(1).max(99),
  draws: z.int(),
  rows: z.int(),
  low: value,
  high: value,
  /** Of the gain over the naive model, as `skill`. */
  skill_low: value,
  skill_high: value,
});

/** Of a fold (tables, counted from 1) or of a backtest's origins (series: the first one's date). */
export const PartScore = z.object({ label: text, rows: z.int(), score: value });

/** One metric where it was trained, chosen and judged; far apart is overfit, or a world that has changed. */
export const FitScores = z.object({ training: value, cross_validated: value, sealed: value });

/** What the metric loses when a feature's values are shuffled between the rows: mean and deviation. */
export const FeatureImportance = z.object({ feature: text, loss: z.number(), spread: z.number() });

/** SHAP values of a tree model. */
export const Contributions = z.object({
  /** The model that is explained: the best of those that are trees, whichever predicts. */
  model_id: text,
  /** What contributions are counted in; `model`: a forecast's own scale. */
  unit: z.enum(['target', 'log_odds', 'probability', 'model']),
  /** The class that they speak for. */
  toward: text.nullable(),
  features: z
    .array(
      z.object({
        feature: text,
        /** Mean of the absolute contributions. */
        mean: z.number(),
        /** Single rows. `height`: where the value stands among all, 0-1; null for what is no number. */
        points: z.array(z.object({ height: value, contribution: z.number() })).max(100),
      }),
    )
    .max(10),
  rows: z
    .array(
      z.object({
        /** The row's number in the data set, or its date. */
        row: text,
        base: z.number(),
        total: z.number(),
        reasons: z.array(z.object({ feature: text, value: text, contribution: z.number() })).max(5),
      }),
    )
    .max(50),
});
export type Contributions = z.infer<typeof Contributions>;

/** The mean prediction when one feature is set to each value of `grid`; a line for each class that is shown. */
export const Dependence = z.object({
  feature: text,
  kind: z.enum(['number', 'category']),
  grid: z.array(text).max(30),
  lines: z.array(z.object({ label: text.nullable(), values: z.array(value).max(30) })).max(5),
});
export type Dependence = z.infer<typeof Dependence>;

/** Mean absolute error so many steps ahead, on the backtest, beside the naive forecast's. */
export const HorizonError = z.object({ horizon: z.int(), rows: z.int(), error: z.number(), naive: z.number() });

/** The largest series taken apart; a remainder is what trend and season do not tell. */
export const Decomposition = z.object({
  series: text.nullable(),
  season: z.int(),
  points: z
    .array(z.object({ date: z.string(), observed: value, trend: value, seasonal: value, remainder: value }))
    .max(400),
});

/** The best single model's settings, trained again on growing shares of the training rows; `metric` is the plan's. */
export const LearningCurve = z.object({
  model_id: text,
  metric: Metric,
  /** Fewest rows first. `training`: on the `rows` trained on, null of many; `validated`: on one fold, left out of all. */
  points: z.array(z.object({ rows: z.int().min(1), training: value, validated: value })).max(20),
});
export type LearningCurve = z.infer<typeof LearningCurve>;

/** What a model listens to, and how far its score can be trusted. Of a bounded size; history never holds it. */
export const Insight = z.object({
  interval: ScoreInterval.nullable(),
  folds: z.array(PartScore).max(12),
  fit: FitScores.nullable(),
  /** Most first. */
  importance: z.array(FeatureImportance).max(30),
  contributions: Contributions.nullable(),
  dependence: z.array(Dependence).max(5),
  horizons: z.array(HorizonError).max(200),
  decomposition: Decomposition.nullable(),
  /** Tables only, where rows and time sufficed. Missing in results of before there was any. */
  learning_curve: LearningCurve.nullable().default(null),
});
export type Insight = z.infer<typeof Insight>;
