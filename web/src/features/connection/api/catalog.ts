import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../../lib/api-types';
import { api, dataOf, randomKey } from '../../../lib/http';

export type CatalogTable = components['schemas']['CatalogTable'];
export type QueryPreview = components['schemas']['QueryPreview'];
type Kind = components['schemas']['ConnectionView']['type'];

const PREVIEW_ROWS = 100;

export function useTables(id: string) {
  return useQuery({
    queryKey: ['connections', 'tables', id],
    queryFn: ({ signal }) => dataOf(api.GET('/connections/{id}/tables', { params: { path: { id } }, signal })),
  });
}

export function useColumns(id: string, { schema, name }: CatalogTable) {
  return useQuery({
    queryKey: ['connections', 'columns', id, schema, name],
    queryFn: ({ signal }) => {
      const query = { name, ...(schema === null ? {} : { schema }) };
      return dataOf(api.GET('/connections/{id}/columns', { params: { path: { id }, query }, signal }));
    },
  });
}

export function useQueryActions(id: string) {
  const queries = useQueryClient();
  return {
    preview: useMutation({
      mutationFn: (query: string) =>
        dataOf(
          api.POST('/connections/{id}/preview', { params: { path: { id } }, body: { query, limit: PREVIEW_ROWS } }),
        ),
    }),
    /** Not waited for: the data set's own page shows how far it is. */
    save: useMutation({
      mutationFn: ({ name, query }: { name: string; query: string }) => {
        const params = { header: { 'Idempotency-Key': randomKey() }, query: { wait: 'false' as const } };
        return dataOf(api.POST('/datasets/sql', { params, body: { name, connection_id: id, query } }));
      },
      onSuccess: () => void queries.invalidateQueries({ queryKey: ['datasets'] }),
    }),
  };
}

/** Only written and checked; see `useQueryActions` for what runs one. */
export function useDraft(id: string) {
  return useMutation({
    mutationFn: (words: string) =>
      dataOf(api.POST('/connections/{id}/draft-query', { params: { path: { id } }, body: { words } })),
  });
}

/** A table's name as a query of that database takes it. */
export function quotedName(kind: Kind, { schema, name }: Pick<CatalogTable, 'schema' | 'name'>): string {
  const mark = kind === 'mysql' ? '`' : '"';
  const quoted = (part: string) => mark + part.replaceAll(mark, mark + mark) + mark;
  return schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}

/** A first query is all of the table; a written one is kept, the name put behind it. */
export function withTable(query: string, name: string): string {
  const written = query.trimEnd();
  return written === '' ? `SELECT * FROM ${name}` : `${written} ${name}`;
}
