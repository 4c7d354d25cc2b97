import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';
import type { ResultsView } from '../../../lib/types';

const path = (id: string, rest: string) => `/jobs/${encodeURIComponent(id)}/${rest}`;

/** `stamp` changes when the job does, for its results appear phase by phase. */
export function useResults(id: string, stamp: string) {
  return useQuery({
    queryKey: ['jobs', 'one', id, 'results', stamp],
    queryFn: async ({ signal }): Promise<ResultsView> =>
      await dataOf(api.GET('/jobs/{id}/results', { params: { path: { id } }, signal })),
    placeholderData: (before) => before,
  });
}

export function predictionsUrl(id: string): string {
  return path(id, 'predictions_csv');
}

/** A copy of it that Excel and its like may open. */
export function spreadsheetUrl(id: string): string {
  return `${predictionsUrl(id)}?spreadsheet=true`;
}

export function plotUrl(id: string): string {
  return path(id, 'forecast_plot');
}

export function figuresUrl(id: string): string {
  return path(id, 'figures');
}

export function archiveUrl(jobId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}/archive`;
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
    queryFn: async ({ signal }): Promise<string> => {
      const call = api.GET('/jobs/{id}/predictions_csv', { params: { path: { id } }, parseAs: 'text', signal });
      return (await dataOf(call)) as string;
    },
  });
}
