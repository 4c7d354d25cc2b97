import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useI18n } from '../../../lib/i18n';
import { CrossIcon, PencilIcon } from '../../../lib/icons';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { cellKey, type GridColumn, type Pending } from '../api/pending';
import { useRows, type VersionKey } from '../api/versions';
import { CellEditor } from './CellEditor';
import classes from './dataset.module.css';

const ROW_HEIGHT = 33;
/** A taller box than this, browsers can't lay out. */
export const GRID_ROWS = 900_000;
const HEADER = -1;

interface Props {
  of: VersionKey;
  rowCount: number;
  pending: Pending;
  shown: GridColumn[];
  /** Source name of the column whose tools are open. */
  opened: string | null;
  onOpen(source: string): void;
  onCell(cell: { row: number; column: GridColumn; value: string | null }): void;
  onDropRow(row: number): void;
}

/** Row -1 is the header, column 0 the row's number; one place at a time is in the tab order, arrows move it. */
interface Place {
  row: number;
  column: number;
}

export function RowGrid({ of, rowCount, pending, shown, opened, onOpen, onCell, onDropRow }: Props) {
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const [active, setActive] = useState<Place>({ row: 0, column: 1 });
  const [editing, setEditing] = useState<Place | null>(null);
  const count = Math.min(rowCount, GRID_ROWS);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used here only, never memoised
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingStart: ROW_HEIGHT * 2,
  });
  const items = virtualizer.getVirtualItems();
  const range = { first: items[0]?.index ?? 0, last: items.at(-1)?.index ?? 0, columns: pending.columns.length };
  const { rowAt, error } = useRows(of, range);

  // A cell far away exists only after the list has scrolled there.
  useEffect(() => {
    if (!wantsFocus.current) return;
    const cell = box.current?.querySelector<HTMLElement>(`[data-place="${active.row}:${active.column}"]`);
    if (!cell) return;
    wantsFocus.current = false;
    cell.focus();
  });

  const go = (row: number, column: number) => {
    const to = { row: clamp(row, HEADER, count - 1), column: clamp(column, row < 0 ? 1 : 0, shown.length) };
    wantsFocus.current = true;
    setActive(to);
    if (to.row >= 0) virtualizer.scrollToIndex(to.row);
  };
  const edit = (place: Place) => {
    const column = shown[place.column - 1];
    if (column && place.row >= 0 && !column.dropped && !pending.droppedRows.has(place.row)) setEditing(place);
  };
  const clear = ({ row, column }: Place) => {
    const cleared = shown[column - 1];
    if (row >= 0 && cleared && !cleared.dropped) onCell({ row, column: cleared, value: null });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (editing) return;
    const step = moveOf(event, active, { last: count - 1, columns: shown.length });
    if (step) go(step.row, step.column);
    else if (event.key === 'F2' || (event.key === 'Enter' && active.row >= 0 && active.column > 0)) edit(active);
    else if (event.key === 'Delete' || event.key === 'Backspace') clear(active);
    else return;
    event.preventDefault();
  };
  const place = (row: number, column: number) => ({
    'data-place': `${row}:${column}`,
    tabIndex: active.row === row && active.column === column ? 0 : -1,
    onFocus: () => setActive({ row, column }),
  });
  const ended = (row: number, column: number) => {
    setEditing(null);
    go(row, column);
  };

  return (
    <>
      {error && <ErrorNote error={error} />}
      <div ref={box} className={classes.box} onKeyDown={onKeyDown}>
        <table
          role="grid"
          className={classes.grid}
          aria-label={t.dataset.rows}
          aria-rowcount={count + 1}
          aria-colcount={shown.length + 1}
        >
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" className={classes.number}>
                {t.dataset.row}
              </th>
              {shown.map((column, at) => (
                <th
                  key={column.source}
                  scope="col"
                  data-kind={kindOf(column)}
                  data-dropped={column.dropped || undefined}
                >
                  <button
                    type="button"
                    className={classes.columnHead}
                    aria-expanded={column.source === opened}
                    data-changed={column.changed || undefined}
                    title={column.name}
                    onClick={() => onOpen(column.source)}
                    {...place(HEADER, at + 1)}
                  >
                    <span>{column.name}</span>
                    <small>
                      {column.dropped ? t.reading.leftOut : t.reading.types[column.type]} <PencilIcon size={11} />
                    </small>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Spacer height={items[0]?.start ?? 0} span={shown.length + 1} />
            {items.map(({ index: row }) => {
              const cells = rowAt(row);
              const dropped = pending.droppedRows.has(row);
              return (
                <tr key={row} aria-rowindex={row + 2} data-dropped={dropped || undefined}>
                  <th scope="row" className={classes.number}>
                    <button
                      type="button"
                      aria-label={dropped ? t.dataset.rowDropped(row + 1) : t.dataset.dropRow(row + 1)}
                      aria-disabled={dropped}
                      onClick={() => !dropped && onDropRow(row)}
                      {...place(row, 0)}
                    >
                      {row + 1}
                      <CrossIcon size={12} />
                    </button>
                  </th>
                  {shown.map((column, at) => {
                    const key = cellKey(row, column.source);
                    const changed = pending.cells.has(key);
                    const stored = cells?.[pending.columns.indexOf(column)];
                    const value = changed ? pending.cells.get(key) : stored;
                    if (editing?.row === row && editing.column === at + 1) {
                      return (
                        <td key={column.source} className={classes.edited}>
                          <CellEditor
                            label={t.dataset.cell(column.name, row + 1)}
                            type={column.type}
                            value={value ?? ''}
                            onCommit={(next, down) => {
                              if (next !== (value ?? null)) onCell({ row, column, value: next });
                              ended(down ? row + 1 : row, at + 1);
                            }}
                            onCancel={() => ended(row, at + 1)}
                          />
                        </td>
                      );
                    }
                    return (
                      <td
                        key={column.source}
                        data-kind={kindOf(column)}
                        data-changed={changed || undefined}
                        data-dropped={column.dropped || undefined}
                        data-missing={cells && (value ?? null) === null ? true : undefined}
                        onDoubleClick={() => edit({ row, column: at + 1 })}
                        {...place(row, at + 1)}
                      >
                        {cells || changed ? (value ?? t.dataset.missingCell) : '…'}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
            <Spacer height={virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)} span={shown.length + 1} />
          </tbody>
        </table>
      </div>
    </>
  );
}

function kindOf({ type }: GridColumn): 'number' | undefined {
  return type === 'integer' || type === 'real' ? 'number' : undefined;
}

/** Stands for the rows that are not in the page. */
function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function moveOf(event: KeyboardEvent, { row, column }: Place, { last, columns }: { last: number; columns: number }) {
  const whole = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case 'ArrowUp':
      return { row: row - 1, column };
    case 'ArrowDown':
      return { row: row + 1, column };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'PageUp':
      return { row: Math.max(0, row - 10), column };
    case 'PageDown':
      return { row: row + 10, column };
    case 'Home':
      return { row: whole ? 0 : row, column: whole ? 1 : 0 };
    case 'End':
      return { row: whole ? last : row, column: columns };
    default:
      return null;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
