import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';
import { jobKey } from './get-job';

/** `stamp` changes with every attempt, for each writes a script. */
export function useScripts(id: string, stamp: number) {
  return useQuery({
    queryKey: [...jobKey(id), 'scripts', stamp],
    queryFn: ({ signal }) => dataOf(api.GET('/jobs/{id}/scripts', { params: { path: { id } }, signal })),
    placeholderData: (before) => before,
  });
}
