import type { Dataset } from '../../contracts/dataset';
import type { DatasetDiff, DatasetVersionView, DatasetView } from '../../contracts/datasets';
import type { DatasetRow, DatasetVersionRow } from '../../entities';

export function versionView(row: DatasetVersionRow): DatasetVersionView {
  const { dataset_id, version, status, progress, parent_version, origin, row_count, column_count } = row;
  const { bytes, sha256, changes, error, created_at, finished_at } = row;
  return {
    ...{ dataset_id, version, status, progress, parent_version, origin, row_count, column_count },
    ...{ bytes, sha256, changes, error, created_at, finished_at },
  };
}

/** @param versions of this data set, oldest first */
export function datasetView(row: DatasetRow, versions: DatasetVersionRow[]): DatasetView {
  const { id, name, kind, source_name, connection_id, query, latest_version, created_at, updated_at } = row;
  const ready = newestReady(versions);
  return {
    ...{ id, name, kind, source_name, connection_id, query, latest_version, created_at, updated_at },
    ready_version: ready?.version ?? null,
    status: versions.at(-1)?.status ?? 'preparing',
    row_count: ready?.row_count ?? null,
    column_count: ready?.column_count ?? null,
    bytes: ready?.bytes ?? null,
  };
}

export function newestReady(versions: DatasetVersionRow[]): DatasetVersionRow | undefined {
  return versions.findLast(({ status }) => status === 'ready');
}

/** What differs between two versions, by their profiles. */
export function diffOf(from: Dataset, to: Dataset): Omit<DatasetDiff, 'from' | 'to' | 'changes'> {
  const before = new Map(from.columns.map((column) => [column.name, column]));
  const after = new Set(to.columns.map(({ name }) => name));
  const both = to.columns.flatMap((column) => {
    const old = before.get(column.name);
    return old ? [{ old, column }] : [];
  });
  const changed = both.filter(({ old, column }) =>
    (['type', 'missing', 'distinct', 'mean', 'min', 'max', 'stddev'] as const).some(
      (each) => old[each] !== column[each],
    ),
  );
  return {
    identical: from.sha256 === to.sha256,
    row_count: { from: from.rows, to: to.rows },
    columns_added: to.columns.map(({ name }) => name).filter((name) => !before.has(name)),
    columns_removed: from.columns.map(({ name }) => name).filter((name) => !after.has(name)),
    columns_changed: changed.map(({ old, column }) => ({
      name: column.name,
      type: { from: old.type, to: column.type },
      missing: { from: old.missing, to: column.missing },
      distinct: { from: old.distinct, to: column.distinct },
      mean: { from: old.mean, to: column.mean },
    })),
  };
}
