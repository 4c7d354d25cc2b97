import { Button, Group, Text } from '@mantine/core';
import { useI18n } from '../i18n';
import { Dialog } from './Dialog';
import { ErrorNote } from './ErrorNote';

interface Props {
  title: string;
  text: string;
  yes: string;
  pending: boolean;
  error: unknown;
  onYes(): void;
  onClose(): void;
}

/** Asks before something is lost; the safe answer has the focus. */
export function ConfirmDialog({ title, text, yes, pending, error, onYes, onClose }: Props) {
  const { t } = useI18n();
  return (
    <Dialog title={title} onClose={onClose}>
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
    </Dialog>
  );
}
