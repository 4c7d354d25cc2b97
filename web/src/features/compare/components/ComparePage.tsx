import { Anchor, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { Link, useSearchParams } from 'wouter';
import { metricName, metricValue } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobStatus } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { differences, metricRows, useCompared, type Compared } from '../api/compare';
import classes from './compare.module.css';
import { PlanDifferences } from './PlanDifferences';
import { SideBySide } from './SideBySide';

const OverlayChart = lazy(() => import('./OverlayChart').then((module) => ({ default: module.OverlayChart })));
/** More columns than these no longer fit side by side. */
const MOST = 6;

export function ComparePage() {
  const { t } = useI18n();
  useDocumentTitle(`${t.insight.compareTitle} · ${t.app.name}`);
  const [parameters] = useSearchParams();
  const ids = [...new Set((parameters.get('jobs') ?? '').split(',').filter((id) => id !== ''))].slice(0, MOST);
  const { compared, error, isPending, refetch } = useCompared(ids);
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          {t.insight.compareTitle}
        </Title>
        <Text c="dimmed">{t.insight.compareLead}</Text>
      </div>
      {ids.length < 2 && (
        <p className={classes.empty}>
          {t.insight.compareNone}{' '}
          <Anchor component={Link} href="/app">
            {t.app.backToJobs}
          </Anchor>
        </p>
      )}
      {error && <ErrorNote error={error} onRetry={refetch} />}
      {isPending && <Skeleton height={320} radius="lg" />}
      {!isPending && compared.length > 1 && <Comparison compared={compared} />}
    </Stack>
  );
}

function Comparison({ compared }: { compared: Compared[] }) {
  const { t, locale } = useI18n();
  const settings = differences(compared.map(({ job }) => job));
  const metrics = metricRows(compared.map(({ results }) => results));
  const inWords = (field: string, value: string) =>
    field === 'status' ? t.status[value as JobStatus] : field === 'metric' ? metricName(value) : value;
  return (
    <>
      <Panel title={t.insight.metrics} hint={t.insight.metricsHint} flush>
        <SideBySide compared={compared} label={t.insight.metrics} first={t.results.metric}>
          {metrics.map(({ field, values, best }) => (
            <tr key={field}>
              <th scope="row">{metricName(field)}</th>
              {values.map((value, at) => (
                <td key={at} className="numbers" data-best={at === best || undefined}>
                  {metricValue(field, value, locale)}
                </td>
              ))}
            </tr>
          ))}
        </SideBySide>
      </Panel>
      <Panel title={t.insight.settings} flush>
        {settings.length === 0 && <p className={classes.inset}>{t.insight.sameSettings}</p>}
        {settings.length > 0 && (
          <SideBySide compared={compared} label={t.insight.settings} first={t.insight.field}>
            {settings.map(({ field, values }) => (
              <tr key={field}>
                <th scope="row">{t.insight.fields[field] ?? field}</th>
                {values.map((value, at) => (
                  <td key={at} className={classes.cell}>
                    {inWords(field, value).slice(0, 600)}
                  </td>
                ))}
              </tr>
            ))}
          </SideBySide>
        )}
      </Panel>
      <PlanDifferences compared={compared} />
      {compared.filter(({ series }) => series !== null).length > 1 && (
        <Panel title={t.insight.overlay} hint={t.results.chartHint}>
          <Suspense fallback={<Skeleton height={320} />}>
            <OverlayChart compared={compared} />
          </Suspense>
        </Panel>
      )}
    </>
  );
}
