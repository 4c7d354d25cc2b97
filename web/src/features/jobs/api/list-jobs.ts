import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, ApiError, dataOf } from '../../../lib/http';
import type { JobView } from '../../../lib/types';
import { FILTERS, goneFrom, lostFrom, mergeJobs, type Filter, type Fresh } from './merge-jobs';

export interface JobQuery {
  search: string;
  filter: Filter;
}

interface Page {
  jobs: JobView[];
  total: number;
  next: string | undefined;
}

/** Jobs a page while scrolling, and newest jobs that are asked for again and again. */
const PAGE = 200;
const NEWEST = 50;
const ACTIVE = 500;
const ACTIVE_MS = 2000;
const QUIET_MS = 10_000;

interface Ask {
  limit: number;
  cursor?: string;
  signal: AbortSignal;
}

async function listPage({ search, filter }: JobQuery, { limit, cursor, signal }: Ask): Promise<Page> {
  const query = {
    limit,
    ...(cursor !== undefined && { cursor }),
    ...(search !== '' && { search }),
    ...(FILTERS[filter].length > 0 && { status: [...FILTERS[filter]] }),
  };
  const { data, response } = await api.GET('/jobs', { params: { query }, signal });
  const jobs = data ?? [];
  return { jobs, total: Number(response.headers.get('X-Total-Count') ?? jobs.length), next: cursorOf(response) };
}

function cursorOf(response: Response): string | undefined {
  const address = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
  return address === undefined
    ? undefined
    : (new URL(address, location.origin).searchParams.get('cursor') ?? undefined);
}

/** What moved since the pages were loaded: the newest jobs, all that run, and those that no longer do. */
async function listFresh(query: JobQuery, known: readonly JobView[], signal: AbortSignal): Promise<Fresh> {
  const runs = query.filter === 'all' || query.filter === 'active';
  const [newest, active] = await Promise.all([
    listPage(query, { limit: NEWEST, signal }),
    runs ? listPage({ ...query, filter: 'active' }, { limit: ACTIVE, signal }) : null,
  ]);
  const jobs = [...new Map([...(active?.jobs ?? []), ...newest.jobs].map((job) => [job.id, job])).values()];
  const missing = goneFrom(known, newest.jobs, newest.next === undefined);
  const there = known.filter((job) => !missing.includes(job.id));
  const again = await Promise.all(lostFrom(there, jobs).map((job) => oneOrGone(job.id, signal)));
  const gone = again.filter((one) => typeof one === 'string');
  return {
    total: newest.total,
    jobs: [...jobs, ...again.filter((one) => typeof one !== 'string')],
    gone: [...gone, ...missing],
  };
}

async function oneOrGone(id: string, signal: AbortSignal): Promise<JobView | string> {
  try {
    return await dataOf(api.GET('/jobs/{id}', { params: { path: { id } }, signal }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return id;
    throw error;
  }
}

const pagesKey = (query: JobQuery) => ['jobs', 'list', query, 'pages'] as const;
const freshKey = (query: JobQuery) => ['jobs', 'list', query, 'fresh'] as const;

/**
 * The jobs, newest first: older pages are loaded as they are scrolled to, and only what moves is asked for again,
 * so that ten thousand jobs cost no more to follow than fifty.
 */
export function useJobs(query: JobQuery) {
  const queries = useQueryClient();
  const pages = useInfiniteQuery({
    queryKey: pagesKey(query),
    queryFn: ({ pageParam, signal }) => listPage(query, { limit: PAGE, cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page) => last.next,
    placeholderData: keepPreviousData,
    // Kept up to date by the fresh ones below; a list that is left is loaded anew from its first page.
    staleTime: Infinity,
    gcTime: 0,
  });
  const fresh = useQuery({
    queryKey: freshKey(query),
    queryFn: ({ signal }) => {
      const loaded = queries.getQueryData<InfiniteData<Page>>(pagesKey(query));
      const before = queries.getQueryData<Fresh>(freshKey(query));
      const known = mergeJobs(loaded?.pages.flatMap((page) => page.jobs) ?? [], before, query.filter);
      return listFresh(query, known, signal);
    },
    enabled: pages.isSuccess && !pages.isPlaceholderData,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data?.jobs.some((job) => !job.final) ? ACTIVE_MS : QUIET_MS),
  });
  const jobs = useMemo(
    () => mergeJobs(pages.data?.pages.flatMap((page) => page.jobs) ?? [], fresh.data, query.filter, !pages.hasNextPage),
    [pages.data, pages.hasNextPage, fresh.data, query.filter],
  );
  return {
    jobs,
    total: fresh.data?.total ?? pages.data?.pages[0]?.total ?? 0,
    error: fresh.error ?? pages.error,
    isPending: pages.isPending,
    hasMore: pages.hasNextPage,
    loading: pages.isFetchingNextPage,
    loadMore: pages.fetchNextPage,
    refetch: () => void (pages.isError ? pages.refetch() : fresh.refetch()),
  };
}
