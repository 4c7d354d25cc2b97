import { useMemo } from 'react';
import type { JobView } from '../../../lib/types';
import { usePredictions, useResults } from './get-results';
import { readPredictions } from './predictions';

/** What a job has come to so far: its results, and its predictions once they are there. */
export function useOutcome(job: JobView) {
  // Results appear phase by phase, and a retry makes new ones.
  const stamp = `${job.run_no}/${job.phase}/${job.status}`;
  const results = useResults(job.id, stamp);
  const text = usePredictions(job.id, stamp, results.data?.predictions_csv ?? false);
  const predictions = useMemo(() => (text.data === undefined ? null : readPredictions(text.data)), [text.data]);
  return { stamp, results, text, predictions };
}
