import type { ColumnVisibilityState, SortingState } from '@tanstack/react-table';
import { useCallback, useMemo, useState, type SetStateAction } from 'react';
import { useSearchParams } from 'wouter';
import { COLUMN_IDS, queryOf, sortingOf, type ColumnId } from '../api/job-address';
import { HIDDEN_AT_FIRST } from './columns';

const STORAGE_KEY = 'automl.jobs.hidden';

/** Search, filters and order are in the address, so that a link shows the same list; columns are the reader's own. */
export function useTableState() {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (values: Readonly<Record<string, string>>) =>
      setParameters(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(values)) {
            if (value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParameters],
  );
  const address = parameters.toString();
  const query = useMemo(() => queryOf(new URLSearchParams(address)), [address]);
  const order = parameters.get('sort') ?? '';
  const sorting = useMemo(() => sortingOf(order), [order]);
  const setSorting = useCallback(
    (update: SetStateAction<SortingState>) => {
      const next = typeof update === 'function' ? update(sortingOf(order)) : update;
      const first = next[0];
      set({ sort: first ? `${first.id}.${first.desc ? 'desc' : 'asc'}` : '' });
      // Another order begins at its beginning.
      window.scrollTo({ top: 0 });
    },
    [order, set],
  );
  return { query, sorting, setSorting, set };
}

/** Which columns are hidden, remembered by the browser. */
export function useColumns() {
  const [hidden, setHidden] = useState<readonly ColumnId[]>(storedHidden);
  const visibility = useMemo<ColumnVisibilityState>(
    () => Object.fromEntries(COLUMN_IDS.map((id) => [id, !hidden.includes(id)])),
    [hidden],
  );
  const toggle = (id: ColumnId) => {
    const next = hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id];
    setHidden(next);
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
    } catch {
      // Storage may be blocked; the choice lasts for this page.
    }
  };
  return { visibility, toggle };
}

function storedHidden(): readonly ColumnId[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null');
    if (Array.isArray(stored)) return COLUMN_IDS.filter((id) => id !== 'name' && stored.includes(id));
  } catch {
    // Blocked or not ours: as at first.
  }
  return HIDDEN_AT_FIRST;
}
