import { ApiError } from '../../../lib/http';
import type { ColumnOverride, DatasetOverrides, DialectOverrides } from '../../../lib/types';

/** Changes some fields of the dialect; `undefined` leaves one to the detection again. */
export function correctDialect(corrections: DatasetOverrides, patch: Partial<DialectOverrides>): DatasetOverrides {
  return tidy({ ...corrections, dialect: { ...corrections.dialect, ...patch } });
}

/** Changes some fields of a column, named as it was detected; `undefined` leaves one to the detection again. */
export function correctColumn(
  corrections: DatasetOverrides,
  name: string,
  patch: Partial<ColumnOverride>,
): DatasetOverrides {
  return tidy({
    ...corrections,
    columns: { ...corrections.columns, [name]: { ...columnOf(corrections, name), ...patch } },
  });
}

export function columnOf({ columns }: DatasetOverrides, name: string): ColumnOverride {
  return columns && Object.hasOwn(columns, name) ? (columns[name] ?? {}) : {};
}

/** How many things are corrected. */
export function countCorrections({ dialect = {}, columns = {} }: DatasetOverrides): number {
  return (
    Object.keys(dialect).length + Object.values(columns).reduce((sum, column) => sum + Object.keys(column).length, 0)
  );
}

/** Where a refusal lies: `['dialect', field]`, or `['columns', name]` with the field where one is named. */
export type Place = { part: 'dialect'; field: string } | { part: 'column'; name: string; field: string | null };

const COLUMN_FIELDS = ['name', 'type', 'format', 'role', 'drop'];

/** The control that the server's refusal is about; null where it is about the file. Names may have dots in them. */
export function placeOf(error: unknown): Place | null {
  const path = error instanceof ApiError ? error.errors[0]?.path : undefined;
  if (path?.startsWith('dialect.')) return { part: 'dialect', field: path.slice('dialect.'.length) };
  if (!path?.startsWith('columns.')) return null;
  const name = path.slice('columns.'.length);
  const field = COLUMN_FIELDS.find((each) => name.endsWith(`.${each}`));
  return field === undefined
    ? { part: 'column', name, field: null }
    : { part: 'column', name: name.slice(0, -field.length - 1), field };
}

/** Without the correction at that place; of a column that is not there, without all of its corrections. */
export function undoAt(corrections: DatasetOverrides, place: Place): DatasetOverrides {
  if (place.part === 'dialect') return correctDialect(corrections, { [place.field]: undefined });
  if (place.field !== null) return correctColumn(corrections, place.name, { [place.field]: undefined });
  const { [place.name]: _gone, ...columns } = corrections.columns ?? {};
  return tidy({ ...corrections, columns });
}

/** Without fields that say nothing, so that equal corrections look equal. */
function tidy({ dialect, columns }: DatasetOverrides): DatasetOverrides {
  const kept = Object.entries(columns ?? {}).flatMap(([name, column]) => {
    const fields = filled(column);
    return Object.keys(fields).length > 0 ? [[name, fields] as const] : [];
  });
  const syntax = filled(dialect ?? {});
  return {
    ...(Object.keys(syntax).length > 0 && { dialect: syntax }),
    ...(kept.length > 0 && { columns: Object.fromEntries(kept) }),
  };
}

function filled<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
