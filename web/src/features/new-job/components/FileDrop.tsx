import { ActionIcon, Group, Text } from '@mantine/core';
import { useState, type DragEvent } from 'react';
import { bytes } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { CrossIcon, FileIcon, UploadIcon } from '../../../lib/icons';
import classes from './new-job.module.css';

/** The server's default limit; where it is set otherwise, the server's own answer says so. */
const LIMIT_MB = 500;

interface Props {
  file: File | null;
  columns: number | null;
  onFile(file: File | null): void;
  disabled: boolean;
}

/** A native file input under a big label: it takes drops, clicks and keys, and needs no ARIA of its own. */
export function FileDrop({ file, columns, onFile, disabled }: Props) {
  const { t, locale } = useI18n();
  const [over, setOver] = useState(false);

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped && !disabled) onFile(dropped);
  };

  if (file) {
    return (
      <div className={classes.file} onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
        <span className={classes.fileIcon}>
          <FileIcon size={22} />
        </span>
        <div className={classes.fileText}>
          <Text fw={580} size="sm" truncate title={file.name}>
            {file.name}
          </Text>
          <Text size="xs" c="dimmed">
            {bytes(file.size, locale)}
            {columns !== null && ` · ${t.create.columns(columns)}`}
          </Text>
        </div>
        <ActionIcon
          variant="subtle"
          color="gray"
          disabled={disabled}
          aria-label={t.create.remove}
          onClick={() => onFile(null)}
        >
          <CrossIcon size={16} />
        </ActionIcon>
      </div>
    );
  }
  return (
    <label
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <input
        type="file"
        className="visually-hidden"
        accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
        onChange={(event) => onFile(event.currentTarget.files?.[0] ?? null)}
      />
      <span className={classes.dropIcon}>
        <UploadIcon size={26} />
      </span>
      <Group gap={5} justify="center">
        <span className={classes.dropTitle}>{t.create.drop}</span>
        <span className={classes.dropLink}>{t.create.or}</span>
      </Group>
      <span className={classes.dropHint}>{t.create.dropHint(LIMIT_MB)}</span>
    </label>
  );
}
