import { useQuery } from '@tanstack/react-query';
import { higherIsBetter } from '../../../lib/format';
import { api, ApiError, dataOf } from '../../../lib/http';
import type { Insight, LearningCurve } from '../../../lib/types';

/** What the model listens to; null where it was not measured (a job of an older version, say). */
export function useInsight(id: string, stamp: string, enabled: boolean) {
  return useQuery({
    queryKey: ['jobs', 'one', id, 'insight', stamp],
    enabled,
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<Insight | null> => {
      try {
        return await dataOf(api.GET('/jobs/{id}/insight', { params: { path: { id } }, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });
}

export interface SwarmPoint {
  contribution: number;
  /** The row of the chart, moved up or down a little so that points do not hide each other. */
  row: number;
  /** Where the value stands among all, 0-1; null for what is no number. */
  height: number | null;
}

/** Points of the same place stand beside each other in a row this high. */
const ROW_REACH = 0.36;

/** The features' points in rows, the strongest feature in the last row, which a chart draws on top. */
export function swarm(features: NonNullable<Insight['contributions']>['features']): SwarmPoint[] {
  const most = Math.max(0, ...features.flatMap((one) => one.points.map(({ contribution }) => Math.abs(contribution))));
  return features.flatMap(({ points }, at) => {
    const places = new Map<number, number>();
    return points.map(({ height, contribution }) => {
      const place = most === 0 ? 0 : Math.round((contribution / most) * 40);
      const before = places.get(place) ?? 0;
      places.set(place, before + 1);
      const offset = ((before + 1) >> 1) * 0.07 * (before % 2 === 0 ? 1 : -1);
      const row = features.length - 1 - at + Math.max(-ROW_REACH, Math.min(ROW_REACH, offset));
      return { contribution, height, row };
    });
  });
}

/** The lowest and highest score of the parts; null where there are fewer than two. */
export function range(parts: Insight['folds']): [low: number, high: number] | null {
  const scores = parts.flatMap(({ score }) => (score === null ? [] : [score]));
  return scores.length < 2 ? null : [Math.min(...scores), Math.max(...scores)];
}

/** A gain of no more than this share of what is wrong may be chance, and is little to collect rows for. */
const WORTHWHILE = 0.02;

interface Measured {
  rows: number;
  score: number;
}

/** What the last rows that were added have changed on rows not seen; null where fewer than two sizes were measured. */
export function lastStep(curve: LearningCurve): { before: Measured; after: Measured; helps: boolean } | null {
  const measured = curve.points.flatMap(({ rows, validated }) =>
    validated === null ? [] : [{ rows, score: validated }],
  );
  const [before, after] = measured.slice(-2);
  if (!before || !after) return null;
  // What is better higher ends at 1.
  const wrong = ({ score }: Measured) => (higherIsBetter(curve.metric) ? 1 - score : score);
  return { before, after, helps: wrong(before) - wrong(after) > WORTHWHILE * wrong(before) };
}
