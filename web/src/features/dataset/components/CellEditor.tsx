import { useId, useRef, useState } from 'react';
import { useI18n } from '../../../lib/i18n';
import type { ColumnType } from '../../../lib/types';
import { fits } from '../api/pending';
import classes from './dataset.module.css';

/** As the stored file writes them; a text is never refused. */
const EXAMPLES: Record<ColumnType, string> = {
  integer: '42',
  real: '3.14',
  boolean: 'true',
  date: '2024-12-31',
  datetime: '2024-12-31T23:59:00',
  category: '',
  text: '',
};

interface Props {
  label: string;
  type: ColumnType;
  value: string;
  /** `down`: by Enter, which goes on to the next row. */
  onCommit(value: string | null, down: boolean): void;
  onCancel(): void;
}

/** A value of another type stays in the field with a word why: saved, it would become a missing one. */
export function CellEditor({ label, type, value, onCommit, onCancel }: Props) {
  const { t } = useI18n();
  const [text, setText] = useState(value);
  const [refused, setRefused] = useState(false);
  const done = useRef(false);
  const errorId = useId();
  const commit = (down: boolean) => {
    const kept = type === 'text' || type === 'category' ? text : text.trim();
    const fitting = kept === '' || fits(type, kept);
    setRefused(!fitting);
    if (!fitting || done.current) return;
    done.current = true;
    onCommit(kept === '' ? null : kept, down);
  };
  return (
    <>
      <input
        autoFocus
        className={classes.input}
        aria-label={label}
        aria-invalid={refused}
        aria-describedby={refused ? errorId : undefined}
        maxLength={100_000}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => commit(false)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(true);
          else if (event.key === 'Escape') {
            done.current = true;
            onCancel();
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {refused && (
        <div id={errorId} role="alert" className={classes.cellError}>
          {t.dataset.unfit(t.reading.types[type], EXAMPLES[type])}
        </div>
      )}
    </>
  );
}
