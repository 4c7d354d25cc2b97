import { Checkbox } from '@mantine/core';
import {
  FlexRender,
  useTable,
  type ColumnVisibilityState,
  type RowSelectionState,
  type SortingState,
} from '@tanstack/react-table';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type Dispatch, type SetStateAction } from 'react';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ArrowDownIcon } from '../../../lib/icons';
import type { JobView } from '../../../lib/types';
import { COLUMN_IDS, type ColumnId } from '../api/job-address';
import { COLUMNS, features, RIGHT, WIDTHS } from './columns';
import classes from './jobs.module.css';

interface Props {
  jobs: JobView[];
  /** Of all pages, loaded or not. */
  total: number;
  sorting: SortingState;
  onSorting: Dispatch<SetStateAction<SortingState>>;
  visibility: ColumnVisibilityState;
  selection: RowSelectionState;
  onSelection: Dispatch<SetStateAction<RowSelectionState>>;
  /** The reader comes near the end of what is loaded. */
  onNearEnd(): void;
}

const ROW_HEIGHT = 65;
/** This many rows before the end the next page is asked for. */
const NEAR_END = 30;

/** Every job is in the table, only the rows in view are in the page. */
export function JobsTable(props: Props) {
  const { t, locale } = useI18n();
  const { jobs, total, sorting, visibility, selection, onNearEnd } = props;
  const columns = useMemo(() => COLUMN_IDS.map((id) => COLUMNS[id]), []);
  const table = useTable({
    features,
    columns,
    data: jobs,
    getRowId: (job) => job.id,
    state: { sorting, columnVisibility: visibility, rowSelection: selection },
    // The server sorts: the rows come in the order that was asked for.
    manualSorting: true,
    onSortingChange: props.onSorting,
    onRowSelectionChange: props.onSelection,
  });
  const rows = table.getRowModel().rows;
  const body = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  // Where the table starts on the page; it moves when a note above it comes or goes.
  useLayoutEffect(() => setTop(body.current?.offsetTop ?? 0), [jobs.length > 0]); // eslint-disable-line react-hooks/exhaustive-deps -- measured once it is there
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (at) => rows[at]?.id ?? at,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_END) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  const above = (items[0]?.start ?? top) - top;
  const below = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  const shown = table.getVisibleLeafColumns();
  const chosen = Object.keys(selection).length;
  return (
    <div className={classes.surface}>
      <table ref={body} className={classes.table} aria-rowcount={total + 1} aria-label={t.jobs.title}>
        <colgroup>
          <col className={classes.tickColumn} />
          {shown.map((column) => (
            <col key={column.id} style={{ width: WIDTHS[column.id as ColumnId] }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th className={classes.tick}>
              <Checkbox
                size="xs"
                aria-label={t.jobs.selectAll}
                checked={chosen > 0 && chosen >= rows.length}
                indeterminate={chosen > 0 && chosen < rows.length}
                onChange={(event) => table.toggleAllRowsSelected(event.currentTarget.checked)}
              />
            </th>
            {table.getHeaderGroups()[0]?.headers.map(({ column }) => {
              const sorted = column.getIsSorted();
              return (
                <th
                  key={column.id}
                  scope="col"
                  className={RIGHT.has(column.id) ? classes.right : undefined}
                  aria-sort={sorted === false ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
                >
                  <button type="button" className={classes.sort} onClick={column.getToggleSortingHandler()}>
                    {headerOf(column.id as ColumnId, t)}
                    <span className={classes.sortMark} data-sorted={sorted || undefined}>
                      <ArrowDownIcon size={12} />
                    </span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          <Spacer height={above} span={shown.length + 1} />
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <tr
                key={row.id}
                ref={virtualizer.measureElement}
                data-index={item.index}
                data-selected={row.getIsSelected() || undefined}
                aria-rowindex={item.index + 2}
              >
                <td className={classes.tick}>
                  <Checkbox
                    size="xs"
                    aria-label={t.jobs.select(row.original.name)}
                    checked={row.getIsSelected()}
                    onChange={row.getToggleSelectedHandler()}
                  />
                </td>
                {row.getVisibleCells().map((cell) => (
                  <td key={cell.id} className={RIGHT.has(cell.column.id) ? classes.right : classes.left}>
                    <FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          <Spacer height={below} span={shown.length + 1} />
        </tbody>
      </table>
      <span className="visually-hidden" role="status">
        {chosen > 0 ? t.jobs.selected(number(chosen, locale)) : ''}
      </span>
    </div>
  );
}

/** Stands for the rows that are not in the page. */
function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" className={classes.spacer}>
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}

export function headerOf(id: ColumnId, t: ReturnType<typeof useI18n>['t']): string {
  return t.jobs.columns[id];
}
