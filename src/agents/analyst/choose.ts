import { HIGHER_IS_BETTER, type Metric } from '../../contracts/analysis';
import type { RuntimeResult } from '../../contracts/execution';
import type { PlanOf } from '../../contracts/plans';
import { cell, page, prose, table } from '../markdown';
import { decimal } from '../text';

/** A draft of the training that succeeded. */
export interface TrainedDraft {
  attempt: number;
  plan: PlanOf['training'];
  result: RuntimeResult;
}

export interface Chosen {
  kept: TrainedDraft;
  passedOver: { attempt: number; why: string }[];
  /** A sentence for a person. */
  reason: string;
}

/**
 * The best draft by the score on the rows that it was validated on. The sealed rows say nothing here: a choice by them
 * would make their metrics too good. Of equals the earlier one; one without a score comes last.
 */
export function chooseDraft(drafts: readonly TrainedDraft[]): Chosen {
  const [first, ...others] = drafts;
  if (!first) throw new Error('There is no draft to choose.');
  const kept = others.reduce((best, draft) => (isBetter(draft, best) ? draft : best), first);
  const score = inWords(kept);
  return {
    kept,
    passedOver: drafts
      .filter((draft) => draft !== kept)
      .map((draft) => ({
        attempt: draft.attempt,
        why: `Attempt ${kept.attempt} validates better: ${score} against ${inWords(draft)}.`,
      })),
    reason: `Of ${drafts.length} drafts that succeeded attempt ${kept.attempt} is kept: it validates best, with ${score}.`,
  };
}

/** The cross-validated or backtested score of what forecasts or predicts; null where there is none. */
export function validatedScore({ leaderboard, best_model }: RuntimeResult): { metric: Metric; score: number } | null {
  const scored = leaderboard.filter((row) => row.score !== null);
  const row = scored.find(({ model_id }) => model_id === best_model?.model_id) ?? scored[0];
  return row ? { metric: row.metric, score: row.score! } : null;
}

/** The page that says which draft is kept, and why. */
export function choicePage({ kept, reason }: Chosen, drafts: readonly TrainedDraft[]) {
  const rows = drafts.map((draft) => [
    `${draft.attempt}${draft === kept ? ' (kept)' : ''}`,
    inWords(draft),
    draft.result.best_model?.algorithm ?? '',
    draft.plan.rationale,
  ]);
  return {
    title: 'Which draft of the training is kept',
    content: page(
      '# Which draft of the training is kept',
      prose(`${reason} Only rows of the training decide; the sealed rows stay for the final metrics.`),
      table(
        ['attempt', 'validated', 'best model', 'plan'],
        rows.map((row) => row.map(cell)),
      ),
    ),
    metadata: {
      kept: kept.attempt,
      drafts: drafts.map((draft) => ({ attempt: draft.attempt, validated: validatedScore(draft.result) })),
    },
  };
}

function isBetter(draft: TrainedDraft, than: TrainedDraft): boolean {
  const [one, other] = [validatedScore(draft.result), validatedScore(than.result)];
  if (!one || !other) return one !== null && other === null;
  return HIGHER_IS_BETTER.has(one.metric) ? one.score > other.score : one.score < other.score;
}

function inWords({ result }: TrainedDraft): string {
  const validated = validatedScore(result);
  return validated ? `${validated.metric} ${decimal(validated.score)}` : 'no score';
}
