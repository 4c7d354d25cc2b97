import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '../../../lib/i18n';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { useDraft } from '../api/catalog';
import classes from './connection.module.css';

interface Props {
  id: string;
  onUse(query: string): void;
}

/** A model writes a query from words. It is shown first, and nothing runs before the reader takes it and says so. */
export function DraftField({ id, onUse }: Props) {
  const { t } = useI18n();
  const [words, setWords] = useState('');
  const draft = useDraft(id);
  const wanted = words.trim();
  const ask = () => wanted !== '' && !draft.isPending && draft.mutate(wanted);
  return (
    <>
      <div className={classes.actions}>
        <TextInput
          className={classes.words}
          aria-label={t.database.words}
          placeholder={t.database.words}
          maxLength={2000}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && ask()}
        />
        <Button variant="default" disabled={wanted === ''} loading={draft.isPending} onClick={ask}>
          {t.database.draft}
        </Button>
      </div>
      {draft.error && <ErrorNote error={draft.error} />}
      {draft.data && (
        <div className={classes.draft} role="status">
          <code>{draft.data.query}</code>
          <p className={classes.quiet}>
            {draft.data.explanation} {t.database.writtenBy(draft.data.model)}
          </p>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              onUse(draft.data.query);
              draft.reset();
            }}
          >
            {t.database.useDraft}
          </Button>
        </div>
      )}
    </>
  );
}
