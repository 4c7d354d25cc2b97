import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';

const EVERY_MS = 5000;

export function useSystem() {
  return useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => dataOf(api.GET('/system', { signal })),
    refetchInterval: EVERY_MS,
  });
}

export interface Readiness {
  status: 'ok' | 'unavailable';
  database: boolean;
  temporal: boolean;
}

/** A plain fetch, for here an answer of 503 is no failure but the very thing that is asked for. */
export function useReadiness() {
  return useQuery({
    queryKey: ['health'],
    queryFn: async ({ signal }) => (await (await fetch('/health/ready', { signal })).json()) as Readiness,
    refetchInterval: EVERY_MS,
  });
}
