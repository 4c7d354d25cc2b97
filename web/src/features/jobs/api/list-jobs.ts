import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { request } from '../../../lib/http';
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

async function listJobs(query: JobQuery, signal: AbortSignal): Promise<JobList> {
  const parameters = new URLSearchParams({ limit: String(query.limit) });
  if (query.search) parameters.set('search', query.search);
  for (const status of FILTERS[query.filter]) parameters.append('status', status);
  const response = await request(`/jobs?${parameters}`, { headers: { Accept: 'application/json' }, signal });
  const jobs = (await response.json()) as JobView[];
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
