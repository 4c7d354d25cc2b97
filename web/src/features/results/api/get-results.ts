import { useQuery } from '@tanstack/react-query';
import { getJson, request } from '../../../lib/http';
import type { ResultsView } from '../../../lib/types';

const path = (id: string, rest: string) => `/jobs/${encodeURIComponent(id)}/${rest}`;

/** `stamp` changes when the job does, for its results appear phase by phase. */
export function useResults(id: string, stamp: string) {
  return useQuery({
    queryKey: ['jobs', 'one', id, 'results', stamp],
    queryFn: ({ signal }) => getJson<ResultsView>(path(id, 'results'), signal),
    placeholderData: (before) => before,
  });
}

export function predictionsUrl(id: string): string {
  return path(id, 'predictions_csv');
}

export function plotUrl(id: string): string {
  return path(id, 'forecast_plot');
}

export function modelUrl(modelId: string): string {
  return `/models/${encodeURIComponent(modelId)}/download`;
}

/** The text of predictions.csv. */
export function usePredictions(id: string, stamp: string, enabled: boolean) {
  return useQuery({
    queryKey: ['jobs', 'one', id, 'predictions', stamp],
    enabled,
    staleTime: Infinity,
    queryFn: async ({ signal }) => (await request(predictionsUrl(id), { signal })).text(),
  });
}
