import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { components } from '../../../lib/api-types';
import { api, dataOf } from '../../../lib/http';
import type { Options } from '../../../lib/ui/JobOptions';
import { optionFields } from '../../../lib/ui/JobOptions';

export type RunEstimate = components['schemas']['RunEstimate'];

/** How long such a job takes on this installation; undefined while that is not known. */
export function useEstimate(bytes: number | null, options: Options): RunEstimate | undefined {
  const { max_models, max_runtime_secs, search } = optionFields(options);
  const query = {
    bytes: bytes ?? 1,
    ...(max_models !== null && { max_models }),
    ...(max_runtime_secs !== null && { max_runtime_secs }),
    search: search ?? 1,
  };
  const { data } = useQuery({
    queryKey: ['jobs', 'estimate', query],
    enabled: bytes !== null && bytes > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => dataOf(api.GET('/jobs/estimate', { params: { query }, signal })),
  });
  return data;
}
