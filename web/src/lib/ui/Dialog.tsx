import { Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useI18n } from '../i18n';

interface Props {
  title: string;
  size?: 'md' | 'lg' | 'xl';
  onClose(): void;
  children: ReactNode;
}

/** A modal question. Mantine's own header would be a second banner of the page, so title and button stand in the body. */
export function Dialog({ title, size = 'md', onClose, children }: Props) {
  const { t } = useI18n();
  return (
    <Modal.Root opened size={size} onClose={onClose}>
      <Modal.Overlay />
      {/* In the dark its surface is close to that of the page behind it. */}
      <Modal.Content bd="1px solid var(--line)">
        <Modal.Body pt="md">
          <Stack>
            <Group justify="space-between" wrap="nowrap">
              <Modal.Title fw={620}>{title}</Modal.Title>
              <Modal.CloseButton aria-label={t.app.close} />
            </Group>
            {children}
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
