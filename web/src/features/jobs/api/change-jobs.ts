import { useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { api } from '../../../lib/http';
import type { JobView } from '../../../lib/types';

export type BulkAction = 'cancel' | 'retry' | 'remove';

/** Which of the chosen jobs an action can be done to. */
export function fitFor(action: BulkAction, jobs: readonly JobView[]): JobView[] {
  switch (action) {
    case 'cancel':
      return jobs.filter((job) => !job.final && job.status !== 'created' && !job.cancel_requested);
    case 'retry':
      return jobs.filter((job) => job.final && job.status !== 'completed');
    case 'remove':
      return [...jobs];
  }
}

const CALLS = {
  cancel: (id: string) => api.POST('/jobs/{id}/cancel', { params: { path: { id } } }),
  retry: (id: string) => api.POST('/jobs/{id}/retry', { params: { path: { id } }, body: {} }),
  remove: (id: string) => api.DELETE('/jobs/{id}', { params: { path: { id } } }),
};
/** A browser opens six connections to a server; the page itself needs some. */
const AT_ONCE = 3;

export interface BulkResult {
  done: string[];
  failed: { id: string; error: unknown }[];
}

/** Does it to one job after another; a failure is kept and stops nothing. */
async function changeAll(action: BulkAction, ids: readonly string[]): Promise<BulkResult> {
  const result: BulkResult = { done: [], failed: [] };
  const waiting = [...ids];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await CALLS[action](id);
        result.done.push(id);
      } catch (error) {
        result.failed.push({ id, error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return result;
}

type Pages = InfiniteData<{ jobs: JobView[] }>;

export function useBulkChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ action, ids }: { action: BulkAction; ids: string[] }) => changeAll(action, ids),
    onSuccess: async ({ done }, { action }) => {
      if (action === 'remove') {
        const gone = new Set(done);
        const without = (page: { jobs: JobView[] }) => ({
          ...page,
          jobs: page.jobs.filter((job) => !gone.has(job.id)),
        });
        queries.setQueriesData<Pages>(
          { queryKey: ['jobs', 'list'], predicate: ({ queryKey }) => queryKey.at(-1) === 'pages' },
          (data) => data && { ...data, pages: data.pages.map(without) },
        );
      }
      await queries.invalidateQueries({
        queryKey: ['jobs', 'list'],
        predicate: ({ queryKey }) => queryKey.at(-1) === 'fresh',
      });
    },
  });
}
