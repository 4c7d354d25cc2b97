import { useQuery } from '@tanstack/react-query';
import { getJson } from '../../../lib/http';
import type { JobView, LogView, MessageView } from '../../../lib/types';

export const jobKey = (id: string) => ['jobs', 'one', id] as const;
export const pathOf = (id: string, rest = '') => `/jobs/${encodeURIComponent(id)}${rest}`;

/** The job's row. Asked every few seconds where no stream brings it, and seldom beside one, to notice a retry elsewhere. */
export function useJob(id: string, streaming: boolean) {
  return useQuery({
    queryKey: jobKey(id),
    queryFn: ({ signal }) => getJson<JobView>(pathOf(id), signal),
    refetchInterval: ({ state }) => (state.error ? 4000 : streaming ? 15_000 : 3000),
  });
}

const POLLED_LOGS = 500;

/** Logs and messages while there is no stream. */
export function usePolledRows(id: string, enabled: boolean) {
  return useQuery({
    queryKey: [...jobKey(id), 'polled'],
    enabled,
    refetchInterval: 3000,
    queryFn: async ({ signal }) => {
      const [logs, messages] = await Promise.all([
        getJson<LogView[]>(pathOf(id, `/logs?limit=${POLLED_LOGS}`), signal),
        getJson<MessageView[]>(pathOf(id, '/messages'), signal),
      ]);
      return { logs: [...logs].reverse(), messages };
    },
  });
}
