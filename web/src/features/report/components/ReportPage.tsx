import { Anchor, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'wouter';
import { dateTime, duration, number } from '../../../lib/format';
import { api, dataOf } from '../../../lib/http';
import { useI18n } from '../../../lib/i18n';
import { secondsOf } from '../../../lib/status';
import type { JobView, ReportView, ResultsView } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { Leaderboard } from '../../job/components/Leaderboard';
import { plotUrl } from '../../results/api/get-results';
import { Verdict } from '../../results/components/Verdict';
import classes from './report.module.css';

const Markdown = lazy(() => import('../../../lib/ui/Markdown'));
/** Models listed; the page is read by people who want the result, not the search. */
const LEADERS = 5;

function useReport(id: string) {
  return useQuery({
    queryKey: ['jobs', 'one', id, 'report'],
    queryFn: async ({ signal }) => {
      const call = { params: { path: { id } }, signal };
      const [job, results, reports] = await Promise.all([
        dataOf(api.GET('/jobs/{id}', call)),
        dataOf(api.GET('/jobs/{id}/results', call)) as Promise<ResultsView>,
        dataOf(api.GET('/jobs/{id}/reports', call)),
      ]);
      return { job, results, reports };
    },
  });
}

/** The result on a page that can be sent and printed: what was asked, what came of it, how. */
export function ReportPage({ id }: { id: string }) {
  const { t } = useI18n();
  const { data, error, refetch } = useReport(id);
  useDocumentTitle(data ? t.insight.reportOf(data.job.name) : t.app.name);
  return (
    <div className={classes.page}>
      <Group justify="space-between" className={classes.tools}>
        <Anchor component={Link} href={`/app/jobs/${id}`} size="sm">
          {t.insight.backToJob}
        </Anchor>
        <Button variant="default" size="xs" onClick={() => print()}>
          {t.insight.print}
        </Button>
      </Group>
      {error && !data && (
        <>
          <h1 className="visually-hidden">{t.insight.report}</h1>
          <ErrorNote error={error} onRetry={() => void refetch()} />
        </>
      )}
      {!data && !error && <Skeleton height={480} radius="lg" />}
      {data && <Report {...data} />}
    </div>
  );
}

interface Props {
  job: JobView;
  results: ResultsView;
  reports: ReportView[];
}

function Report({ job, results, reports }: Props) {
  const { t, locale } = useI18n();
  const best = results.leaderboard[0];
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          {job.name}
        </Title>
        <Text c="dimmed" size="sm">
          {t.status[job.status]} · {dateTime(job.finished_at ?? job.created_at, locale)}
        </Text>
      </div>
      <Panel title={t.insight.goalWas}>
        <p className={classes.text}>{job.prompt}</p>
        <p className={classes.text}>
          {t.job.target}: <strong>{job.target_column ?? '–'}</strong>
        </p>
      </Panel>
      <Verdict job={job} results={results} />
      {results.forecast_plot && (
        <Panel title={t.results.plot}>
          <img src={plotUrl(job.id)} alt={t.results.plotAlt(job.name)} className={classes.plot} />
        </Panel>
      )}
      <Panel title={t.insight.howMade}>
        <p className={classes.text}>
          {t.insight.madeOf(number(job.models_trained, locale), duration(secondsOf(job, 0)))}
          {best && ` ${t.insight.bestWas(best.algorithm)}`}
        </p>
      </Panel>
      {best && <Leaderboard job={job} rows={results.leaderboard.slice(0, LEADERS)} />}
      {reports.map((report) => (
        <Panel key={report.id} title={report.title} hint={t.phase[report.stage]}>
          <Suspense fallback={<Skeleton height={120} />}>
            <Markdown text={report.content} />
          </Suspense>
        </Panel>
      ))}
    </Stack>
  );
}
