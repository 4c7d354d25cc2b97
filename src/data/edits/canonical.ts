import type { Column } from '../../contracts/dataset';
import type { ColumnOverride, DatasetOverrides } from '../../contracts/dataset-overrides';

/** What is known of a column whose file is read again. */
type Known = Pick<Column, 'name' | 'role'> & { type: Column['type'] | null };

/**
 * How a CSV file of our own making is written: nothing of that is to be detected again, nor are types that were decided
 * before. Null: the columns are not known yet.
 */
export function canonicalOverrides(columns: Known[] | null): DatasetOverrides {
  const dialect = { encoding: 'utf-8', quotechar: '"', preamble_lines: 0, header_rows: 1, footnote_lines: 0 };
  // In a file of one column the comma is nowhere; where columns are not known it is found.
  if (columns === null) return { dialect };
  const delimiter = columns.length > 1 ? { delimiter: ',' } : {};
  const decided = columns.flatMap(({ name, type, role }): [string, ColumnOverride][] =>
    type === null && !role ? [] : [[name, { ...(type ? { type } : {}), ...(role ? { role } : {}) }]],
  );
  return { dialect: { ...dialect, ...delimiter }, columns: Object.fromEntries(decided) };
}

/** Later corrections over earlier ones, field by field. Columns may be named as the earlier ones renamed them. */
export function mergeOverrides(earlier: DatasetOverrides, later: DatasetOverrides): DatasetOverrides {
  const columns: Record<string, ColumnOverride> = { ...earlier.columns };
  const originals = new Map(Object.entries(columns).map(([key, { name }]) => [name ?? key, key]));
  for (const [name, override] of Object.entries(later.columns ?? {})) {
    const key = originals.get(name) ?? name;
    columns[key] = { ...columns[key], ...override };
  }
  return {
    ...(earlier.dialect || later.dialect ? { dialect: { ...earlier.dialect, ...later.dialect } } : {}),
    ...(Object.keys(columns).length > 0 ? { columns } : {}),
  };
}
