import { ActionIcon, Text } from '@mantine/core';
import { useI18n } from '../../../lib/i18n';
import { CrossIcon, FileIcon } from '../../../lib/icons';
import classes from './new-job.module.css';

interface Props {
  name: string;
  onRemove(): void;
  disabled: boolean;
}

/** Stands where a chosen file would. */
export function ChosenDataset({ name, onRemove, disabled }: Props) {
  const { t } = useI18n();
  return (
    <div className={classes.file}>
      <span className={classes.fileIcon}>
        <FileIcon size={22} />
      </span>
      <div className={classes.fileText}>
        <Text fw={580} size="sm" truncate title={name}>
          {name}
        </Text>
      </div>
      <ActionIcon variant="subtle" color="gray" disabled={disabled} aria-label={t.create.remove} onClick={onRemove}>
        <CrossIcon size={16} />
      </ActionIcon>
    </div>
  );
}
