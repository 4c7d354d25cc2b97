import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';
import { jobKey } from './get-job';

/** Cancel, retry, rename and delete; each brings the job and the list up to date. */
export function useJobActions(id: string) {
  const queries = useQueryClient();
  const params = { path: { id } };
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: jobKey(id) });
    await queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
  };
  return {
    cancel: useMutation({ mutationFn: () => dataOf(api.POST('/jobs/{id}/cancel', { params })), onSettled: refresh }),
    retry: useMutation({
      mutationFn: () => dataOf(api.POST('/jobs/{id}/retry', { params, body: {} })),
      onSettled: refresh,
    }),
    rename: useMutation({
      mutationFn: (name: string) => dataOf(api.PUT('/jobs/{id}/name', { params, body: { name } })),
      onSettled: refresh,
    }),
    remove: useMutation({
      mutationFn: () => dataOf(api.DELETE('/jobs/{id}', { params })),
      onSuccess: async () => {
        await queries.cancelQueries({ queryKey: jobKey(id) });
        await queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
      },
    }),
  };
}
