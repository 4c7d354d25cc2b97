import { Button, Group, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import { ConfirmDialog } from '../../../lib/ui/ConfirmDialog';
import { Dialog } from '../../../lib/ui/Dialog';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { useJobActions } from '../api/change-job';

export function CancelDialog({ job, onClose }: { job: JobView; onClose(): void }) {
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
    <ConfirmDialog
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

export function DeleteDialog({ job, onClose }: { job: JobView; onClose(): void }) {
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
    <ConfirmDialog
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

export function RenameDialog({ job, onClose }: { job: JobView; onClose(): void }) {
  const { t } = useI18n();
  const { rename } = useJobActions(job.id);
  const [name, setName] = useState(job.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate(name.trim(), { onSuccess: onClose });
  };
  return (
    <Dialog title={t.job.renameTitle} onClose={onClose}>
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
    </Dialog>
  );
}
