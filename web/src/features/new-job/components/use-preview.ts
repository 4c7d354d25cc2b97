import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { api, dataOf } from '../../../lib/http';
import { useSqlDatasets } from '../../data/api/sources';
import { previewOf, previewOfRows, PREVIEW_BYTES, type Preview } from '../../../lib/csv';

/** `undefined` while it is read, `null` where the file is no readable table. */
export function usePreview(file: File | null): Preview | null | undefined {
  const [read, setRead] = useState<{ file: File; preview: Preview | null } | null>(null);
  useEffect(() => {
    if (!file) return undefined;
    let wanted = true;
    file
      .slice(0, PREVIEW_BYTES)
      .arrayBuffer()
      .then((buffer) => previewOf(new Uint8Array(buffer)))
      .catch(() => null)
      .then((preview) => wanted && setRead({ file, preview }));
    return () => {
      wanted = false;
    };
  }, [file]);
  return read && read.file === file ? read.preview : undefined;
}

/** The first rows of a stored data set, as those of a file. */
export function useDatasetPreview(id: string | null) {
  const datasets = useSqlDatasets();
  const { data, error } = useQuery({
    queryKey: ['datasets', 'sql', id],
    enabled: id !== null,
    queryFn: ({ signal }) => dataOf(api.GET('/datasets/sql/{id}', { params: { path: { id: id ?? '' } }, signal })),
  });
  const preview = useMemo(
    () =>
      data &&
      previewOfRows(
        data.columns,
        data.data.map((row) => data.columns.map((column) => String(row[column] ?? ''))),
      ),
    [data],
  );
  const known = datasets.data?.find((row) => row.id === id);
  return { preview, error, name: known?.name, rows: data?.row_count ?? null };
}
