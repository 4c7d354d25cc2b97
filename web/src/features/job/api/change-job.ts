import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/http';
import { jobKey, pathOf } from './get-job';

/** Cancel, retry, rename and delete; each brings the job and the list up to date. */
export function useJobActions(id: string) {
  const queries = useQueryClient();
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: jobKey(id) });
    await queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
  };
  return {
    cancel: useMutation({ mutationFn: () => sendJson('POST', pathOf(id, '/cancel'), {}), onSettled: refresh }),
    retry: useMutation({ mutationFn: () => sendJson('POST', pathOf(id, '/retry'), {}), onSettled: refresh }),
    rename: useMutation({
      mutationFn: (name: string) => sendJson('PUT', pathOf(id, '/name'), { name }),
      onSettled: refresh,
    }),
    remove: useMutation({
      mutationFn: () => sendJson('DELETE', pathOf(id)),
      onSuccess: async () => {
        await queries.cancelQueries({ queryKey: jobKey(id) });
        await queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
      },
    }),
  };
}
