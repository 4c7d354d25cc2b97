import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { Dialog } from '../../../lib/ui/Dialog';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { useDatasetActions, type ConnectionView } from '../api/sources';
import classes from './data.module.css';

export function DatasetDialog({ connections, onClose }: { connections: ConnectionView[]; onClose(): void }) {
  const { t, locale } = useI18n();
  const [connection, setConnection] = useState(connections[0]?.id ?? null);
  const [name, setName] = useState('');
  const [query, setQuery] = useState('');
  const { add } = useDatasetActions();
  const ready = connection !== null && name.trim() !== '' && query.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    add.mutate(
      { name: name.trim(), connection_id: connection, query },
      {
        onSuccess: ({ row_count }) => {
          notifications.show({ message: t.data.stored(number(row_count, locale)) });
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={t.data.addSet} size="lg" onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Select
            label={t.data.from}
            allowDeselect={false}
            data={connections.map((row) => ({ value: row.id, label: row.name }))}
            value={connection}
            onChange={setConnection}
          />
          <TextInput
            label={t.data.name}
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Textarea
            label={t.data.query}
            description={t.data.queryHint}
            classNames={{ input: classes.sql }}
            autosize
            minRows={5}
            maxRows={18}
            maxLength={100_000}
            spellCheck={false}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
          {add.error && <ErrorNote error={add.error} />}
          <Group justify="flex-end">
            <Button type="submit" disabled={!ready} loading={add.isPending}>
              {t.data.run}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
