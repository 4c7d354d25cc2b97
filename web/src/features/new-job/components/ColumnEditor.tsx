import { Button, Checkbox, Select, SimpleGrid, Text, TextInput, type TextInputProps } from '@mantine/core';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { ColumnDecision, ColumnOverride, ColumnRole, ColumnType } from '../../../lib/types';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import classes from './new-job.module.css';

const AUTOMATIC = '';
/** The target has a field of its own on this page. */
const ROLES = ['feature', 'date', 'series_id', 'id', 'text', 'ignored'] as const satisfies readonly ColumnRole[];

interface Props {
  column: ColumnDecision;
  correction: ColumnOverride;
  /** The server's words for the field that it refuses. */
  refusal: { field: string | null; message: string } | null;
  onCorrect(patch: Partial<ColumnOverride>): void;
  onClose(): void;
}

/** All that can be said of one column; it opens below the table, where a phone has room for it too. */
export function ColumnEditor({ column, correction, refusal, onCorrect, onClose }: Props) {
  const { t, locale } = useI18n();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const errorOf = (field: keyof ColumnOverride) => (refusal?.field === field ? refusal.message : null);
  const type = t.reading.types;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) onClose();
  };
  return (
    <div
      className={classes.editor}
      role="group"
      aria-label={t.reading.correctionsOf(column.detected_name)}
      onKeyDown={onKeyDown}
    >
      <div className={classes.editorHead}>
        <Text fw={600} size="sm" truncate title={column.detected_name}>
          {column.detected_name}
        </Text>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t.reading.done}
        </Button>
      </div>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="sm">
        <Select
          ref={first}
          label={t.reading.type}
          allowDeselect={false}
          data={[
            { value: AUTOMATIC, label: correction.type ? t.reading.detect : t.reading.detected(type[column.type]) },
            ...Object.entries(type).map(([value, label]) => ({ value, label })),
          ]}
          value={correction.type ?? AUTOMATIC}
          error={errorOf('type')}
          // Another type's format would not fit.
          onChange={(value) => onCorrect({ type: (value || undefined) as ColumnType | undefined, format: undefined })}
        />
        <Select
          label={t.reading.role}
          allowDeselect={false}
          data={[
            { value: AUTOMATIC, label: t.reading.roleDecided },
            ...ROLES.map((value) => ({ value, label: t.reading.roles[value] })),
          ]}
          value={correction.role ?? AUTOMATIC}
          error={errorOf('role')}
          onChange={(value) => onCorrect({ role: (value || undefined) as ColumnRole | undefined })}
        />
        <CommittedInput
          key={`format ${correction.format}`}
          label={t.reading.format}
          description={t.reading.formatHint}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          placeholder={column.format ?? t.reading.plain}
          maxLength={60}
          error={errorOf('format')}
          committed={correction.format ?? ''}
          onCommit={(format) => onCorrect({ format: format || undefined })}
        />
        <CommittedInput
          key={`name ${correction.name}`}
          label={t.reading.newName}
          placeholder={column.detected_name}
          maxLength={200}
          error={errorOf('name')}
          committed={correction.name ?? ''}
          onCommit={(name) => onCorrect({ name: name.trim() || undefined })}
        />
      </SimpleGrid>
      <Checkbox
        label={t.reading.drop}
        checked={correction.drop ?? column.dropped}
        error={errorOf('drop')}
        onChange={(event) => onCorrect({ drop: event.currentTarget.checked })}
      />
      <Text size="xs" c="dimmed">
        {t.reading.counts(number(column.missing, locale), number(column.unfit, locale))}
        {column.warning && ` ${column.warning}`}
      </Text>
      {column.samples.length > 0 && (
        <Text size="xs" c="dimmed" className={classes.samples}>
          {t.reading.samples} {column.samples.map((sample) => `“${sample}”`).join(' ')}
        </Text>
      )}
    </div>
  );
}

interface CommittedProps extends TextInputProps {
  committed: string;
  onCommit(value: string): void;
}

/** Half a word is no correction: it counts when the field is left or Enter is pressed, which starts no training here. */
function CommittedInput({ committed, onCommit, ...props }: CommittedProps) {
  const [text, setText] = useState(committed);
  const commit = () => text !== committed && onCommit(text);
  return (
    <TextInput
      {...props}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        commit();
      }}
    />
  );
}
