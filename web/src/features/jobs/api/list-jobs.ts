import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, dataOf } from '../../../lib/http';
import type { JobView } from '../../../lib/types';
import { ALL_JOBS, parametersOf, type JobQuery } from './job-query';
import { goneFrom, lostFrom, mergeJobs, type Fresh } from './merge-jobs';

interface Page {
  jobs: JobView[];
  total: number;
  next: string | undefined;
}

/** Jobs a page while scrolling, and first jobs that are asked for again and again. */
const PAGE = 200;
const HEAD = 50;
const ACTIVE = 500;
const ACTIVE_MS = 2000;
const QUIET_MS = 10_000;

interface Ask {
  limit: number;
  cursor?: string;
  signal: AbortSignal;
}

async function listPage(wanted: JobQuery, { limit, cursor, signal }: Ask): Promise<Page> {
  const query = { ...parametersOf(wanted), limit, ...(cursor !== undefined && { cursor }) };
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

/** What moved since the pages were loaded: the first jobs, all that run, and those that no longer do. */
async function listFresh(query: JobQuery, known: readonly JobView[], signal: AbortSignal): Promise<Fresh> {
  const runs = query.filter === 'all' || query.filter === 'active';
  const [head, active] = await Promise.all([
    listPage(query, { limit: HEAD, signal }),
    runs ? listPage({ ...query, filter: 'active' }, { limit: ACTIVE, signal }) : null,
  ]);
  const seen = [...(active?.jobs ?? []), ...head.jobs];
  const lost = lostFrom(known, seen).map((job) => job.id);
  const found = lost.length > 0 ? await listThese(lost, signal) : [];
  const gone = lost.filter((id) => !found.some((job) => job.id === id));
  const now = new Map([...seen, ...found].map((job) => [job.id, job]));
  // Where each stands now: one that has moved on in the order is not missing.
  const standing = known.flatMap((job) => (gone.includes(job.id) ? [] : [now.get(job.id) ?? job]));
  const missing = goneFrom(standing, { jobs: head.jobs, complete: head.next === undefined }, query);
  return { total: head.total, jobs: [...now.values()], gone: [...gone, ...missing] };
}

/** Those that are still there; whether they belong in the list is for the merge to say. */
async function listThese(id: string[], signal: AbortSignal): Promise<JobView[]> {
  const query = { ...parametersOf(ALL_JOBS), id, limit: id.length };
  return await dataOf(api.GET('/jobs', { params: { query }, signal }));
}

const pagesKey = (query: JobQuery) => ['jobs', 'list', query, 'pages'] as const;
const freshKey = (query: JobQuery) => ['jobs', 'list', query, 'fresh'] as const;

/**
 * The jobs in the order that is asked for: further pages are loaded as they are scrolled to, and only what moves is
 * asked for again, so that ten thousand jobs cost no more to follow than fifty.
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
      const known = mergeJobs(loaded?.pages.flatMap((page) => page.jobs) ?? [], before, query);
      return listFresh(query, known, signal);
    },
    enabled: pages.isSuccess && !pages.isPlaceholderData,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data?.jobs.some((job) => !job.final) ? ACTIVE_MS : QUIET_MS),
  });
  const jobs = useMemo(
    () => mergeJobs(pages.data?.pages.flatMap((page) => page.jobs) ?? [], fresh.data, query, !pages.hasNextPage),
    [pages.data, pages.hasNextPage, fresh.data, query],
  );
  return {
    jobs,
    total: fresh.data?.total ?? pages.data?.pages[0]?.total ?? 0,
    error: fresh.error ?? pages.error,
    isPending: pages.isPending,
    hasMore: pages.hasNextPage && !pages.isPlaceholderData,
    loading: pages.isFetchingNextPage,
    loadMore: pages.fetchNextPage,
    refetch: () => void (pages.isError ? pages.refetch() : fresh.refetch()),
  };
}
