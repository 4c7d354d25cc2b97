import { Button, Collapse, Progress, Select, Stack, Text, Textarea, Title, UnstyledButton } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { wholePercent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ChevronIcon } from '../../../lib/icons';
import type { CreateJob } from '../../../lib/types';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import { JobOptions, NO_OPTIONS, optionFields, type Options } from '../../../lib/ui/JobOptions';
import { suggestTarget } from '../api/inspect';
import { ChosenDataset } from './ChosenDataset';
import { FileDrop } from './FileDrop';
import { OtherSources } from './OtherSources';
import { REFUSAL_ID, TableReading } from './TableReading';
import { useStart, type StartState } from './use-start';
import { useTable, type Table } from './use-table';
import { WhatHappens } from './WhatHappens';
import classes from './new-job.module.css';

/** Chosen means that the reader decided, `null` included; before that the suggestion stands. Named as detected. */
type TargetChoice = { column: string | null } | undefined;

/** Of a table with thousands of columns, the rest is found by typing. */
const SUGGESTIONS = 200;

export function NewJobPage() {
  const { t } = useI18n();
  useDocumentTitle(`${t.create.title} · ${t.app.name}`);
  const [choice, setChoice] = useState<TargetChoice>(undefined);
  const [goal, setGoal] = useState('');
  const [options, setOptions] = useState<Options>(NO_OPTIONS);
  const [more, setMore] = useState(false);
  const [asked, setAsked] = useState(false);
  const { state, start, cancel } = useStart();
  const table = useTable();
  const columns = table.seen?.columns.filter(({ dropped }) => !dropped) ?? [];
  const chosen = choice && columns.some(({ detected_name }) => detected_name === choice.column) ? choice : undefined;
  const target = choice?.column === null ? null : chosen ? chosen.column : suggestTarget(columns);
  const targetName = columns.find(({ detected_name }) => detected_name === target)?.name ?? null;
  const busy = state.stage === 'creating' || state.stage === 'uploading' || state.stage === 'processing';
  const suggestedName =
    (table.name ?? '')
      .replace(/\.[^.]+$/, '')
      .replace(/[_-]+/g, ' ')
      .trim() || t.create.title;

  const chooseFile = (next: File | null) => {
    table.chooseFile(next);
    setChoice(undefined);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (table.blocked) document.getElementById(REFUSAL_ID)?.focus();
    if (goal.trim() === '' || busy || table.blocked || table.unsettled || !table.source) return;
    const job = jobOf({ goal, target: targetName, options, suggestedName });
    void start({ create: job, source: table.source, corrections: table.corrections });
  };

  return (
    <form className={classes.page} onSubmit={submit} noValidate>
      <div>
        <Title order={1} size="h2">
          {t.create.title}
        </Title>
        <Text c="dimmed">{t.create.lead}</Text>
      </div>
      <div className={classes.step}>
        <TableChoice
          table={table}
          disabled={busy}
          asked={asked}
          onFile={chooseFile}
          onDataset={(id) => {
            table.chooseDataset(id);
            setChoice(undefined);
          }}
          onSample={(sample, words) => {
            chooseFile(sample);
            if (goal.trim() === '') setGoal(words);
          }}
        />
        {table.source && <TableReading table={table} target={target} onTarget={(column) => setChoice({ column })} />}
      </div>
      <div className={classes.step}>
        <Textarea
          label={t.create.goal}
          description={t.create.goalHint}
          placeholder={t.create.goalPlaceholder}
          autosize
          minRows={2}
          maxRows={10}
          maxLength={20_000}
          required
          withAsterisk={false}
          value={goal}
          error={asked && goal.trim() === '' ? t.create.goalNeeded : null}
          onChange={(event) => setGoal(event.currentTarget.value)}
        />
        {targetName !== null && (
          <div className={classes.ideas} role="group" aria-label={t.create.ideas}>
            {[
              t.create.ideaForecast(targetName),
              t.create.ideaPredict(targetName),
              t.create.ideaAccurate(targetName),
            ].map((idea) => (
              <button key={idea} type="button" className={classes.idea} onClick={() => setGoal(idea)}>
                {idea}
              </button>
            ))}
          </div>
        )}
        {columns.length > 0 && (
          <Select
            label={t.create.target}
            description={t.create.targetHint}
            placeholder={t.create.targetNone}
            searchable
            clearable
            limit={SUGGESTIONS}
            data={columns.map(({ detected_name, name }) => ({ value: detected_name, label: name }))}
            value={target}
            onChange={(column) => setChoice({ column })}
          />
        )}
        <UnstyledButton className={classes.more} aria-expanded={more} onClick={() => setMore((open) => !open)}>
          <span data-open={more || undefined}>
            <ChevronIcon size={16} />
          </span>
          {t.create.more}
        </UnstyledButton>
        <Collapse expanded={more}>
          <JobOptions options={options} suggestedName={suggestedName} onChange={setOptions} />
        </Collapse>
      </div>
      {table.seen && table.bytes !== null && <WhatHappens bytes={table.bytes} options={options} />}
      {state.stage === 'failed' && <ErrorNote error={state.error} />}
      {state.stage === 'cancelled' && <NoteBox tone="warn" note={{ title: t.create.cancelled }} />}
      {busy ? <UploadProgress state={state} onCancel={cancel} /> : <StartRow waiting={table.unsettled} />}
    </form>
  );
}

