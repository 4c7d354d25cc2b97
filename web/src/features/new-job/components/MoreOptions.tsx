import { NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core';
import { metricName } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Metric } from '../../../lib/types';

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
] as const satisfies readonly Metric[];

export interface Options {
  name: string;
  horizon: number | null;
  metric: Metric | null;
  maxModels: number | null;
  minutes: number | null;
}

export const NO_OPTIONS: Options = { name: '', horizon: null, metric: null, maxModels: null, minutes: null };

interface Props {
  options: Options;
  suggestedName: string;
  onChange(options: Options): void;
}

export function MoreOptions({ options, suggestedName, onChange }: Props) {
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
    </SimpleGrid>
  );
}
