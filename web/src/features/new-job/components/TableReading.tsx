import { Button, Collapse, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { DatasetInspection } from '../../../lib/types';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import {
  columnOf,
  correctColumn,
  correctDialect,
  countCorrections,
  placeOf,
  undoAt,
  type Place,
} from '../api/corrections';
import { ColumnEditor } from './ColumnEditor';
import { DIALECT_FIELDS, DialectControls } from './DialectControls';
import { headId, TablePreview } from './TablePreview';
import type { Table } from './use-table';
import classes from './new-job.module.css';

/** The page's own note on a table that can't be read; the start button sends there. */
export const REFUSAL_ID = 'table-refusal';
const WARNINGS = 4;

interface Props {
  table: Table;
  target: string | null;
  onTarget(column: string): void;
}

/** How the table is read, with its first rows; everything of it can be corrected where it stands. */
export function TableReading({ table, target, onTarget }: Props) {
  const { t } = useI18n();
  const { seen, refusal, pending, corrections, correct } = table;
  const [opened, open] = useState<string | null>(null);
  const [dialect, showDialect] = useState(false);
  const place = placeOf(refusal);
  const column = seen?.columns.find(({ detected_name }) => detected_name === opened);
  const dialectOpen = dialect || (refusal !== null && !seen);
  const corrected = countCorrections(corrections);
  const isBeside = besideControl(place, { opened: column?.detected_name, dialectOpen });
  const message = refusal?.message ?? '';
  const undo = () => correct({});
  if (!seen && !refusal) return <Skeleton height={190} radius="md" aria-label={t.reading.looking} />;
  return (
    <div className={classes.reading} aria-busy={pending}>
      <div className={classes.readingHead}>
        <p className={classes.summary}>
          {seen ? <Summary seen={seen} /> : t.reading.unreadable}
          <span role="status" className={classes.pending}>
            {pending && ` ${t.reading.looking}`}
          </span>
        </p>
        <div className={classes.readingActions}>
          {corrected > 0 && (
            <Button size="compact-sm" variant="subtle" onClick={undo}>
              {t.reading.undoAll(corrected)}
            </Button>
          )}
          {!seen?.dialect_given && (
            <Button
              size="compact-sm"
              variant="default"
              aria-expanded={dialectOpen}
              onClick={() => showDialect(!dialectOpen)}
            >
              {t.reading.correctDialect}
            </Button>
          )}
        </div>
      </div>
      <Collapse expanded={dialectOpen}>
        <DialectControls
          seen={seen}
          correction={corrections.dialect ?? {}}
          refusal={place?.part === 'dialect' ? { field: place.field, message } : null}
          onCorrect={(patch) => correct(correctDialect(corrections, patch))}
        />
      </Collapse>
      {refusal !== null && !isBeside && (
        <div id={REFUSAL_ID} tabIndex={-1}>
          <Refusal
            error={refusal}
            place={place}
            stands={seen !== undefined}
            onUndo={(at) => correct(undoAt(corrections, at))}
          />
        </div>
      )}
      {seen && (
        <TablePreview
          seen={seen}
          corrections={corrections}
          target={target}
          opened={opened}
          onTarget={onTarget}
          onOpen={open}
        />
      )}
      {column && (
        <ColumnEditor
          key={column.detected_name}
          column={column}
          correction={columnOf(corrections, column.detected_name)}
          refusal={
            place?.part === 'column' && place.name === column.detected_name ? { field: place.field, message } : null
          }
          onCorrect={(patch) => correct(correctColumn(corrections, column.detected_name, patch))}
          onClose={() => {
            open(null);
            document.getElementById(headId(column.detected_name))?.focus();
          }}
        />
      )}
      {seen && <Notes seen={seen} />}
    </div>
  );
}

/** Whether the refusal is told at a control that is in sight. */
function besideControl(place: Place | null, shown: { opened: string | undefined; dialectOpen: boolean }): boolean {
  if (place?.part === 'dialect') return shown.dialectOpen && DIALECT_FIELDS.some((field) => field === place.field);
  return place?.part === 'column' && place.field !== null && place.name === shown.opened;
}

function Refusal(props: { error: unknown; place: Place | null; stands: boolean; onUndo(place: Place): void }) {
  const { t } = useI18n();
  const { error, place, stands, onUndo } = props;
  if (!place || !(error instanceof Error)) return <ErrorNote error={error} />;
  return (
    <NoteBox
      tone="bad"
      note={{ title: error.message, detail: stands ? t.reading.asBefore : undefined }}
      actions={
        <Button size="xs" variant="default" onClick={() => onUndo(place)}>
          {t.reading.undo}
        </Button>
      }
    />
  );
}

function Summary({ seen }: { seen: DatasetInspection }) {
  const { t, locale } = useI18n();
  const marks = t.reading.dialect.marks;
  const rows = number(seen.rows, locale);
  const kept = seen.columns.filter(({ dropped }) => !dropped).length;
  const parts = [
    t.reading.size(seen.exact ? rows : t.reading.about(rows), number(kept, locale)),
    ...(seen.dialect_given
      ? []
      : [
          t.reading.separated(marks[seen.delimiter] ?? seen.delimiter),
          t.reading.decimals(marks[seen.decimal] ?? seen.decimal),
          seen.encoding.toUpperCase(),
          t.reading.headerRows(seen.header_rows),
        ]),
  ];
  return <>{parts.join(' · ')}</>;
}

function Notes({ seen }: { seen: DatasetInspection }) {
  const { t } = useI18n();
  return (
    <div className={classes.previewHint}>
      <p>
        {t.create.previewHint} {!seen.exact && t.reading.startOnly}
      </p>
      {seen.warnings.slice(0, WARNINGS).map((warning, at) => (
        <p key={at}>{warning}</p>
      ))}
    </div>
  );
}
