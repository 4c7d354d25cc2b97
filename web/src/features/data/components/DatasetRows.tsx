import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { bytes, dateTime, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { TrashIcon } from '../../../lib/icons';
import { ConfirmDialog } from '../../../lib/ui/ConfirmDialog';
import { Dialog } from '../../../lib/ui/Dialog';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import ui from '../../../lib/ui/ui.module.css';
import { useDatasetActions, useDatasetRows, type SqlDatasetView } from '../api/sources';
import classes from './data.module.css';

export function DatasetRows({ rows }: { rows: SqlDatasetView[] }) {
  const { t, locale } = useI18n();
  const [opened, setOpened] = useState<SqlDatasetView | null>(null);
  const [removing, setRemoving] = useState<SqlDatasetView | null>(null);
  const { remove } = useDatasetActions();
  return (
    <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.data.sets}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th scope="col">{t.data.name}</th>
            <th scope="col" className={ui.right}>
              {t.data.rows}
            </th>
            <th scope="col" className={ui.right}>
              {t.data.columns}
            </th>
            <th scope="col" className={ui.right}>
              {t.data.size}
            </th>
            <th scope="col">{t.data.created}</th>
            <th scope="col">
              <span className="visually-hidden">{t.data.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className={classes.name}>
                <div className={classes.strong}>{row.name}</div>
                <code className={classes.query} title={row.query.slice(0, 2000)}>
                  {row.query}
                </code>
              </td>
              <td className={ui.right}>{number(row.row_count, locale)}</td>
              <td className={ui.right}>{number(row.column_count, locale)}</td>
              <td className={ui.right}>{bytes(row.file_size_mb * 1e6, locale)}</td>
              <td className={classes.nowrap}>{dateTime(row.created_at, locale)}</td>
              <td>
                <div className={classes.actions}>
                  <Button size="compact-sm" variant="default" onClick={() => setOpened(row)}>
                    {t.data.preview}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="light"
                    component={Link}
                    href={`/app/new?dataset=${encodeURIComponent(row.id)}`}
                  >
                    {t.data.train}
                  </Button>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`${t.data.remove}: ${row.name}`}
                    onClick={() => setRemoving(row)}
                  >
                    <TrashIcon size={16} />
                  </ActionIcon>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {opened && <PreviewDialog dataset={opened} onClose={() => setOpened(null)} />}
      {removing && (
        <ConfirmDialog
          title={t.data.removeSet(removing.name)}
          text={t.data.removeSetText}
          yes={t.data.remove}
          pending={remove.isPending}
          error={remove.error}
          onYes={() => remove.mutate(removing.id, { onSuccess: () => setRemoving(null) })}
          onClose={() => setRemoving(null)}
        />
      )}
    </div>
  );
}

function PreviewDialog({ dataset, onClose }: { dataset: SqlDatasetView; onClose(): void }) {
  const { t } = useI18n();
  const { data, error } = useDatasetRows(dataset.id);
  return (
    <Dialog title={t.data.previewOf(dataset.name)} size="xl" onClose={onClose}>
      {error && <ErrorNote error={error} />}
      {!data && !error && <Skeleton height={240} />}
      {data && (
        <div className={classes.preview} tabIndex={0} role="group" aria-label={t.data.previewOf(dataset.name)}>
          <table className={ui.table}>
            <thead>
              <tr>
                {data.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.data.map((row, at) => (
                <tr key={at}>
                  {data.columns.map((column) => (
                    <td key={column} className={classes.cell}>
                      {cellText(row[column])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Dialog>
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
