import { Button, Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Dataset, DatasetEdit } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { pendingOf } from '../api/pending';
import { useVersionActions, type VersionKey } from '../api/versions';
import { editWords } from './edit-words';
import { ColumnTools } from './ColumnTools';
import { GRID_ROWS, RowGrid } from './RowGrid';
import classes from './dataset.module.css';

/** Wider tables are searched by column. */
const COLUMNS = 40;
const LISTED = 8;

interface Props {
  of: VersionKey;
  profile: Dataset;
  onSaved(version: number): void;
  onPending(pending: boolean): void;
}

/** The rows, and the edits that are collected on them until they are saved as one version. */
export function Editing({ of, profile, onSaved, onPending }: Props) {
  const { t, locale } = useI18n();
  const [edits, setEdits] = useState<DatasetEdit[]>([]);
  const [undone, setUndone] = useState<DatasetEdit[]>([]);
  const [opened, open] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const { save } = useVersionActions(of.id);
  const pending = pendingOf(profile.columns, edits);
  const wide = pending.columns.length > COLUMNS;
  const wanted = search.trim().toLowerCase();
  const shown = pending.columns.filter(({ name }) => !wide || name.toLowerCase().includes(wanted)).slice(0, COLUMNS);
  const column = pending.columns.find(({ source }) => source === opened);
  useKeptOnLeave(edits.length > 0);

  const collect = (next: DatasetEdit[], back: DatasetEdit[]) => {
    setEdits(next);
    setUndone(back);
    onPending(next.length > 0);
    save.reset();
  };
  const add = (edit: DatasetEdit) => collect([...edits, edit], []);
  const undo = () => collect(edits.slice(0, -1), [...undone, ...edits.slice(-1)]);
  const redo = () => collect([...edits, ...undone.slice(-1)], undone.slice(0, -1));
  const onSave = () =>
    save.mutate(
      { version: of.version, edits },
      {
        onSuccess: ({ version }) => {
          collect([], []);
          onSaved(version);
        },
      },
    );
  return (
    <Panel
      title={t.dataset.rows}
      hint={t.dataset.rowsHint}
      aside={
        <div className={classes.tools}>
          <Button size="xs" variant="default" disabled={edits.length === 0 || save.isPending} onClick={undo}>
            {t.dataset.undo}
          </Button>
          <Button size="xs" variant="default" disabled={undone.length === 0 || save.isPending} onClick={redo}>
            {t.dataset.redo}
          </Button>
          <Button size="xs" disabled={edits.length === 0} loading={save.isPending} onClick={onSave}>
            {t.dataset.save(edits.length)}
          </Button>
        </div>
      }
    >
      <div className={classes.editing}>
        {save.error && <ErrorNote error={save.error} />}
        <div className={classes.searches}>
          <FilterField onFilter={(where) => add({ op: 'filter', where })} />
          {wide && (
            <TextInput
              size="xs"
              label={t.reading.findColumn}
              description={t.reading.columnsShown(number(shown.length, locale), number(pending.columns.length, locale))}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          )}
        </div>
        {column && (
          <ColumnTools key={column.source + column.name} column={column} onEdit={add} onClose={() => open(null)} />
        )}
        <RowGrid
          of={of}
          rowCount={profile.rows}
          pending={pending}
          shown={shown}
          opened={opened}
          onOpen={(source) => open(source === opened ? null : source)}
          onCell={({ row, column: { name }, value }) => add({ op: 'set_cells', cells: [{ row, column: name, value }] })}
          onDropRow={(row) => add({ op: 'drop_rows', rows: [row] })}
        />
        {profile.rows > GRID_ROWS && (
          <Text size="xs" c="dimmed">
            {t.dataset.rowsShown(number(GRID_ROWS, locale), number(profile.rows, locale))}
          </Text>
        )}
        <div role="status">
          {edits.length > 0 && (
            <ul className={classes.edits} aria-label={t.dataset.edits}>
              {edits.length > LISTED && <li>{t.dataset.earlier(edits.length - LISTED)}</li>}
              {edits.slice(-LISTED).map((edit, at) => (
                <li key={at}>{editWords(edit, t)}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </Panel>
  );
}

function FilterField({ onFilter }: { onFilter(where: string): void }) {
  const { t } = useI18n();
  const [where, setWhere] = useState('');
  const add = () => {
    if (where.trim() === '') return;
    onFilter(where.trim());
    setWhere('');
  };
  return (
    <div className={classes.filter}>
      <TextInput
        size="xs"
        label={t.dataset.keepWhere}
        placeholder={t.dataset.keepExample}
        maxLength={2000}
        value={where}
        onChange={(event) => setWhere(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && add()}
      />
      <Button size="xs" variant="default" disabled={where.trim() === ''} onClick={add}>
        {t.dataset.add}
      </Button>
    </div>
  );
}

/** The browser asks before it closes a page with edits that are saved nowhere. */
function useKeptOnLeave(pending: boolean) {
  useEffect(() => {
    if (!pending) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [pending]);
}
