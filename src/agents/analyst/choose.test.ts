import { resultOf } from '../../../test/support/agent-runs';
import type { Metric } from '../../contracts/analysis';
import { chooseDraft, choicePage, validatedScore, type TrainedDraft } from './choose';

/** @param sealed its score on the sealed rows, by which nothing may be chosen */
function draft(attempt: number, metric: Metric, validated: number | null, sealed = 1): TrainedDraft {
  const leaderboard = [{ model_id: 'GBM_2', algorithm: 'GBM', metric, score: validated, train_seconds: 1 }];
  const result = resultOf('training', { metric, leaderboard, metrics: { [metric]: sealed } });
  return { attempt, result, plan: { rationale: `plan ${attempt}` } as TrainedDraft['plan'] };
}

test.each<[string, TrainedDraft[], number]>([
  ['less error is better', [draft(1, 'mae', 9), draft(2, 'mae', 7), draft(4, 'mae', 8)], 2],
  ['a higher AUC is better', [draft(1, 'auc', 0.8), draft(2, 'auc', 0.9)], 2],
  ['of equals the earlier one', [draft(2, 'mae', 7), draft(3, 'mae', 7)], 2],
  ['the sealed rows decide nothing', [draft(1, 'mae', 7, 100), draft(2, 'mae', 8, 1)], 1],
  ['one without a score comes last', [draft(1, 'mae', null), draft(2, 'mae', 800)], 2],
  ['the only one', [draft(3, 'mae', null)], 3],
])('%s', (_name, drafts, kept) => {
  const chosen = chooseDraft(drafts);
  expect(chosen.kept.attempt).toBe(kept);
  expect(chosen.passedOver.map(({ attempt }) => attempt)).toEqual(
    drafts.map(({ attempt }) => attempt).filter((attempt) => attempt !== kept),
  );
});

test('the score is that of what forecasts, not of the best row that does not', () => {
  const rows = [
    { model_id: 'GLM_1', algorithm: 'GLM', metric: 'mae' as const, score: 5, train_seconds: 1 },
    { model_id: 'GBM_2', algorithm: 'GBM', metric: 'mae' as const, score: 6, train_seconds: 1 },
  ];
  expect(validatedScore(resultOf('training', { leaderboard: rows }))).toEqual({ metric: 'mae', score: 6 });
  expect(validatedScore(resultOf('training', { leaderboard: rows, best_model: null }))!.score).toBe(5);
});

test('the page says who is kept and why', () => {
  const drafts = [draft(1, 'mae', 9), draft(2, 'mae', 7)];
  const { content, metadata } = choicePage(chooseDraft(drafts), drafts);
  expect(content).toContain('attempt 2 is kept: it validates best, with mae 7');
  expect(content).toContain('2 (kept)');
  expect(metadata.kept).toBe(2);
});
