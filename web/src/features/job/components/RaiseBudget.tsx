import { Button, Group, NumberInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { useRaiseBudget } from '../api/change-job';
import { limitsOf, type Choice } from '../api/question';

/** The limits that may be raised, beginning with what the server suggests; then the job goes on with models. */
export function RaiseBudget({ job, choice }: { job: JobView; choice: Choice }) {
  const { t } = useI18n();
  const [limits, setLimits] = useState(() => limitsOf(choice));
  const raise = useRaiseBudget(job);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    raise.mutate({ ...choice.changes?.model_budget, ...limits });
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        {Object.entries(limits).map(([kind, limit], index) => (
          <NumberInput
            key={kind}
            size="xs"
            data-autofocus={index === 0 || undefined}
            label={t.question.limits[kind] ?? kind}
            min={0}
            allowDecimal={kind === 'usd' || kind === 'minutes'}
            value={limit}
            onChange={(value) => typeof value === 'number' && setLimits({ ...limits, [kind]: value })}
          />
        ))}
        <Button type="submit" size="xs" loading={raise.isPending}>
          {t.question.raise}
        </Button>
      </Group>
      {raise.error && <ErrorNote error={raise.error} />}
    </form>
  );
}
