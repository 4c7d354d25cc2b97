import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../../lib/api-types';
import { api, dataOf, randomKey } from '../../../lib/http';

export type ConnectionView = components['schemas']['ConnectionView'];
export type DatasetView = components['schemas']['DatasetView'];
/** In parts, as the form has them. */
export type CreateConnection = components['schemas']['CreateConnection'] &
  Required<Pick<components['schemas']['CreateConnection'], 'type' | 'database'>>;

const CONNECTIONS = ['connections'] as const;
/** How often what is being made is looked at. */
const MAKING_MS = 700;

export function useConnections() {
  return useQuery({ queryKey: CONNECTIONS, queryFn: ({ signal }) => dataOf(api.GET('/connections', { signal })) });
}

/** Whatever they were made from, newest first. */
export function useDatasets() {
  return useQuery({
    queryKey: ['datasets', 'all'],
    queryFn: ({ signal }) => dataOf(api.GET('/datasets', { params: { query: { limit: 500, cursor: 0 } }, signal })),
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'preparing') ? MAKING_MS : false),
  });
}

export function useDataset(id: string | null) {
  return useQuery({
    queryKey: ['datasets', 'one', id],
    enabled: id !== null,
    queryFn: ({ signal }) => dataOf(api.GET('/datasets/{id}', { params: { path: { id: id ?? '' } }, signal })),
    refetchInterval: ({ state }) => (state.data?.status === 'preparing' ? MAKING_MS : false),
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
    upload: useMutation({
      mutationFn: (file: File) => {
        const form = new FormData();
        form.append('file', file, file.name);
        return dataOf(api.POST('/datasets', { body: { file: '' }, bodySerializer: () => form }));
      },
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => dataOf(api.DELETE('/datasets/{id}', { params: { path: { id } } })),
      onSuccess,
    }),
  };
}