interface ChoiceProps {
  table: Table;
  disabled: boolean;
  asked: boolean;
  onFile(file: File | null): void;
  onDataset(id: string | null): void;
  onSample(file: File, goal: string): void;
}

/** What the job learns from: a file, a stored data set, or the sample. */
function TableChoice({ table, disabled, asked, onFile, onDataset, onSample }: ChoiceProps) {
  const { t } = useI18n();
  const { file, dataset, seen } = table;
  if (dataset !== null) {
    return (
      <>
        <ChosenDataset name={table.name ?? '…'} onRemove={() => onDataset(null)} disabled={disabled} />
        {table.storedError && <ErrorNote error={table.storedError} />}
      </>
    );
  }
  return (
    <>
      <FileDrop file={file} columns={seen ? seen.columns.length : null} onFile={onFile} disabled={disabled} />
      {!file && <OtherSources onDataset={onDataset} onSample={onSample} />}
      {asked && !file && <FieldError text={t.create.fileNeeded} />}
      {file?.size === 0 && <FieldError text={t.create.emptyFile} />}
    </>
  );
}

function StartRow({ waiting }: { waiting: boolean }) {
  const { t } = useI18n();
  return (
    <div className={classes.startRow}>
      <Button type="submit" size="md" loading={waiting}>
        {t.create.start}
      </Button>
      <Text size="sm" c="dimmed">
        {t.create.startHint}
      </Text>
    </div>
  );
}

function UploadProgress({ state, onCancel }: { state: StartState; onCancel(): void }) {
  const { t, locale } = useI18n();
  const percent = state.stage === 'uploading' ? state.percent : state.stage === 'processing' ? 100 : 0;
  const words =
    state.stage === 'uploading'
      ? t.create.uploading(wholePercent(percent, locale))
      : state.stage === 'processing'
        ? t.create.processing
        : t.create.creating;
  return (
    <Stack gap={8} role="status">
      <div className={classes.uploadRow}>
        <Text size="sm">{words}</Text>
        <Button size="xs" variant="default" onClick={onCancel}>
          {t.create.cancel}
        </Button>
      </div>
      <Progress value={percent} animated={state.stage === 'processing'} aria-label={words} />
    </Stack>
  );
}

function FieldError({ text }: { text: string }) {
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert">
      {text}
    </Text>
  );
}

function jobOf(form: { goal: string; target: string | null; options: Options; suggestedName: string }): CreateJob {
  const { options } = form;
  return {
    name: (options.name.trim() || form.suggestedName).slice(0, 200),
    prompt: form.goal.trim(),
    target_column: form.target,
    ...(Object.fromEntries(
      Object.entries(optionFields(options)).filter(([, value]) => value !== null),
    ) as Partial<CreateJob>),
  };
}
