import { ActionIcon, Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { useI18n } from '../../../lib/i18n';
import { CheckIcon, TrashIcon } from '../../../lib/icons';
import { ConfirmDialog } from '../../../lib/ui/ConfirmDialog';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import ui from '../../../lib/ui/ui.module.css';
import { useConnectionActions, type ConnectionView } from '../api/sources';
import classes from './data.module.css';

export function ConnectionRows({ rows }: { rows: ConnectionView[] }) {
  const { t } = useI18n();
  return (
    <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.data.connections}>
      <table className={`${ui.table} ${classes.rows}`}>
        <thead>
          <tr>
            <th scope="col">{t.data.name}</th>
            <th scope="col" className={classes.wide}>
              {t.data.kind}
            </th>
            <th scope="col">{t.data.where}</th>
            <th scope="col">
              <span className="visually-hidden">{t.data.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ConnectionRow key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ConnectionRow({ row }: { row: ConnectionView }) {
  const { t } = useI18n();
  const { test, remove } = useConnectionActions();
  const [removing, setRemoving] = useState(false);
  const host = row.host === null ? '' : `${row.host}${row.port === null ? '' : `:${row.port}`}/`;
  const failed = test.data && !test.data.ok ? test.data : null;
  return (
    <>
      <tr>
        <td className={classes.strong}>{row.name}</td>
        <td className={`${classes.nowrap} ${classes.wide}`}>{t.data.kinds[row.type] ?? row.type}</td>
        <td className={classes.cell}>
          {row.username === null ? '' : `${row.username}@`}
          {host}
          {row.database}
        </td>
        <td>
          <div className={classes.actions}>
            {test.data?.ok && (
              <span className={classes.works} role="status">
                <CheckIcon size={15} /> {t.data.working}
              </span>
            )}
            <Button
              size="compact-sm"
              variant="light"
              component={Link}
              href={`/app/data/connections/${encodeURIComponent(row.id)}`}
              aria-label={`${t.database.browse}: ${row.name}`}
            >
              {t.database.browse}
            </Button>
            <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate(row.id)}>
              {t.data.test}
            </Button>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t.data.remove}: ${row.name}`}
              onClick={() => setRemoving(true)}
            >
              <TrashIcon size={16} />
            </ActionIcon>
          </div>
          {removing && (
            <ConfirmDialog
              title={t.data.removeConnection(row.name)}
              text={t.data.removeConnectionText}
              yes={t.data.remove}
              pending={remove.isPending}
              error={remove.error}
              onYes={() => remove.mutate(row.id)}
              onClose={() => setRemoving(false)}
            />
          )}
        </td>
      </tr>
      {(failed || test.error) && (
        <tr>
          <td colSpan={4}>
            {test.error && <ErrorNote error={test.error} />}
            {failed && <NoteBox tone="bad" note={{ title: failed.message, hint: failed.hint ?? undefined }} />}
          </td>
        </tr>
      )}
    </>
  );
}
