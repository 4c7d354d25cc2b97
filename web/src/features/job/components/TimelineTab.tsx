import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { useResources, useTimeline } from '../api/get-records';
import type { JobLive } from '../api/job-live';
import { Gantt } from './Gantt';
import classes from './job.module.css';

const ResourceChart = lazy(() => import('./ResourceChart').then((module) => ({ default: module.ResourceChart })));

/** What ran when, what became of it, and what it took of the machine. */
export function TimelineTab({ job, live }: { job: JobView; live: JobLive }) {
  const { t } = useI18n();
  const watch = { id: job.id, stamp: `${live.attempts.length}/${job.status}`, running: !job.final };
  const timeline = useTimeline(watch);
  const resources = useResources(watch);
  return (
    <div className={classes.column}>
      <Panel title={t.activity.timeline} hint={t.activity.timelineHint}>
        {timeline.error && !timeline.data && (
          <ErrorNote error={timeline.error} onRetry={() => void timeline.refetch()} />
        )}
        {timeline.isPending && !timeline.error && <Skeleton height={160} radius="md" />}
        {timeline.data?.attempts.length === 0 && <p className={classes.empty}>{t.activity.timelineEmpty}</p>}
        {timeline.data && timeline.data.attempts.length > 0 && (
          <Gantt job={job} timeline={timeline.data} events={live.attempts} />
        )}
      </Panel>
      <Panel title={t.activity.resources} hint={t.activity.resourcesHint}>
        {resources.error && !resources.data && (
          <ErrorNote error={resources.error} onRetry={() => void resources.refetch()} />
        )}
        {resources.data?.length === 0 && <p className={classes.empty}>{t.activity.resourcesEmpty}</p>}
        {resources.data && resources.data.length > 0 && (
          <Suspense fallback={<Skeleton height={310} radius="md" />}>
            <ResourceChart samples={resources.data} />
          </Suspense>
        )}
      </Panel>
    </div>
  );
}
