import { MultiSelect, Select, SimpleGrid } from '@mantine/core';
import { useI18n } from '../../../lib/i18n';
import type { PlanForm, PlanView } from '../api/change-plan';

interface TableFieldsProps {
  view: PlanView;
  form: PlanForm;
  onChange(patch: Partial<PlanForm>): void;
}

/** What the plan of a table says beyond its columns; a field is there where the data have something to choose. */
export function TableFields({ view: { bounds, plan }, form, onChange }: TableFieldsProps) {
  const { t } = useI18n();
  const offered = (names: string[]) => names.filter((name) => form.features.includes(name));
  const [words, numbers] = [offered(bounds.words), offered(bounds.numbers)];
  const column = (key: 'group_column' | 'weight_column') => ({
    value: form[key],
    onChange: (name: string | null) => onChange({ [key]: name }),
    searchable: true,
    clearable: true,
  });
  const columns = (key: 'target_encoding' | 'text_features' | 'monotone_increasing' | 'monotone_decreasing') => ({
    label: t.plan[key],
    value: form[key],
    onChange: (names: string[]) => onChange({ [key]: names }),
    searchable: true,
    clearable: true,
  });
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="sm">
      {plan.task === 'regression' && (
        <Select
          label={t.plan.transform}
          data={(['none', 'log', 'auto'] as const).map((value) => ({ value, label: t.plan.transforms[value] }))}
          value={form.target_transform}
          onChange={(value) => value && onChange({ target_transform: value as PlanForm['target_transform'] })}
          allowDeselect={false}
        />
      )}
      {bounds.groups.length > 0 && (
        <Select label={t.plan.group} placeholder={t.plan.noGroup} data={bounds.groups} {...column('group_column')} />
      )}
      {bounds.weights.length > 0 && (
        <Select
          label={t.plan.weight}
          placeholder={t.plan.noWeight}
          data={bounds.weights}
          {...column('weight_column')}
        />
      )}
      {words.length > 0 && <MultiSelect data={words} {...columns('target_encoding')} />}
      {words.length > 0 && <MultiSelect data={words} {...columns('text_features')} />}
      {numbers.length > 0 && plan.task !== 'multiclass' && (
        <>
          <MultiSelect data={numbers} {...columns('monotone_increasing')} />
          <MultiSelect data={numbers} {...columns('monotone_decreasing')} />
        </>
      )}
    </SimpleGrid>
  );
}
