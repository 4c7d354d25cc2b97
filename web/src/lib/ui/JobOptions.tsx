import { NumberInput, Select, SimpleGrid, Switch, TextInput } from '@mantine/core';
import { metricName } from '../format';
import { useI18n } from '../i18n';
import type { JobView, Metric } from '../types';

const METRICS = [
  'mae',
  'rmse',
  'mape',
  'smape',
  'mase',
  'rmsle',
  'auc',
  'logloss',
  'accuracy',
  'balanced_accuracy',
] as const satisfies readonly Metric[];

/** What may be set beside table, goal and target; null leaves it to the system. */
export interface Options {
  name: string;
  horizon: number | null;
  metric: Metric | null;
  maxModels: number | null;
  minutes: number | null;
  /** The plan is shown and approved before anything is trained. */
  approval: boolean;
  /** The measured result is shown before the job ends. */
  finalApproval: boolean;
  /** The job asks where the data leave a real doubt. */
  ask: boolean;
  /** So many drafts of the training are tried, and the best is kept. */
  search: number | null;
}

export const NO_OPTIONS: Options = {
  name: '',
  horizon: null,
  metric: null,
  maxModels: null,
  minutes: null,
  approval: false,
  finalApproval: false,
  ask: false,
  search: null,
};

/** The options of a job that exists, as the fields show them. */
export function optionsOf({ name, options }: Pick<JobView, 'name' | 'options'>): Options {
  return {
    name,
    horizon: options.horizon ?? null,
    metric: options.metric ?? null,
    maxModels: options.max_models ?? null,
    minutes: options.max_runtime_secs === undefined ? null : options.max_runtime_secs / 60,
    approval: options.approval === 'plan' || options.approval === 'all',
    finalApproval: options.approval === 'final' || options.approval === 'all',
    ask: options.ask === true,
    search: options.search ?? null,
  };
}

/** The same as the API takes them, null where nothing is set. */
export function optionFields(options: Options) {
  return {
    horizon: options.horizon,
    metric: options.metric,
    max_models: options.maxModels,
    max_runtime_secs: options.minutes === null ? null : Math.max(5, Math.round(options.minutes * 60)),
    approval: approvalOf(options),
    ask: options.ask || null,
    search: options.search,
  };
}

function approvalOf({ approval, finalApproval }: Options): 'plan' | 'final' | 'all' | null {
  if (approval && finalApproval) return 'all';
  if (finalApproval) return 'final';
  return approval ? 'plan' : null;
}

interface Props {
  options: Options;
  suggestedName: string;
  onChange(options: Options): void;
}

export function JobOptions({ options, suggestedName, onChange }: Props) {
  const { t } = useI18n();
  const set = (patch: Partial<Options>) => onChange({ ...options, ...patch });
  const amount = (value: string | number) => (typeof value === 'number' ? value : null);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="sm">
      <TextInput
        label={t.create.name}
        placeholder={suggestedName}
        maxLength={200}
        value={options.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Select
        label={t.create.metric}
        placeholder={t.create.metricAuto}
        clearable
        data={METRICS.map((value) => ({ value, label: metricName(value) }))}
        value={options.metric}
        onChange={(value) => set({ metric: value as Metric | null })}
      />
      <NumberInput
        label={t.create.horizon}
        description={t.create.horizonHint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder={t.create.auto}
        min={1}
        max={10_000}
        allowDecimal={false}
        value={options.horizon ?? ''}
        onChange={(value) => set({ horizon: amount(value) })}
      />
      <NumberInput
        label={t.create.maxModels}
        placeholder={t.create.auto}
        min={1}
        max={500}
        allowDecimal={false}
        value={options.maxModels ?? ''}
        onChange={(value) => set({ maxModels: amount(value) })}
      />
      <NumberInput
        label={t.create.budget}
        placeholder={t.create.auto}
        min={0.1}
        max={10_080}
        decimalScale={1}
        value={options.minutes ?? ''}
        onChange={(value) => set({ minutes: amount(value) })}
      />
      <NumberInput
        label={t.question.search}
        description={t.question.searchHint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder="1"
        min={1}
        max={5}
        allowDecimal={false}
        value={options.search ?? ''}
        onChange={(value) => set({ search: amount(value) })}
      />
      <Switch
        label={t.create.approval}
        checked={options.approval}
        onChange={(event) => set({ approval: event.currentTarget.checked })}
      />
      <Switch
        label={t.question.finalApproval}
        checked={options.finalApproval}
        onChange={(event) => set({ finalApproval: event.currentTarget.checked })}
      />
      <Switch
        label={t.question.ask}
        checked={options.ask}
        onChange={(event) => set({ ask: event.currentTarget.checked })}
      />
    </SimpleGrid>
  );
}
