import { Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../http';
import { useI18n } from '../i18n';
import { AlertIcon } from '../icons';
import classes from './ui.module.css';

interface Note {
  title: string;
  detail?: string;
  hint?: string;
}

/** Says what went wrong and what to do, in the server's words where it has some. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useI18n();
  return <NoteBox note={noteOf(error, t)} onRetry={onRetry} tone="bad" />;
}

interface NoteProps {
  note: Note;
  tone: 'bad' | 'warn';
  onRetry?: () => void;
  /** Buttons of the reader's own choice. */
  actions?: ReactNode;
}

export function NoteBox({ note, tone, onRetry, actions }: NoteProps) {
  const { t } = useI18n();
  return (
    <div className={classes.note} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <span className={classes.noteIcon}>
        <AlertIcon size={20} />
      </span>
      <div className={classes.noteBody}>
        <Text fw={600} size="sm">
          {note.title}
        </Text>
        {note.detail && (
          <Text size="sm" className={classes.noteText}>
            {note.detail}
          </Text>
        )}
        {note.hint && (
          <Text size="sm" className={classes.noteText}>
            <strong>{t.errors.whatToDo}</strong> {note.hint}
          </Text>
        )}
      </div>
      {onRetry && (
        <Button size="xs" variant="default" onClick={onRetry}>
          {t.errors.retry}
        </Button>
      )}
      {actions && <div className={classes.noteActions}>{actions}</div>}
    </div>
  );
}

function noteOf(error: unknown, t: ReturnType<typeof useI18n>['t']): Note {
  if (error instanceof ApiError && error.code === 'no_answer')
    return { title: t.errors.noAnswer, hint: t.errors.noAnswerHint };
  if (error instanceof ApiError && error.code === 'unexpected_answer') {
    return { title: t.errors.unexpected, detail: error.message };
  }
  if (error instanceof ApiError) return { title: error.message, hint: error.hint };
  return { title: t.errors.unexpected, detail: error instanceof Error ? error.message : String(error) };
}
