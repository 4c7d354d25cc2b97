import { Button, Collapse, Progress, Select, Stack, Text, Textarea, Title, UnstyledButton } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { useSearchParams } from 'wouter';
import { suggestTarget } from '../../../lib/csv';
import { wholePercent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ChevronIcon } from '../../../lib/icons';
import type { CreateJob } from '../../../lib/types';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import { JobOptions, NO_OPTIONS, optionFields, type Options } from '../../../lib/ui/JobOptions';
import { ChosenDataset } from './ChosenDataset';
import { FileDrop } from './FileDrop';
import { OtherSources } from './OtherSources';
import { PreviewTable } from './PreviewTable';
import { useDatasetPreview, usePreview } from './use-preview';
import { useStart, type StartState } from './use-start';
import classes from './new-job.module.css';

/** Chosen means that the reader decided, `null` included; before that the suggestion stands. */
type TargetChoice = { column: string | null } | undefined;

export function NewJobPage() {
  const { t } = useI18n();
  useDocumentTitle(`${t.create.title} · ${t.app.name}`);
  const [file, setFile] = useState<File | null>(null);
  const [choice, setChoice] = useState<TargetChoice>(undefined);
  const [goal, setGoal] = useState('');
  const [options, setOptions] = useState<Options>(NO_OPTIONS);
  const [more, setMore] = useState(false);
  const [asked, setAsked] = useState(false);
  const { state, start, cancel } = useStart();
  const [parameters] = useSearchParams();
  const [dataset, setDataset] = useState<string | null>(parameters.get('dataset'));
  const read = usePreview(file);
  const stored = useDatasetPreview(dataset);
  const preview = dataset === null ? read : stored.preview;

  const columns = [...new Set(preview?.columns.map((column) => column.name) ?? [])];
  const target = choice ? choice.column : preview ? suggestTarget(preview.columns) : null;
  const busy = state.stage === 'creating' || state.stage === 'uploading' || state.stage === 'processing';
  const suggestedName =
    (file?.name ?? stored.name ?? '')
      .replace(/\.[^.]+$/, '')
      .replace(/[_-]+/g, ' ')
      .trim() || t.create.title;

  const chooseFile = (next: File | null) => {
    setFile(next);
    setChoice(undefined);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (goal.trim() === '' || busy) return;
    const job = jobOf({ goal, target, options, suggestedName });
    if (dataset !== null) void start({ ...job, dataset_id: dataset }, null);
    else if (file && file.size > 0) void start(job, file);
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
        {dataset !== null && (
          <ChosenDataset
            name={stored.name ?? '…'}
            rows={stored.rows}
            onRemove={() => setDataset(null)}
            disabled={busy}
          />
        )}
        {dataset !== null && stored.error && <ErrorNote error={stored.error} />}
        {dataset === null && (
          <FileDrop file={file} columns={preview ? preview.columns.length : null} onFile={chooseFile} disabled={busy} />
        )}
        {dataset === null && !file && (
          <OtherSources
            onDataset={setDataset}
            onSample={(sample, words) => {
              chooseFile(sample);
              if (goal.trim() === '') setGoal(words);
            }}
          />
        )}
        {asked && !file && dataset === null && <FieldError text={t.create.fileNeeded} />}
        {file?.size === 0 && <FieldError text={t.create.emptyFile} />}
        {file && file.size > 0 && preview === null && <NoteBox tone="warn" note={{ title: t.create.notText }} />}
        {preview && (
          <div>
            <PreviewTable preview={preview} target={target} onTarget={(column) => setChoice({ column })} />
            <p className={classes.previewHint}>{t.create.previewHint}</p>
          </div>
        )}
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
        {target !== null && (
          <div className={classes.ideas} role="group" aria-label={t.create.ideas}>
            {[t.create.ideaForecast(target), t.create.ideaPredict(target), t.create.ideaAccurate(target)].map(
              (idea) => (
                <button key={idea} type="button" className={classes.idea} onClick={() => setGoal(idea)}>
                  {idea}
                </button>
              ),
            )}
          </div>
        )}
        {columns.length > 0 && (
          <Select
            label={t.create.target}
            description={t.create.targetHint}
            placeholder={t.create.targetNone}
            searchable
            clearable
            data={columns}
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
      {state.stage === 'failed' && <ErrorNote error={state.error} />}
      {state.stage === 'cancelled' && <NoteBox tone="warn" note={{ title: t.create.cancelled }} />}
      {busy ? <UploadProgress state={state} onCancel={cancel} /> : <StartRow />}
    </form>
  );
}

function StartRow() {
  const { t } = useI18n();
  return (
    <div className={classes.startRow}>
      <Button type="submit" size="md">
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
