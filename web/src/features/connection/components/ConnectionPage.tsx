import { Anchor, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'wouter';
import { useI18n } from '../../../lib/i18n';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import { useConnections, type ConnectionView } from '../../data/api/sources';
import { quotedName, withTable } from '../api/catalog';
import { QueryPanel } from './QueryPanel';
import { Tables } from './Tables';
import classes from './connection.module.css';

/** One database: what is in it, and a query that becomes a data set. */
export function ConnectionPage({ id }: { id: string }) {
  const { t } = useI18n();
  const { data, error, refetch } = useConnections();
  const connection = data?.find((row) => row.id === id);
  useDocumentTitle(connection ? `${connection.name} · ${t.app.name}` : t.app.name);
  if (!data && !error) return <Skeleton height={320} radius="lg" />;
  return (
    <Stack gap="lg">
      <div className={classes.title}>
        <Anchor component={Link} href="/app/data" size="sm">
          {t.database.back}
        </Anchor>
        <Title order={1} size="h2">
          {connection?.name ?? t.data.connections}
        </Title>
        {connection && <Text c="dimmed">{t.data.kinds[connection.type] ?? connection.type}</Text>}
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data && !connection && <NoteBox tone="bad" note={{ title: t.database.gone }} />}
      {connection && <Parts connection={connection} />}
    </Stack>
  );
}

function Parts({ connection }: { connection: ConnectionView }) {
  const [query, setQuery] = useState('');
  const { id, type } = connection;
  return (
    <div className={classes.parts}>
      <Tables id={id} onUse={(table) => setQuery((written) => withTable(written, quotedName(type, table)))} />
      <QueryPanel id={id} query={query} onQuery={setQuery} />
    </div>
  );
}
