import { higherIsBetter } from '../../../lib/format';
import type { TrainedModel } from './job-live';

export interface ScorePoint {
  /** Counts models from 1. */
  number: number;
  model: TrainedModel;
  score: number;
  best: number;
}

/** The optimisation's history: each scored model with the best score up to it. One metric only, the newest. */
export function bestSoFar(trained: readonly TrainedModel[]): ScorePoint[] {
  const metric = trained.at(-1)?.metric;
  if (metric === undefined) return [];
  const better = higherIsBetter(metric) ? Math.max : Math.min;
  const points: ScorePoint[] = [];
  for (const model of trained) {
    if (model.score === null || model.metric !== metric) continue;
    const best = better(points.at(-1)?.best ?? model.score, model.score);
    points.push({ number: points.length + 1, model, score: model.score, best });
  }
  return points;
}
