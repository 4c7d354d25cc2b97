import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../../lib/http';
import type { JobStatus, JobView } from '../../../lib/types';

export const FILTERS = {
  all: [],
  active: [
    'queued',
    'analyzing_data',
    'training_model',
    'generating_predictions',
    'visualizing',
    'finalizing',
    'awaiting_user_input',
    'paused',
  ],
  completed: ['completed'],
  failed: ['failed'],
  other: ['created', 'partial', 'cancelled'],
} as const satisfies Record<string, readonly JobStatus[]>;
export type Filter = keyof typeof FILTERS;

export interface JobQuery {
  search: string;
  filter: Filter;
  limit: number;
}

interface JobList {
  jobs: JobView[];
  total: number;
}

async function listJobs({ search, filter, limit }: JobQuery, signal: AbortSignal): Promise<JobList> {
  const query = {
    limit,
    ...(search !== '' && { search }),
    ...(FILTERS[filter].length > 0 && { status: [...FILTERS[filter]] }),
  };
  const { data, response } = await api.GET('/jobs', { params: { query }, signal });
  const jobs = data ?? [];
  return { jobs, total: Number(response.headers.get('X-Total-Count') ?? jobs.length) };
}

/** The jobs, newest first; asked again quickly while one of them moves, slowly otherwise. */
export function useJobs(query: JobQuery) {
  return useQuery({
    queryKey: ['jobs', 'list', query],
    queryFn: ({ signal }) => listJobs(query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.jobs.some((job) => !job.final) ? 2000 : 10_000),
  });
}
