import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../../lib/api-types';
import { api, dataOf, randomKey } from '../../../lib/http';

export type ConnectionView = components['schemas']['ConnectionView'];
export type SqlDatasetView = components['schemas']['SqlDatasetView'];
/** In parts, as the form has them. */
export type CreateConnection = components['schemas']['CreateConnection'] &
  Required<Pick<components['schemas']['CreateConnection'], 'type' | 'database'>>;
export type CreateSqlDataset = components['schemas']['CreateSqlDataset'];

const CONNECTIONS = ['connections'] as const;
const DATASETS = ['datasets', 'sql'] as const;

export function useConnections() {
  return useQuery({ queryKey: CONNECTIONS, queryFn: ({ signal }) => dataOf(api.GET('/connections', { signal })) });
}

/** Newest first, for the one just made is the one that is looked for. */
export function useSqlDatasets() {
  return useQuery({
    queryKey: DATASETS,
    queryFn: async ({ signal }) => [...(await dataOf(api.GET('/datasets/sql', { signal })))].reverse(),
  });
}

/** Whatever they were made from, newest first. */
export function useDatasets() {
  return useQuery({
    queryKey: ['datasets', 'all'],
    queryFn: ({ signal }) => dataOf(api.GET('/datasets', { params: { query: { limit: 500, cursor: 0 } }, signal })),
  });
}

export function useDataset(id: string | null) {
  return useQuery({
    queryKey: ['datasets', 'one', id],
    enabled: id !== null,
    queryFn: ({ signal }) => dataOf(api.GET('/datasets/{id}', { params: { path: { id: id ?? '' } }, signal })),
  });
}

export function useDatasetRows(id: string) {
  return useQuery({
    queryKey: [...DATASETS, id],
    queryFn: ({ signal }) => dataOf(api.GET('/datasets/sql/{id}', { params: { path: { id } }, signal })),
  });
}

export function useConnectionActions() {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: CONNECTIONS });
  return {
    add: useMutation({
      mutationFn: (body: CreateConnection) =>
        dataOf(api.POST('/connections', { params: { header: { 'Idempotency-Key': randomKey() } }, body })),
      onSuccess,
    }),
    test: useMutation({
      mutationFn: (id: string) => dataOf(api.POST('/connections/{id}/test', { params: { path: { id } } })),
    }),
    remove: useMutation({
      mutationFn: (id: string) => dataOf(api.DELETE('/connections/{id}', { params: { path: { id } } })),
      onSuccess,
    }),
  };
}

export function useDatasetActions() {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['datasets'] });
  return {
    add: useMutation({
      mutationFn: (body: CreateSqlDataset) =>
        dataOf(api.POST('/datasets/sql', { params: { header: { 'Idempotency-Key': randomKey() } }, body })),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => dataOf(api.DELETE('/datasets/sql/{id}', { params: { path: { id } } })),
      onSuccess,
    }),
  };
}
