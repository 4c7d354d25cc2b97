import type { ModelCall, Reply } from './model-endpoint';

/** What a good model answers each agent: in order, valid, and modest. */
const GOOD: Record<string, object> = {
  DataProcessor: {
    ...{ target_column: null, horizon: null, metric: null, exclude_features: [] },
    summary: 'Daily rentals with a yearly season.',
    recommendations: ['Watch the holidays.'],
  },
  ModelBuilder: {
    ...{ features: null, lags: null, windows: null, calendar: null, algorithms: null },
    ...{ balance_classes: null, folds: null, max_models: null },
    rationale: 'The plan fits the season of the data.',
  },
  Analyst: { summary: 'The measured result stands.', corrections: [] },
  Prediction: { rows: null, rationale: 'The days after the last one are forecast.' },
  Visualization: { title: 'What comes next', history_points: null, rationale: 'A line shows it best.' },
};

/** The good model. */
export function goodAnswer(
  { agent }: Pick<ModelCall, 'agent'>,
  changes: object = {},
): Extract<Reply, { say: unknown }> {
  const answer = GOOD[agent];
  if (!answer) throw new Error(`Nobody knows what ${agent} should be answered.`);
  return { say: { ...answer, ...changes } };
}
