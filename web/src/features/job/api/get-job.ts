import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';

export const jobKey = (id: string) => ['jobs', 'one', id] as const;

/** The job's row. Asked every few seconds where no stream brings it, and seldom beside one, to notice a retry elsewhere. */
export function useJob(id: string, streaming: boolean) {
  return useQuery({
    queryKey: jobKey(id),
    queryFn: ({ signal }) => dataOf(api.GET('/jobs/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => {
      // The stream tells what happens to the job, and nothing happens to one that waits: its place must be asked for.
      const waits = state.data !== undefined && state.data.queue_position !== null;
      return state.error ? 4000 : streaming && !waits ? 15_000 : 3000;
    },
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
        dataOf(api.GET('/jobs/{id}/logs', { params: { path: { id }, query: { limit: POLLED_LOGS } }, signal })),
        dataOf(api.GET('/jobs/{id}/messages', { params: { path: { id } }, signal })),
      ]);
      return { logs: [...logs].reverse(), messages };
    },
  });
}
