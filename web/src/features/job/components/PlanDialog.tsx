import {
  Button,
  Group,
  Loader,
  MultiSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import { Dialog } from '../../../lib/ui/Dialog';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { changesOf, formOf, useChangePlan, usePlan, type PlanForm, type PlanView } from '../api/change-plan';
import { PlanFunctions } from './PlanFunctions';
import { TableFields } from './TableFields';

/** The training plan, to be changed: at its gate it is shown again; of a result that is shown, and on a job that is final, it is trained by. */
export function PlanDialog({ job, onClose }: { job: JobView; onClose(): void }) {
  const { t } = useI18n();
  const plan = usePlan(job.id);
  return (
    <Dialog title={t.plan.title} size="lg" onClose={onClose}>
      {plan.error && <ErrorNote error={plan.error} />}
      {plan.isPending && <Loader size="sm" mx="auto" />}
      {plan.data && <PlanFields key={plan.data.attempt} job={job} view={plan.data} onClose={onClose} />}
    </Dialog>
  );
}

function PlanFields({ job, view, onClose }: { job: JobView; view: PlanView; onClose(): void }) {
  const { t } = useI18n();
  const [form, setForm] = useState<PlanForm>(() => formOf(view));
  const shown = job.question === 'final';
  const trains = job.final || shown;
  const change = useChangePlan(job, () => {
    notifications.show({ message: trains ? t.job.done.retry : t.plan.done });
    onClose();
  });
  const set = (patch: Partial<PlanForm>) => setForm({ ...form, ...patch });
  const { bounds, plan } = view;
  const forecasting = plan.task === 'forecasting';
  const classes = plan.task === 'binary' || plan.task === 'multiclass';
  const changes = changesOf(view, form);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(changes);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {job.final ? t.plan.textFinal : shown ? t.plan.textResult : t.plan.text}
        </Text>
        {bounds.features.length > 0 && (
          <MultiSelect
            data-autofocus
            label={t.plan.features(form.features.length, bounds.features.length)}
            data={bounds.features}
            value={form.features}
            onChange={(features) => set({ features })}
            searchable
            hidePickedOptions
            styles={{ pillsList: { maxHeight: 160, overflowY: 'auto' } }}
          />
        )}
        {plan.functions.length > 0 && (
          <PlanFunctions
            functions={plan.functions}
            kept={form.functions}
            onChange={(functions) => set({ functions })}
          />
        )}
        <MultiSelect
          label={t.plan.algorithms}
          data={bounds.algorithms}
          value={form.algorithms}
          onChange={(algorithms) => set({ algorithms })}
        />
        {!forecasting && <TableFields view={view} form={form} onChange={set} />}
        {forecasting && (
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="sm">
            <Steps label={t.plan.lags} most={bounds.longest} value={form.lags} onChange={(lags) => set({ lags })} />
            <Steps
              label={t.plan.windows}
              most={bounds.longest}
              value={form.windows}
              onChange={(windows) => set({ windows })}
            />
            <TextInput
              label={t.plan.holidays}
              description={t.plan.holidaysText}
              value={form.holidays}
              maxLength={9}
              onChange={(event) => set({ holidays: event.currentTarget.value })}
            />
          </SimpleGrid>
        )}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="sm">
          <NumberInput
            label={t.plan.folds}
            min={2}
            max={bounds.most_folds}
            allowDecimal={false}
            value={form.folds}
            onChange={(value) => typeof value === 'number' && set({ folds: value })}
          />
          <NumberInput
            label={t.create.maxModels}
            min={1}
            max={bounds.most_models ?? undefined}
            allowDecimal={false}
            value={form.max_models ?? ''}
            onChange={(value) => set({ max_models: typeof value === 'number' ? value : null })}
          />
        </SimpleGrid>
        {forecasting && (
          <Switch
            label={t.plan.calendar}
            checked={form.calendar}
            onChange={(event) => set({ calendar: event.currentTarget.checked })}
          />
        )}
        {classes && (
          <Switch
            label={t.plan.balance}
            checked={form.balance_classes}
            onChange={(event) => set({ balance_classes: event.currentTarget.checked })}
          />
        )}
        {change.error && <ErrorNote error={change.error} />}
        <Group justify="flex-end">
          <Button type="submit" disabled={Object.keys(changes).length === 0} loading={change.isPending}>
            {trains ? t.plan.train : t.plan.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface StepsProps {
  label: string;
  /** Steps. */
  most: number;
  value: string[];
  onChange(value: string[]): void;
}

/** Numbers of steps as tags; what is no such number is not taken. */
function Steps({ label, most, value, onChange }: StepsProps) {
  const { t } = useI18n();
  const fits = (text: string) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  return (
    <TagsInput
      label={label}
      description={t.plan.steps(most)}
      value={value}
      onChange={(texts) => onChange(texts.filter(fits))}
      splitChars={[',', ' ', ';']}
    />
  );
}
