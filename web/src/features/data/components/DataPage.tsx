import { Button, FileButton, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useI18n } from '../../../lib/i18n';
import { PlusIcon } from '../../../lib/icons';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { useConnections, useDatasetActions, useDatasets } from '../api/sources';
import { ConnectionDialog } from './ConnectionDialog';
import { ConnectionRows } from './ConnectionRows';
import { DatasetRows } from './DatasetRows';
import classes from './data.module.css';

/** Data sets first, for they are what one comes for; the databases behind them below. */
export function DataPage() {
  const { t } = useI18n();
  useDocumentTitle(`${t.data.title} · ${t.app.name}`);
  const [adding, setAdding] = useState(false);
  const connections = useConnections();
  const datasets = useDatasets();
  const { upload } = useDatasetActions();
  const [, navigate] = useLocation();
  const onFile = (file: File | null) =>
    file && upload.mutate(file, { onSuccess: ({ id }) => navigate(`/app/data/${id}`) });
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          {t.data.title}
        </Title>
        <Text c="dimmed">{t.data.lead}</Text>
      </div>
      <Panel
        title={t.data.sets}
        hint={t.data.setsHint}
        flush
        aside={
          <FileButton onChange={onFile} accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values">
            {(props) => (
              <Button size="xs" leftSection={<PlusIcon size={14} />} loading={upload.isPending} {...props}>
                {t.dataset.upload}
              </Button>
            )}
          </FileButton>
        }
      >
        {upload.error && (
          <div className={classes.inset}>
            <ErrorNote error={upload.error} />
          </div>
        )}
        <Listed query={datasets} empty={t.data.setsEmpty}>
          {(rows) => <DatasetRows rows={rows} />}
        </Listed>
      </Panel>
      <Panel
        title={t.data.connections}
        hint={t.data.connectionsHint}
        flush
        aside={
          <Button size="xs" variant="default" leftSection={<PlusIcon size={14} />} onClick={() => setAdding(true)}>
            {t.data.addConnection}
          </Button>
        }
      >
        <Listed query={connections} empty={t.data.connectionsEmpty}>
          {(rows) => <ConnectionRows rows={rows} />}
        </Listed>
      </Panel>
      {adding && <ConnectionDialog onClose={() => setAdding(false)} />}
    </Stack>
  );
}

interface ListedProps<Row> {
  query: { data?: Row[]; error: unknown; refetch(): unknown };
  empty: string;
  children(rows: Row[]): React.ReactNode;
}

/** Loading, failed, empty or there: each is said. */
function Listed<Row>({ query, empty, children }: ListedProps<Row>) {
  const { data, error } = query;
  if (!data && error) {
    return (
      <div className={classes.inset}>
        <ErrorNote error={error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  if (!data) return <Skeleton height={90} mx={18} mb={18} w="auto" radius="md" />;
  return data.length === 0 ? <p className={classes.empty}>{empty}</p> : children(data);
}
