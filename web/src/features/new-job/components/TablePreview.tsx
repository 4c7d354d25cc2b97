import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ColumnDecision, DatasetInspection, DatasetOverrides } from '../../../lib/types';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { PencilIcon } from '../../../lib/icons';
import { columnOf } from '../api/corrections';
import classes from './new-job.module.css';

/** Wider tables are searched: thousands of columns side by side help nobody. */
const COLUMNS = 40;
const NUMERIC = ['integer', 'real'];

interface Props {
  seen: DatasetInspection;
  corrections: DatasetOverrides;
  /** As detected, like `opened`. */
  target: string | null;
  opened: string | null;
  onTarget(column: string): void;
  onOpen(column: string | null): void;
}

/** The first rows as they would be stored. A column's name makes it the target, its type opens its corrections. */
export function TablePreview({ seen, corrections, target, opened, onTarget, onOpen }: Props) {
  const { t, locale } = useI18n();
  const [search, setSearch] = useState('');
  const wide = seen.columns.length > COLUMNS;
  const matching = seen.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => !wide || column.name.toLowerCase().includes(search.trim().toLowerCase()));
  const shown = matching.slice(0, COLUMNS);
  const marks = ({ detected_name, type, dropped }: ColumnDecision) => ({
    'data-kind': NUMERIC.includes(type) ? 'number' : undefined,
    'data-target': detected_name === target || undefined,
    'data-dropped': dropped || undefined,
  });
  return (
    <>
      {wide && (
        <TextInput
          size="xs"
          mb={8}
          label={t.reading.findColumn}
          description={t.reading.columnsShown(number(shown.length, locale), number(seen.columns.length, locale))}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <div className={classes.previewScroll} tabIndex={0} role="group" aria-label={t.create.preview}>
        <table className={classes.preview}>
          <thead>
            <tr>
              {shown.map(({ column, index }) => (
                <th key={index} scope="col" {...marks(column)} data-open={column.detected_name === opened || undefined}>
                  <ColumnHead
                    column={column}
                    corrected={Object.keys(columnOf(corrections, column.detected_name)).length > 0}
                    isTarget={column.detected_name === target}
                    isOpen={column.detected_name === opened}
                    onTarget={() => onTarget(column.detected_name)}
                    onOpen={(open) => onOpen(open ? column.detected_name : null)}
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {seen.first_rows.map((row, at) => (
              <tr key={at}>
                {shown.map(({ column, index }) => (
                  <td key={index} {...marks(column)}>
                    <span>{row[index]}</span>
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

interface HeadProps {
  column: ColumnDecision;
  corrected: boolean;
  isTarget: boolean;
  isOpen: boolean;
  onTarget(): void;
  onOpen(open: boolean): void;
}

function ColumnHead({ column, corrected, isTarget, isOpen, onTarget, onOpen }: HeadProps) {
  const { t } = useI18n();
  const type = column.dropped ? t.reading.leftOut : t.reading.types[column.type];
  return (
    <div className={classes.head}>
      <button
        type="button"
        className={classes.column}
        aria-pressed={isTarget}
        disabled={column.dropped}
        title={column.name}
        onClick={onTarget}
      >
        {column.name}
      </button>
      <button
        type="button"
        className={classes.kind}
        id={headId(column.detected_name)}
        aria-expanded={isOpen}
        aria-label={t.reading.correctColumn(column.name, type)}
        data-corrected={corrected || undefined}
        onClick={() => onOpen(!isOpen)}
      >
        {type}
        <PencilIcon size={11} />
      </button>
    </div>
  );
}

/** Where the focus returns to when a column's corrections are closed. */
export function headId(column: string): string {
  return `column:${column}`;
}
