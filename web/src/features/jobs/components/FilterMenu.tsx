import { Autocomplete, Button, Group, MultiSelect, NumberInput, Popover, Stack, Text } from '@mantine/core';
import { useI18n } from '../../../lib/i18n';
import { FilterIcon } from '../../../lib/icons';
import { PHASES } from '../../../lib/status';
import type { JobView } from '../../../lib/types';
import { useTyped } from '../../../lib/use-typed';
import type { Bounded, JobQuery } from '../api/job-query';
import classes from './jobs.module.css';

/** What a field is shown in, and how many of the API's units that is. */
const RANGES = [
  { field: 'skill', unit: 0.01 },
  { field: 'run_seconds', unit: 60 },
  { field: 'cost_usd', unit: 1 },
] as const satisfies readonly { field: Bounded; unit: number }[];

interface Props {
  query: JobQuery;
  /** Their targets are suggested. */
  jobs: readonly JobView[];
  set(values: Readonly<Record<string, string>>): void;
}

/** The filters that are needed less often; the button says how many are set. */
export function FilterMenu({ query, jobs, set }: Props) {
  const { t } = useI18n();
  const count = countOf(query);
  const targets = [...new Set(jobs.flatMap((job) => job.target_column ?? []))].slice(0, 50).sort();
  return (
    <Popover position="bottom-end" withinPortal={false} trapFocus width={340}>
      <Popover.Target>
        <Button variant="default" leftSection={<FilterIcon size={16} />}>
          {t.jobs.more.button(count)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.more} aria-label={t.jobs.more.button(count)}>
        <Stack gap="sm">
          <MultiSelect
            label={t.jobs.more.phase}
            data={PHASES.map((phase) => ({ value: phase, label: t.phase[phase] }))}
            value={[...query.phases]}
            onChange={(phases) => set({ phase: phases.join(',') })}
            comboboxProps={{ withinPortal: false }}
          />
          <TargetField value={query.target} targets={targets} onChange={(target) => set({ target })} />
          {RANGES.map((range) => (
            <Range key={range.field} {...range} query={query} set={set} />
          ))}
          <Button variant="default" size="xs" disabled={count === 0} onClick={() => set(NO_FILTERS)}>
            {t.jobs.more.clear}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Empties every filter of this menu. */
export const NO_FILTERS: Readonly<Record<string, string>> = Object.fromEntries(
  ['phase', 'target', ...RANGES.flatMap(({ field }) => [`min_${field}`, `max_${field}`])].map((name) => [name, '']),
);

function countOf({ phases, target, bounds }: JobQuery): number {
  const ranges = RANGES.filter(({ field }) => `min_${field}` in bounds || `max_${field}` in bounds);
  return Number(phases.length > 0) + Number(target !== '') + ranges.length;
}

interface TargetProps {
  value: string;
  targets: string[];
  onChange(target: string): void;
}

function TargetField({ value, targets, onChange }: TargetProps) {
  const { t } = useI18n();
  const { text, type } = useTyped(value, onChange);
  return (
    <Autocomplete
      label={t.jobs.columns.target}
      placeholder={t.jobs.more.any}
      data={targets}
      value={text}
      maxLength={500}
      comboboxProps={{ withinPortal: false }}
      onChange={type}
    />
  );
}

interface RangeProps {
  field: Bounded;
  unit: number;
  query: JobQuery;
  set: Props['set'];
}

function Range({ field, unit, query, set }: RangeProps) {
  const { t } = useI18n();
  const ends = ['min', 'max'] as const;
  return (
    <div role="group" aria-label={t.jobs.more.ranges[field]}>
      <Text size="sm" fw={500} mb={4}>
        {t.jobs.more.ranges[field]}
      </Text>
      <Group gap="xs" grow>
        {ends.map((end) => {
          const name = `${end}_${field}` as const;
          const bound = query.bounds[name];
          return (
            <BoundField
              key={end}
              label={`${t.jobs.more.ranges[field]}, ${t.jobs.more[end]}`}
              placeholder={t.jobs.more[end]}
              value={bound === undefined ? '' : rounded(bound / unit)}
              onChange={(text) => set({ [name]: text === '' ? '' : rounded(Number(text) * unit) })}
            />
          );
        })}
      </Group>
    </div>
  );
}

interface BoundFieldProps {
  label: string;
  placeholder: string;
  value: string;
  onChange(text: string): void;
}

function BoundField({ label, placeholder, value, onChange }: BoundFieldProps) {
  const { text, type } = useTyped(value, onChange);
  return (
    <NumberInput
      aria-label={label}
      placeholder={placeholder}
      hideControls
      decimalScale={4}
      value={text}
      onChange={(next) => type(String(next))}
    />
  );
}

/** Without the digits that multiplying brings: 0.07 is 7 %, not 7.000000000000001 %. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(12)));
}
