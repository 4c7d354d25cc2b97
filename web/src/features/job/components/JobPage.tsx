import { Anchor, Skeleton, Stack, Tabs } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { Link, useSearchParams } from 'wouter';
import { metricName } from '../../../lib/format';
import { ApiError } from '../../../lib/http';
import { useI18n } from '../../../lib/i18n';
import { PHASES } from '../../../lib/status';
import type { JobView } from '../../../lib/types';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { useJobLive, type LiveJob } from '../api/use-job-live';
import { bestSoFar } from '../api/best-so-far';
import type { TrainedModel } from '../api/job-live';
import { AgentMessages } from './AgentMessages';
import { AgentsTab } from './AgentsTab';
import { QuestionNote } from './QuestionNote';
import { ConnectionNote } from './ConnectionNote';
import { JobHeader } from './JobHeader';
import { JobFacts } from './JobFacts';
import { Leaderboard } from './Leaderboard';
import { LogView } from './LogView';
import { PhaseTimeline } from './PhaseTimeline';
import { Scripts } from './Scripts';
import { TimelineTab } from './TimelineTab';
import classes from './job.module.css';

/** Results have their own chunk: they are looked at once a run has some. */
const Results = lazy(() => import('../../results/components/Results').then((module) => ({ default: module.Results })));
const Insights = lazy(() =>
  import('../../results/components/Insights').then((module) => ({ default: module.Insights })),
);

const ScoreChart = lazy(() => import('./ScoreChart').then((module) => ({ default: module.ScoreChart })));

export function JobPage({ id }: { id: string }) {
  const { t } = useI18n();
  const state = useJobLive(id);
  const { job, error } = state;
  useDocumentTitle(job ? `${job.name} · ${t.status[job.status]} · ${t.app.name}` : t.app.name);

  if (!job && error) {
    const gone = error instanceof ApiError && error.status === 404;
    return (
      <Stack maw={640} mx="auto" py={48}>
        <h1 className="visually-hidden">{t.jobs.columns.name}</h1>
        <ErrorNote error={error} onRetry={gone ? undefined : state.refetch} />
        <Anchor component={Link} href="/app" size="sm">
          {t.app.backToJobs}
        </Anchor>
      </Stack>
    );
  }
  if (!job) {
    return (
      <Stack gap="lg">
        <Skeleton height={72} radius="lg" />
        <Skeleton height={120} radius="lg" />
        <Skeleton height={320} radius="lg" />
      </Stack>
    );
  }
  return (
    <Stack gap="lg">
      <ConnectionNote state={state} />
      <JobHeader job={job} connection={state.connection} />
      <JobNotes job={job} />
      <QuestionNote job={job} />
      <PhaseTimeline job={job} attempts={state.live.attempts} />
      <JobTabs job={job} state={state} />
    </Stack>
  );
}

/** What went wrong or is missing, before everything else. */
function JobNotes({ job }: { job: JobView }) {
  const { t } = useI18n();
  if (job.status === 'created') {
    return <NoteBox tone="warn" note={{ title: t.job.uploadMissing, hint: t.job.uploadMissingHint }} />;
  }
  if (job.error === null && job.error_message === null) return null;
  const partial = job.status === 'partial';
  const title = partial ? t.job.partialTitle : t.job.failedTitle;
  return (
    <NoteBox
      tone={partial ? 'warn' : 'bad'}
      note={{
        title: job.error ? `${title}: ${t.category[job.error.category]}` : title,
        detail: job.error?.message ?? job.error_message ?? '',
        hint: job.error?.hint,
      }}
    />
  );
}

const TABS = ['overview', 'insights', 'timeline', 'agents', 'logs', 'scripts'] as const;

function JobTabs({ job, state }: { job: JobView; state: LiveJob }) {
  const { t } = useI18n();
  const [parameters, setParameters] = useSearchParams();
  const wanted = parameters.get('tab');
  const tab = TABS.find((name) => name === wanted) ?? 'overview';
  const list = useRef<HTMLDivElement>(null);
  // On a phone there are more of them than fit: the chosen one must not be out of sight.
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [tab]);
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      onChange={(next) => setParameters(next && next !== 'overview' ? { tab: next } : {}, { replace: true })}
    >
      <Tabs.List ref={list} mb="lg" className={classes.tabs}>
        {TABS.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t.job.tabs[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <Overview job={job} state={state} />
      </Tabs.Panel>
      <Tabs.Panel value="insights">
        <Suspense fallback={<Skeleton height={360} radius="lg" />}>
          <Insights job={job} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="timeline">
        <TimelineTab job={job} live={state.live} />
      </Tabs.Panel>
      <Tabs.Panel value="agents">
        <AgentsTab job={job} live={state.live} />
      </Tabs.Panel>
      <Tabs.Panel value="logs">
        <LogView jobId={job.id} logs={state.live.logs} isLoading={isReading(state)} />
      </Tabs.Panel>
      <Tabs.Panel value="scripts">
        <Scripts jobId={job.id} stamp={state.live.attempts.length} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** Before the stream has told anything, that there is nothing is not known. */
function isReading({ connection, live }: LiveJob): boolean {
  return live.seq === 0 && live.logs.length === 0 && (connection === 'connecting' || connection === 'live');
}

function Overview({ job, state }: { job: JobView; state: LiveJob }) {
  const trained = job.phase !== null && PHASES.indexOf(job.phase) > PHASES.indexOf('training');
  const hasResults = trained || job.status === 'completed' || job.status === 'partial';
  const leaderboard = (
    <>
      <Leaderboard job={job} rows={state.live.leaderboard?.rows ?? []} />
      <Scores trained={state.live.trained} />
    </>
  );
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        {hasResults ? (
          <Suspense fallback={<Skeleton height={360} radius="lg" />}>
            <Results job={job}>{leaderboard}</Results>
          </Suspense>
        ) : (
          leaderboard
        )}
      </div>
      <div className={classes.column} data-aside={job.final || undefined}>
        <JobFacts job={job} leader={state.live.leaderboard?.rows[0]} />
        <AgentMessages messages={state.live.messages} running={!job.final} />
      </div>
    </div>
  );
}

/** A chart needs something to compare: it appears with the second model. */
function Scores({ trained }: { trained: TrainedModel[] }) {
  const { t } = useI18n();
  const points = useMemo(() => bestSoFar(trained), [trained]);
  if (points.length < 2) return null;
  return (
    <Panel title={t.activity.scores(metricName(points[0]?.model.metric ?? ''))} hint={t.activity.scoresHint}>
      <Suspense fallback={<Skeleton height={240} />}>
        <ScoreChart points={points} />
      </Suspense>
    </Panel>
  );
}
