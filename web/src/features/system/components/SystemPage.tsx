import { Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { ago } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import { useNow } from '../../../lib/use-now';
import { useSystem, type System } from '../api/get-system';
import { Checks } from './Checks';
import { Health } from './Health';
import { About, Machine, Spend } from './Machine';
import classes from './system.module.css';
import { Jobs, Queues, Slots } from './Work';

export function SystemPage() {
  const { t, locale } = useI18n();
  useDocumentTitle(`${t.system.title} · ${t.app.name}`);
  const { data, error, refetch, dataUpdatedAt } = useSystem();
  const now = useNow(1000, error !== null);
  const since = ago(new Date(dataUpdatedAt).toISOString(), now, locale);
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          {t.system.title}
        </Title>
        <Text c="dimmed">{t.system.lead}</Text>
      </div>
      {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {error && data && (
        <NoteBox
          tone="warn"
          note={{ title: t.system.stale, detail: t.system.staleText(since) }}
          onRetry={() => void refetch()}
        />
      )}
      {!data && !error && <Loading />}
      {data && <Everything system={data} isStale={error !== null} />}
    </Stack>
  );
}

function Everything({ system, isStale }: { system: System; isStale: boolean }) {
  return (
    <>
      {!isStale && <Summary system={system} />}
      <div className={classes.grid} data-stale={isStale || undefined}>
        <Health system={system} />
        <Slots system={system} />
        <Machine system={system} />
        <Queues system={system} />
        <Jobs system={system} />
        <Spend spend={system.spend} />
        <About system={system} />
      </div>
      <Checks checks={system.checks} />
    </>
  );
}

/** One sentence for who only wants to know whether all is well. */
function Summary({ system }: { system: System }) {
  const { t } = useI18n();
  const { temporal, worker } = system.health;
  const unwell = [
    ...(temporal ? [] : [t.system.temporal]),
    ...(worker ? [] : [t.system.worker]),
    ...system.checks
      .filter(({ verdict }) => verdict === 'error')
      .map(({ id, title }) => t.system.checkNames[id] ?? title),
  ];
  if (unwell.length === 0) {
    return (
      <p className={classes.well} role="status">
        <span className={classes.dot} aria-hidden="true" />
        {t.system.wellTitle}
      </p>
    );
  }
  const note = { title: t.system.unwellTitle(unwell.join(', ')), detail: t.system.unwellText };
  return <NoteBox tone="bad" note={note} />;
}

function Loading() {
  return (
    <div className={classes.grid} aria-busy="true">
      {[220, 260, 320, 240, 200, 260].map((height, at) => (
        <Skeleton key={at} height={height} radius="lg" />
      ))}
    </div>
  );
}
