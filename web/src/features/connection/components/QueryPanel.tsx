import { Button, Textarea, TextInput } from '@mantine/core';
import { useLocation } from 'wouter';
import { useState } from 'react';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import { useQueryActions, type QueryPreview } from '../api/catalog';
import { DraftField } from './DraftField';
import classes from './connection.module.css';

interface Props {
  id: string;
  query: string;
  onQuery(query: string): void;
}

/** A query is looked at before it is stored; stored, it can be run again for a new version. */
export function QueryPanel({ id, query, onQuery }: Props) {
  const { t } = useI18n();
  const [name, setName] = useState('');
  const [, navigate] = useLocation();
  const { preview, save } = useQueryActions(id);
  const written = query.trim();
  const onSave = () =>
    save.mutate(
      { name: name.trim(), query: written },
      { onSuccess: (made) => navigate(`/app/data/${encodeURIComponent(made.id)}`) },
    );
  return (
    <Panel title={t.data.query} hint={t.data.queryHint}>
      <div className={classes.list}>
        <DraftField id={id} onUse={onQuery} />
        <Textarea
          aria-label={t.data.query}
          classNames={{ input: classes.sql }}
          placeholder="SELECT …"
          autosize
          minRows={5}
          maxRows={18}
          maxLength={100_000}
          spellCheck={false}
          value={query}
          onChange={(event) => onQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && written !== '') preview.mutate(written);
          }}
        />
        <div className={classes.actions}>
          <Button
            variant="default"
            disabled={written === ''}
            loading={preview.isPending}
            onClick={() => preview.mutate(written)}
          >
            {t.database.preview}
          </Button>
          <TextInput
            aria-label={t.database.setName}
            placeholder={t.database.setName}
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button disabled={written === '' || name.trim() === ''} loading={save.isPending} onClick={onSave}>
            {t.database.save}
          </Button>
        </div>
        {save.error && <ErrorNote error={save.error} />}
        {preview.error && <ErrorNote error={preview.error} />}
        {preview.data && <PreviewRows preview={preview.data} isStale={preview.variables !== written} />}
      </div>
    </Panel>
  );
}

function PreviewRows({ preview, isStale }: { preview: QueryPreview; isStale: boolean }) {
  const { t, locale } = useI18n();
  return (
    <>
      <p className={classes.quiet} role="status">
        {t.database.firstRows(number(preview.rows.length, locale))} {isStale && t.database.stale}
      </p>
      <div className={classes.preview} tabIndex={0} role="group" aria-label={t.create.preview}>
        <table className={ui.table}>
          <thead>
            <tr>
              {preview.columns.map((column, at) => (
                <th key={at} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, at) => (
              <tr key={at}>
                {row.map((value, column) => (
                  <td key={column} className={classes.cell} data-missing={value === null || undefined}>
                    {value ?? t.dataset.missingCell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
