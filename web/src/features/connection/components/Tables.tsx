import { Button, Skeleton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { useColumns, useTables, type CatalogTable } from '../api/catalog';
import classes from './connection.module.css';

/** Of thousands of tables, the rest is found by typing. */
const SHOWN = 200;

interface Props {
  id: string;
  onUse(table: CatalogTable): void;
}

/** What the connection may read; a table opens to its columns. */
export function Tables({ id, onUse }: Props) {
  const { t, locale } = useI18n();
  const [search, setSearch] = useState('');
  const [opened, open] = useState<string | null>(null);
  const { data, error, refetch } = useTables(id);
  const wanted = search.trim().toLowerCase();
  const matching = data?.filter((table) => titleOf(table).toLowerCase().includes(wanted)) ?? [];
  const shown = matching.slice(0, SHOWN);
  return (
    <Panel title={t.database.tables} hint={t.database.tablesHint}>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={160} radius="md" />}
      {data?.length === 0 && <p className={classes.quiet}>{t.database.empty}</p>}
      {data && data.length > 0 && (
        <div className={classes.list}>
          <TextInput
            size="xs"
            label={t.database.find}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <p className={classes.quiet} role="status">
            {t.database.shown(number(shown.length, locale), number(data.length, locale))}
          </p>
          <ul className={classes.tables}>
            {shown.map((table) => {
              const title = titleOf(table);
              const isOpen = title === opened;
              return (
                <li key={title}>
                  <button
                    type="button"
                    className={classes.table}
                    aria-expanded={isOpen}
                    onClick={() => open(isOpen ? null : title)}
                  >
                    <span className={classes.name}>{title}</span>
                    <span className={classes.about}>
                      {table.kind === 'view' && `${t.database.view} · `}
                      {table.row_estimate === null
                        ? t.database.unknownRows
                        : t.database.rows(number(table.row_estimate, locale))}
                    </span>
                  </button>
                  {isOpen && <TableColumns id={id} table={table} onUse={() => onUse(table)} />}
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </Panel>
  );
}

function TableColumns({ id, table, onUse }: { id: string; table: CatalogTable; onUse(): void }) {
  const { t } = useI18n();
  const { data, error } = useColumns(id, table);
  return (
    <div className={classes.columns}>
      {error && <ErrorNote error={error} />}
      {!data && !error && <Skeleton height={60} radius="md" />}
      <ul className={classes.tables} aria-label={t.database.columnsOf(titleOf(table))}>
        {data?.map(({ name, type, nullable }) => (
          <li key={name} className={classes.column}>
            <span className={classes.name}>{name}</span>
            <span className={classes.about}>
              {type}
              {!nullable && ` · ${t.database.required}`}
            </span>
          </li>
        ))}
      </ul>
      <Button size="compact-sm" variant="default" onClick={onUse}>
        {t.database.use}
      </Button>
    </div>
  );
}

function titleOf({ schema, name }: CatalogTable): string {
  return schema === null ? name : `${schema}.${name}`;
}
