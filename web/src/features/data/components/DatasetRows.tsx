import { ActionIcon, Anchor, Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { bytes, dateTime, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { TrashIcon } from '../../../lib/icons';
import { ConfirmDialog } from '../../../lib/ui/ConfirmDialog';
import ui from '../../../lib/ui/ui.module.css';
import { useDatasetActions, type DatasetView } from '../api/sources';
import classes from './data.module.css';

export function DatasetRows({ rows }: { rows: DatasetView[] }) {
  const { t, locale } = useI18n();
  const [removing, setRemoving] = useState<DatasetView | null>(null);
  const { remove } = useDatasetActions();
  return (
    <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.data.sets}>
      <table className={`${ui.table} ${classes.rows}`}>
        <thead>
          <tr>
            <th scope="col">{t.data.name}</th>
            <th scope="col" className={ui.right}>
              {t.data.rows}
            </th>
            <th scope="col" className={`${ui.right} ${classes.wide}`}>
              {t.data.columns}
            </th>
            <th scope="col" className={`${ui.right} ${classes.wide}`}>
              {t.data.size}
            </th>
            <th scope="col" className={classes.wide}>
              {t.data.created}
            </th>
            <th scope="col">
              <span className="visually-hidden">{t.data.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className={classes.name}>
                <Anchor component={Link} size="sm" href={pageOf(row)} className={classes.strong}>
                  {row.name}
                </Anchor>
                <code className={classes.query} title={(row.query ?? row.source_name).slice(0, 2000)}>
                  {row.query ?? row.source_name}
                </code>
                {row.status !== 'ready' && <span className={classes.query}>{t.dataset.status[row.status]}</span>}
              </td>
              <td className={ui.right} data-label={t.data.rows}>
                {number(row.row_count, locale)}
              </td>
              <td className={`${ui.right} ${classes.wide}`}>{number(row.column_count, locale)}</td>
              <td className={`${ui.right} ${classes.wide}`}>{row.bytes === null ? '–' : bytes(row.bytes, locale)}</td>
              <td className={`${classes.nowrap} ${classes.wide}`}>{dateTime(row.created_at, locale)}</td>
              <td>
                <div className={classes.actions}>
                  {row.ready_version !== null && (
                    <Button
                      size="compact-sm"
                      variant="light"
                      component={Link}
                      href={`/app/new?dataset=${encodeURIComponent(row.id)}`}
                    >
                      {t.data.train}
                    </Button>
                  )}
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

function pageOf({ id }: DatasetView): string {
  return `/app/data/${encodeURIComponent(id)}`;
}
