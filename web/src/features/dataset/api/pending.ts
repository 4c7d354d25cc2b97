import type { ColumnType, DatasetEdit } from '../../../lib/types';

/** A column of the base version as the edits leave it. */
export interface GridColumn {
  /** Its name in the base version. */
  source: string;
  name: string;
  type: ColumnType;
  dropped: boolean;
  changed: boolean;
}

/** What the collected edits make of the base version, as far as it shows in the grid. */
export interface Pending {
  columns: GridColumn[];
  /** By `cellKey`. */
  cells: Map<string, string | null>;
  droppedRows: Set<number>;
}

export function cellKey(row: number, source: string): string {
  return `${row} ${source}`;
}

/** Filters and fills are the server's to compute: they are listed, and seen once they are saved. */
export function pendingOf(base: readonly { name: string; type: ColumnType }[], edits: readonly DatasetEdit[]): Pending {
  const columns = base.map(({ name, type }): GridColumn => ({
    source: name,
    name,
    type,
    dropped: false,
    changed: false,
  }));
  const pending: Pending = { columns, cells: new Map(), droppedRows: new Set() };
  const named = (name: string) => columns.find((column) => column.name === name && !column.dropped);
  for (const edit of edits) {
    if (edit.op === 'set_cells') {
      for (const { row, column, value } of edit.cells) {
        const source = named(column)?.source;
        if (source !== undefined) pending.cells.set(cellKey(row, source), value === null ? null : String(value));
      }
    } else if (edit.op === 'drop_rows') edit.rows.forEach((row) => pending.droppedRows.add(row));
    else if (edit.op === 'rename') change(named(edit.column), { name: edit.to });
    else if (edit.op === 'type') change(named(edit.column), { type: edit.type });
    else if (edit.op === 'drop_columns') edit.columns.forEach((name) => change(named(name), { dropped: true }));
  }
  return pending;
}

function change(column: GridColumn | undefined, patch: Partial<GridColumn>): void {
  if (column) Object.assign(column, patch, { changed: true });
}

/** Neighbours of one kind as one, for a hundred corrected cells are one edit; of one cell the last value counts. */
export function compact(edits: readonly DatasetEdit[]): DatasetEdit[] {
  const compacted: DatasetEdit[] = [];
  for (const edit of edits) {
    const last = compacted.at(-1);
    if (edit.op === 'set_cells' && last?.op === 'set_cells') {
      const cells = new Map([...last.cells, ...edit.cells].map((cell) => [cellKey(cell.row, cell.column), cell]));
      compacted[compacted.length - 1] = { op: 'set_cells', cells: [...cells.values()] };
    } else if (edit.op === 'drop_rows' && last?.op === 'drop_rows') {
      compacted[compacted.length - 1] = { op: 'drop_rows', rows: [...new Set([...last.rows, ...edit.rows])] };
    } else compacted.push(edit);
  }
  return compacted;
}

const SHAPES: Partial<Record<ColumnType, RegExp>> = {
  integer: /^-?\d+$/,
  real: /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i,
  boolean: /^(true|false)$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  datetime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/,
};

/** Whether a typed value is one of the column's type as the stored file writes it; else it would be lost as missing. */
export function fits(type: ColumnType, text: string): boolean {
  if (!(SHAPES[type]?.test(text) ?? true)) return false;
  return !type.startsWith('date') || !Number.isNaN(Date.parse(text));
}
