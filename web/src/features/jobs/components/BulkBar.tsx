import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { RowSelectionState } from '@tanstack/react-table';
import { useState } from 'react';
import { Link } from 'wouter';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { CrossIcon, RetryIcon, StopIcon, TrashIcon } from '../../../lib/icons';
import type { JobView } from '../../../lib/types';
import { ConfirmDialog } from '../../../lib/ui/ConfirmDialog';
import { fitFor, useBulkChange, type BulkAction, type BulkResult } from '../api/change-jobs';
import classes from './jobs.module.css';

const ACTIONS = [
  { action: 'cancel', icon: <StopIcon size={15} /> },
  { action: 'retry', icon: <RetryIcon size={15} /> },
  { action: 'remove', icon: <TrashIcon size={15} /> },
] as const satisfies readonly { action: BulkAction; icon: React.ReactNode }[];

/** Side by side on the comparison's page. */
const MOST_COMPARED = 6;

interface Props {
  /** The chosen ones. */
  jobs: JobView[];
  onSelection(selection: RowSelectionState): void;
}

/** What can be done to the chosen jobs; each button says to how many of them. */
export function BulkBar({ jobs, onSelection }: Props) {
  const { t, locale } = useI18n();
  const [asked, setAsked] = useState<BulkAction | null>(null);
  const change = useBulkChange();
  const count = (some: readonly unknown[]) => number(some.length, locale);
  const finish = ({ done, failed }: BulkResult) => {
    setAsked(null);
    onSelection(Object.fromEntries(failed.map(({ id }) => [id, true])));
    if (done.length > 0) notifications.show({ message: t.jobs.bulkDone(count(done)) });
    const first = failed[0]?.error;
    if (first !== undefined) {
      const why = first instanceof Error ? first.message : String(first);
      notifications.show({ color: 'red.8', autoClose: 12_000, message: t.jobs.bulkFailed(count(failed), why) });
    }
  };
  const run = (action: BulkAction) =>
    change.mutate({ action, ids: fitFor(action, jobs).map((job) => job.id) }, { onSuccess: finish });
  return (
    <div className={classes.bulk} role="region" aria-label={t.jobs.selected(count(jobs))}>
      <Text fw={560} size="sm">
        {t.jobs.selected(count(jobs))}
      </Text>
      <Group gap={8}>
        <Button
          size="xs"
          component={Link}
          href={`/app/compare?jobs=${jobs.map((job) => job.id).join(',')}`}
          hidden={jobs.length < 2 || jobs.length > MOST_COMPARED}
        >
          {t.insight.compare(count(jobs))}
        </Button>
        {ACTIONS.map(({ action, icon }) => {
          const fit = fitFor(action, jobs);
          return (
            <Button
              key={action}
              size="xs"
              variant="default"
              leftSection={icon}
              disabled={fit.length === 0}
              onClick={() => setAsked(action)}
            >
              {t.jobs.bulk[action](count(fit))}
            </Button>
          );
        })}
        <Button size="xs" variant="subtle" leftSection={<CrossIcon size={14} />} onClick={() => onSelection({})}>
          {t.jobs.clearSelection}
        </Button>
      </Group>
      {asked && (
        <ConfirmDialog
          title={t.jobs.bulkTitle[asked](count(fitFor(asked, jobs)))}
          text={t.jobs.bulkText[asked]}
          yes={t.jobs.bulkYes[asked]}
          pending={change.isPending}
          error={change.error}
          onYes={() => run(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}
