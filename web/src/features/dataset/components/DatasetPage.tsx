import { Anchor, Button, Progress, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { number } from '../../../lib/format';
import { ApiError } from '../../../lib/http';
import { useI18n } from '../../../lib/i18n';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { useDataset } from '../../data/api/sources';
import { useVersion, useVersionActions, type DatasetDetails } from '../api/versions';
import { Columns } from './Columns';
import { Editing } from './Editing';
import { downloadUrl, Versions } from './Versions';
import classes from './dataset.module.css';

/** One data set: its rows to look at and edit, what is in its columns, and how it came to be. */
export function DatasetPage({ id }: { id: string }) {
  const { t } = useI18n();
  const { data, error, refetch } = useDataset(id);
  useDocumentTitle(data ? `${data.name} · ${t.app.name}` : t.app.name);
  if (!data && error) {
    const gone = error instanceof ApiError && error.status === 404;
    return (
      <Stack maw={640} mx="auto" py={48}>
        <h1 className="visually-hidden">{t.data.sets}</h1>
        <ErrorNote error={error} onRetry={gone ? undefined : () => void refetch()} />
        <Anchor component={Link} href="/app/data" size="sm">
          {t.dataset.back}
        </Anchor>
      </Stack>
    );
  }
  if (!data) return <Skeleton height={320} radius="lg" />;
  return <Loaded dataset={data} />;
}

function Loaded({ dataset }: { dataset: DatasetDetails }) {
  const { t, locale } = useI18n();
  const { id, name, versions, ready_version } = dataset;
  const [parameters, setParameters] = useSearchParams();
  const [pending, setPending] = useState(false);
  const { refresh } = useVersionActions(id);
  const asked = Number(parameters.get('version'));
  const [first, setFirst] = useState(ready_version);
  // A version that somebody else makes meanwhile must not take the place of one that is being edited.
  if (first === null && ready_version !== null) setFirst(ready_version);
  const version = versions.some((row) => row.version === asked && row.status === 'ready') ? asked : first;
  const shown = versions.find((row) => row.version === version);
  const newest = versions.at(-1);
  const open = (next: number) => setParameters({ version: String(next) });
  return (
    <Stack gap="lg">
      <div className={classes.head}>
        <div className={classes.title}>
          <Anchor component={Link} href="/app/data" size="sm">
            {t.dataset.back}
          </Anchor>
          <Title order={1} size="h2">
            {name}
          </Title>
          <Text c="dimmed" size="sm">
            {version === null
              ? t.dataset.noneReady
              : `${t.dataset.numbered(version)} · ${t.reading.size(number(shown?.row_count, locale), number(shown?.column_count, locale))}`}
          </Text>
          {dataset.query !== null && <code className={classes.query}>{dataset.query}</code>}
        </div>
        <div className={classes.tools}>
          {dataset.kind === 'sql' && (
            <Button
              variant="default"
              disabled={pending}
              loading={refresh.isPending}
              onClick={() => refresh.mutate(undefined, { onSuccess: (made) => open(made.version) })}
            >
              {t.dataset.refresh}
            </Button>
          )}
          {version !== null && (
            <>
              <Button variant="default" component="a" href={downloadUrl(id, version)} download>
                {t.logs.download}
              </Button>
              <Button component={Link} href={`/app/new?dataset=${encodeURIComponent(id)}&version=${version}`}>
                {t.dataset.train}
              </Button>
            </>
          )}
        </div>
      </div>
      {refresh.error && <ErrorNote error={refresh.error} />}
      {newest?.status === 'preparing' && (
        <Progress value={newest.progress} aria-label={t.dataset.status.preparing} animated />
      )}
      {version !== null && (
        <VersionParts key={version} id={id} version={version} onOpen={open} onPending={setPending} />
      )}
      <Versions id={id} versions={versions} current={version} locked={pending} onOpen={open} />
    </Stack>
  );
}

interface PartsProps {
  id: string;
  version: number;
  onOpen(version: number): void;
  onPending(pending: boolean): void;
}

function VersionParts({ id, version, onOpen, onPending }: PartsProps) {
  const { data, error, refetch } = useVersion({ id, version });
  if (!data && error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data?.profile) return <Skeleton height={320} radius="lg" />;
  return (
    <>
      <Editing of={{ id, version }} profile={data.profile} onSaved={onOpen} onPending={onPending} />
      <Columns profile={data.profile} />
    </>
  );
}
