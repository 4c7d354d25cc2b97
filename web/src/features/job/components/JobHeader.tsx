import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { useI18n } from '../../../lib/i18n';
import { DotsIcon, LinkIcon, PencilIcon, RetryIcon, StopIcon, TrashIcon } from '../../../lib/icons';
import type { JobView } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { StatusBadge } from '../../../lib/ui/StatusBadge';
import { useJobActions } from '../api/change-job';
import type { LiveJob } from '../api/use-job-live';
import classes from './job.module.css';

type Dialog = 'cancel' | 'delete' | 'rename';

export function JobHeader({ job, connection }: { job: JobView; connection: LiveJob['connection'] }) {
  const { t } = useI18n();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const actions = useJobActions(job.id);
  const retryable = job.final && job.status !== 'completed';
  const retry = () =>
    actions.retry.mutate(undefined, { onSuccess: () => notifications.show({ message: t.job.done.retry }) });
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
        <Group gap={8} wrap="nowrap" className={classes.actions}>
          {!job.final && job.status !== 'created' && (
            <Button
              variant="default"
              leftSection={<StopIcon size={16} />}
              disabled={job.cancel_requested}
              onClick={() => setDialog('cancel')}
            >
              {job.cancel_requested ? t.job.cancelling : t.job.actions.cancel}
            </Button>
          )}
          {retryable && (
            <Button leftSection={<RetryIcon size={16} />} loading={actions.retry.isPending} onClick={retry}>
              {t.job.actions.retry}
            </Button>
          )}
          <MoreMenu job={job} onOpen={setDialog} />
        </Group>
      </div>
      {actions.retry.error && <ErrorNote error={actions.retry.error} />}
      {dialog === 'rename' && <RenameDialog job={job} onClose={() => setDialog(null)} />}
      {dialog === 'cancel' && <CancelDialog job={job} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && <DeleteDialog job={job} onClose={() => setDialog(null)} />}
    </div>
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

function MoreMenu({ job, onOpen }: { job: JobView; onOpen(dialog: Dialog): void }) {
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

interface ConfirmProps {
  title: string;
  text: string;
  yes: string;
  pending: boolean;
  error: unknown;
  onYes(): void;
  onClose(): void;
}

function Confirm({ title, text, yes, pending, error, onYes, onClose }: ConfirmProps) {
  const { t } = useI18n();
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <Stack>
        <Text size="sm">{text}</Text>
        {error !== null && <ErrorNote error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t.job.actions.keep}
          </Button>
          <Button color="red.8" loading={pending} onClick={onYes}>
            {yes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function CancelDialog({ job, onClose }: { job: JobView; onClose(): void }) {
  const { t } = useI18n();
  const { cancel } = useJobActions(job.id);
  const onYes = () =>
    cancel.mutate(undefined, {
      onSuccess: () => {
        notifications.show({ message: t.job.done.cancel });
        onClose();
      },
    });
  return (
    <Confirm
      title={t.job.cancelTitle}
      text={t.job.cancelText}
      yes={t.job.cancelYes}
      pending={cancel.isPending}
      error={cancel.error}
      onYes={onYes}
      onClose={onClose}
    />
  );
}

function DeleteDialog({ job, onClose }: { job: JobView; onClose(): void }) {
  const { t } = useI18n();
  const { remove } = useJobActions(job.id);
  const [, navigate] = useLocation();
  const onYes = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        notifications.show({ message: t.job.done.delete });
        navigate('/app');
      },
    });
  return (
    <Confirm
      title={t.job.deleteTitle}
      text={t.job.deleteText}
      yes={t.job.deleteYes}
      pending={remove.isPending}
      error={remove.error}
      onYes={onYes}
      onClose={onClose}
    />
  );
}

function RenameDialog({ job, onClose }: { job: JobView; onClose(): void }) {
  const { t } = useI18n();
  const { rename } = useJobActions(job.id);
  const [name, setName] = useState(job.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate(name.trim(), { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={t.job.renameTitle} closeButtonProps={{ 'aria-label': t.app.close }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            data-autofocus
            label={t.job.nameLabel}
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {rename.error && <ErrorNote error={rename.error} />}
          <Group justify="flex-end">
            <Button type="submit" disabled={name.trim() === ''} loading={rename.isPending}>
              {t.job.actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
