import { ActionIcon, Button, Group, Menu, Title, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useI18n } from '../../../lib/i18n';
import {
  ChevronIcon,
  DotsIcon,
  ForkIcon,
  LinkIcon,
  PauseIcon,
  PencilIcon,
  PlayIcon,
  RetryIcon,
  StopIcon,
  TrashIcon,
} from '../../../lib/icons';
import { forkPhases, PHASES } from '../../../lib/status';
import type { JobView, Phase } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { StatusBadge } from '../../../lib/ui/StatusBadge';
import { useJobActions } from '../api/change-job';
import type { LiveJob } from '../api/use-job-live';
import { ForkDialog } from './ForkDialog';
import { CancelDialog, DeleteDialog, RenameDialog } from './JobDialogs';
import { PlanDialog } from './PlanDialog';
import classes from './job.module.css';

type DialogName = 'cancel' | 'delete' | 'rename' | 'fork' | 'plan';

export function JobHeader({ job, connection }: { job: JobView; connection: LiveJob['connection'] }) {
  const { t } = useI18n();
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const actions = useJobActions(job.id);
  const error = actions.retry.error ?? actions.pause.error ?? actions.resume.error;
  const running = !job.final && job.status !== 'created';
  return (
    <div className={classes.header}>
      <div className={classes.titleRow}>
        <div className={classes.titles}>
          <Group gap={10} mb={4}>
            <StatusBadge status={job.status} large />
            <ConnectionMark connection={connection} final={job.final} />
          </Group>
          <Title order={1} size="h2" className={classes.title}>
            {job.name}
          </Title>
        </div>
        <Group gap={8} className={classes.actions}>
          {running && !job.cancel_requested && <PauseButton job={job} actions={actions} />}
          {running && (
            <Button
              variant="default"
              leftSection={<StopIcon size={16} />}
              disabled={job.cancel_requested}
              onClick={() => setDialog('cancel')}
            >
              {job.cancel_requested ? t.job.cancelling : t.job.actions.cancel}
            </Button>
          )}
          {job.final && job.status !== 'completed' && <RetryButtons job={job} actions={actions} />}
          <MoreMenu job={job} onOpen={setDialog} />
        </Group>
      </div>
      {error && <ErrorNote error={error} />}
      {dialog === 'rename' && <RenameDialog job={job} onClose={() => setDialog(null)} />}
      {dialog === 'cancel' && <CancelDialog job={job} onClose={() => setDialog(null)} />}
      {dialog === 'fork' && <ForkDialog job={job} onClose={() => setDialog(null)} />}
      {dialog === 'plan' && <PlanDialog job={job} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && <DeleteDialog job={job} onClose={() => setDialog(null)} />}
    </div>
  );
}

type Actions = ReturnType<typeof useJobActions>;

function PauseButton({ job, actions }: { job: JobView; actions: Actions }) {
  const { t } = useI18n();
  const said = (message: string) => ({ onSuccess: () => notifications.show({ message }) });
  if (job.pause_requested) {
    return (
      <Button
        leftSection={<PlayIcon size={16} />}
        loading={actions.resume.isPending}
        onClick={() => actions.resume.mutate(undefined, said(t.activity.resumed))}
      >
        {t.activity.resume}
      </Button>
    );
  }
  return (
    <Button
      variant="default"
      leftSection={<PauseIcon size={16} />}
      loading={actions.pause.isPending}
      onClick={() => actions.pause.mutate(undefined, said(t.activity.paused))}
    >
      {t.activity.pause}
    </Button>
  );
}

/** On from where it stopped or, on demand, from an earlier phase. */
function RetryButtons({ job, actions }: { job: JobView; actions: Actions }) {
  const { t } = useI18n();
  const retry = (from?: Phase) =>
    actions.retry.mutate(from, { onSuccess: () => notifications.show({ message: t.job.done.retry }) });
  const reached = job.phase === null ? [] : PHASES.slice(0, PHASES.indexOf(job.phase) + 1);
  return (
    <Group gap={1} wrap="nowrap">
      <Button
        leftSection={<RetryIcon size={16} />}
        loading={actions.retry.isPending}
        onClick={() => retry()}
        className={reached.length > 1 ? classes.splitMain : undefined}
      >
        {t.job.actions.retry}
      </Button>
      {reached.length > 1 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size={36} className={classes.splitMore} aria-label={t.activity.retryFrom} variant="filled">
              <ChevronIcon size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {reached.map((phase) => (
              <Menu.Item key={phase} onClick={() => retry(phase)}>
                {t.activity.retryFromPhase(t.phase[phase])}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}

/** Whether what one sees is of this moment; a finished job needs no such word. */
function ConnectionMark({ connection, final }: { connection: LiveJob['connection']; final: boolean }) {
  const { t } = useI18n();
  if (connection === 'offline') return <span className={classes.connection}>{t.connection.offline}</span>;
  if (final) return null;
  const words = { live: t.connection.live, polling: t.connection.polling, connecting: t.connection.connecting };
  const hints = { live: t.connection.liveHint, polling: t.connection.pollingHint, connecting: t.connection.connecting };
  const kind = connection === 'ended' ? 'connecting' : connection;
  return (
    <Tooltip label={hints[kind]}>
      <span className={classes.connection} data-kind={kind}>
        {words[kind]}
      </span>
    </Tooltip>
  );
}

function MoreMenu({ job, onOpen }: { job: JobView; onOpen(dialog: DialogName): void }) {
  const { t } = useI18n();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t.app.more}>
          <DotsIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {job.temporal_url && (
          <Menu.Item
            component="a"
            href={job.temporal_url}
            target="_blank"
            rel="noreferrer"
            leftSection={<LinkIcon size={16} />}
          >
            {t.job.actions.temporal}
          </Menu.Item>
        )}
        {forkPhases(job).length > 0 && (
          <Menu.Item leftSection={<ForkIcon size={16} />} onClick={() => onOpen('fork')}>
            {t.activity.fork}
          </Menu.Item>
        )}
        {job.final && job.phase !== null && job.phase !== 'analysis' && (
          <Menu.Item leftSection={<RetryIcon size={16} />} onClick={() => onOpen('plan')}>
            {t.plan.changeAndTrain}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<PencilIcon size={16} />} onClick={() => onOpen('rename')}>
          {t.job.actions.rename}
        </Menu.Item>
        <Menu.Item leftSection={<TrashIcon size={16} />} className={classes.danger} onClick={() => onOpen('delete')}>
          {t.job.actions.delete}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
