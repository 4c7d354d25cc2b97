import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../lib/api-types';
import { api, dataOf } from '../../../lib/http';

export type System = components['schemas']['SystemView'];

const EVERY_MS = 5000;

export function useSystem() {
  return useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => dataOf(api.GET('/system', { signal })),
    refetchInterval: EVERY_MS,
  });
}
