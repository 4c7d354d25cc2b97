import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';
import type { components } from '../../../lib/api-types';

const EVERY_MS = 15_000;

export type Analytics = components['schemas']['AnalyticsView'];

export function useAnalytics(days: number) {
  return useQuery({
    queryKey: ['analytics', days],
    queryFn: ({ signal }) => dataOf(api.GET('/analytics', { params: { query: { days } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
}
