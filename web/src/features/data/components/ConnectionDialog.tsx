import { Button, Group, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useI18n } from '../../../lib/i18n';
import { Dialog } from '../../../lib/ui/Dialog';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { useConnectionActions, type CreateConnection } from '../api/sources';

const KINDS = ['postgresql', 'mysql', 'sqlite', 'duckdb'] as const satisfies readonly CreateConnection['type'][];
/** The others are files, without a host. */
const PORTS: Partial<Record<NonNullable<CreateConnection['type']>, number>> = { postgresql: 5432, mysql: 3306 };

type Form = Record<'name' | 'host' | 'database' | 'username' | 'password', string> & { port: number | null };
const EMPTY: Form = { name: '', host: '', database: '', username: '', password: '', port: null };

export function ConnectionDialog({ onClose }: { onClose(): void }) {
  const { t } = useI18n();
  const [type, setType] = useState<CreateConnection['type']>('postgresql');
  const [form, setForm] = useState(EMPTY);
  const { add } = useConnectionActions();
  const port = type && PORTS[type];
  const isFile = port === undefined;
  const ready = form.name.trim() !== '' && form.database.trim() !== '' && (isFile || form.host.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) add.mutate(bodyOf(type, form), { onSuccess: onClose });
  };
  const text = (field: Exclude<keyof Form, 'port'>) => ({
    value: form[field],
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [field]: event.currentTarget.value }),
  });
  return (
    <Dialog title={t.data.addConnection} onClose={onClose}>
      <form onSubmit={submit} autoComplete="off">
        <Stack gap="sm">
          <Select
            label={t.data.kind}
            allowDeselect={false}
            data={KINDS.map((value) => ({ value, label: t.data.kinds[value] ?? value }))}
            value={type}
            onChange={(value) => setType(value as CreateConnection['type'])}
          />
          <TextInput label={t.data.name} data-autofocus maxLength={200} {...text('name')} />
          {!isFile && (
            <Group grow align="flex-start">
              <TextInput label={t.data.host} maxLength={255} {...text('host')} />
              <NumberInput
                label={t.data.port}
                placeholder={String(port)}
                min={1}
                max={65_535}
                allowDecimal={false}
                value={form.port ?? ''}
                onChange={(value) => setForm({ ...form, port: typeof value === 'number' ? value : null })}
              />
            </Group>
          )}
          <TextInput
            label={isFile ? t.data.file : t.data.database}
            description={isFile ? t.data.fileHint : undefined}
            maxLength={1000}
            {...text('database')}
          />
          {!isFile && (
            <Group grow>
              <TextInput label={t.data.user} maxLength={255} {...text('username')} />
              <TextInput
                label={t.data.password}
                type="password"
                autoComplete="new-password"
                maxLength={2000}
                {...text('password')}
              />
            </Group>
          )}
          {add.error && <ErrorNote error={add.error} />}
          <Group justify="flex-end">
            <Button type="submit" disabled={!ready} loading={add.isPending}>
              {t.data.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function bodyOf(type: CreateConnection['type'], form: Form): CreateConnection {
  const named = { name: form.name.trim(), type, database: form.database.trim() };
  const port = type && PORTS[type];
  if (port === undefined) return named;
  return {
    ...named,
    host: form.host.trim(),
    port: form.port ?? port,
    ...(form.username !== '' && { username: form.username }),
    ...(form.password !== '' && { password: form.password }),
  };
}
