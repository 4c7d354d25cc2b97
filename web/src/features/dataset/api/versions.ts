import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../../lib/api-types';
import { api, dataOf } from '../../../lib/http';
import type { DatasetEdit } from '../../../lib/types';
import { compact } from './pending';

export type DatasetDetails = components['schemas']['DatasetDetails'];
export type DatasetDiff = components['schemas']['DatasetDiff'];
export type DatasetVersion = DatasetDetails['versions'][number];

/** Cells of one page of rows, so that a wide table's pages stay light. */
const PAGE_CELLS = 20_000;

export interface VersionKey {
  id: string;
  version: number;
}

export function useVersion({ id, version }: VersionKey) {
  return useQuery({
    queryKey: ['datasets', 'version', id, version],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/datasets/{id}/versions/{version}', { params: { path: { id, version } }, signal })),
  });
}

/** The rows between two numbers, by pages; a row that is not here yet is undefined. A version never changes. */
export function useRows({ id, version }: VersionKey, range: { first: number; last: number; columns: number }) {
  const size = Math.max(10, Math.min(200, Math.floor(PAGE_CELLS / Math.max(1, range.columns))));
  const firstPage = Math.floor(range.first / size);
  const pages = Array.from({ length: Math.floor(range.last / size) - firstPage + 1 }, (_, at) => firstPage + at);
  const found = useQueries({
    queries: pages.map((page) => ({
      queryKey: ['datasets', 'rows', id, version, size, page],
      staleTime: Infinity,
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const params = { path: { id, version }, query: { offset: page * size, limit: size } };
        return dataOf(api.GET('/datasets/{id}/versions/{version}/rows', { params, signal }));
      },
    })),
  });
  return {
    error: found.find(({ error }) => error)?.error ?? null,
    rowAt: (row: number) => found[Math.floor(row / size) - firstPage]?.data?.rows[row % size],
  };
}

export function useDiff(id: string, versions: { from: number; to: number } | null) {
  return useQuery({
    queryKey: ['datasets', 'diff', id, versions],
    enabled: versions !== null,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/datasets/{id}/diff', { params: { path: { id }, query: versions! }, signal })),
  });
}

export function useVersionActions(id: string) {
  const queries = useQueryClient();
  // Not waited for: who saved is told first, while the page still shows what was edited.
  const onSettled = () => void queries.invalidateQueries({ queryKey: ['datasets'] });
  return {
    /** All edits as one version, which is ready when this ends. */
    save: useMutation({
      mutationFn: ({ version, edits }: { version: number; edits: DatasetEdit[] }) => {
        const params = { path: { id }, query: { wait: 'true' as const } };
        const body = { base_version: version, edits: compact(edits) };
        return dataOf(api.POST('/datasets/{id}/versions', { params, body }));
      },
      onSettled,
    }),
    refresh: useMutation({
      mutationFn: () => dataOf(api.POST('/datasets/sql/{id}/refresh', { params: { path: { id } } })),
      onSettled,
    }),
  };
}
