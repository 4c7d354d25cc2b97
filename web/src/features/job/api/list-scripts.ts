import { useQuery } from '@tanstack/react-query';
import { getJson } from '../../../lib/http';
import type { ScriptView } from '../../../lib/types';
import { jobKey, pathOf } from './get-job';

/** `stamp` changes with every attempt, for each writes a script. */
export function useScripts(id: string, stamp: number) {
  return useQuery({
    queryKey: [...jobKey(id), 'scripts', stamp],
    queryFn: ({ signal }) => getJson<ScriptView[]>(pathOf(id, '/scripts'), signal),
    placeholderData: (before) => before,
  });
}
