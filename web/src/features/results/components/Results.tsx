import { Select, Skeleton } from '@mantine/core';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { useI18n } from '../../../lib/i18n';
import type { JobView, ResultsView } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { plotUrl } from '../api/get-results';
import { chartSeries, scatterPairs, type ChartSeries, type Predictions } from '../api/predictions';
import { useFindings } from '../api/findings';
import { useOutcome } from '../api/use-outcome';
import { Downloads } from './Downloads';
import { PredictionsTable } from './PredictionsTable';
import { Verdict } from './Verdict';
import classes from './results.module.css';

/** The charts' library is the largest part of the app: it is loaded when there is something to draw. */
const ForecastChart = lazy(() => import('./ForecastChart').then((module) => ({ default: module.ForecastChart })));
const ScorePanel = lazy(() => import('./ScorePanel'));
const Markdown = lazy(() => import('../../../lib/ui/Markdown'));
const ScatterChart = lazy(() => import('./ScatterChart').then((module) => ({ default: module.ScatterChart })));

/** `children` (the leaderboard) stand between what the result is and its details. */
export function Results({ job, children }: { job: JobView; children: ReactNode }) {
  const { stamp, results, text, predictions } = useOutcome(job);
  const { data, error, refetch } = results;
  if (!data) {
    return (
      <>
        {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : <Skeleton height={360} radius="lg" />}
        {children}
      </>
    );
  }
  return (
    <>
      <Verdict job={job} results={data} />
      <Downloads jobId={job.id} results={data} />
      {predictions && <Chart results={data} predictions={predictions} />}
      {children}
      {data.model_files.some(({ exists }) => exists) && (
        <Suspense fallback={<Skeleton height={200} />}>
          <ScorePanel jobId={job.id} isForecast={data.task === 'forecasting'} />
        </Suspense>
      )}
      {data.forecast_plot && <Plot job={job} stamp={stamp} />}
      <Findings job={job} stamp={stamp} />
      {text.error && <ErrorNote error={text.error} onRetry={() => void text.refetch()} />}
      {predictions && <PredictionsTable predictions={predictions} />}
    </>
  );
}

function Chart({ results, predictions }: { results: ResultsView; predictions: Predictions }) {
  const { t } = useI18n();
  const { backtest, history } = results;
  const series = useMemo(() => chartSeries(predictions, backtest, history), [predictions, backtest, history]);
  const pairs = useMemo(() => scatterPairs(predictions), [predictions]);
  const waiting = <Skeleton height={340} />;
  if (series && series.length > 0) return <SeriesChart series={series} waiting={waiting} />;
  if (!pairs) return null;
  return (
    <Panel title={t.results.scatter} hint={t.results.sealed}>
      <Suspense fallback={waiting}>
        <ScatterChart pairs={pairs} />
      </Suspense>
    </Panel>
  );
}

function SeriesChart({ series, waiting }: { series: ChartSeries[]; waiting: ReactNode }) {
  const { t } = useI18n();
  const [chosen, setChosen] = useState<string | null>(null);
  const named = series.filter((one) => one.name !== null).map((one) => one.name as string);
  const shown = series.find((one) => one.name === chosen) ?? series[0];
  if (!shown) return null;
  return (
    <Panel
      title={t.results.chart}
      hint={t.results.chartHint}
      aside={
        named.length > 1 && (
          <Select
            size="xs"
            aria-label={t.results.series}
            searchable
            allowDeselect={false}
            data={[...new Set(named)]}
            value={shown.name}
            onChange={setChosen}
          />
        )
      }
    >
      <Suspense fallback={waiting}>
        <ForecastChart series={shown} />
      </Suspense>
    </Panel>
  );
}

function Findings({ job, stamp }: { job: JobView; stamp: string }) {
  const { t } = useI18n();
  const { data } = useFindings(job.id, stamp);
  return (
    <>
      <AnalysisPart title={t.insight.findings} hint={t.insight.findingsHint} text={data?.findings} />
      <AnalysisPart title={t.insight.associations} hint={t.insight.associationsHint} text={data?.associations} />
    </>
  );
}

function AnalysisPart({ title, hint, text }: { title: string; hint: string; text: string | null | undefined }) {
  if (!text) return null;
  return (
    <Panel title={title} hint={hint}>
      <div className={classes.findings} tabIndex={0} role="group" aria-label={title}>
        <Suspense fallback={<Skeleton height={80} />}>
          <Markdown text={text} />
        </Suspense>
      </div>
    </Panel>
  );
}

function Plot({ job, stamp }: { job: JobView; stamp: string }) {
  const { t } = useI18n();
  // The stamp keeps a retry's plot from showing the browser's copy of the old one.
  const source = `${plotUrl(job.id)}?v=${encodeURIComponent(stamp)}`;
  return (
    <Panel title={t.results.plot}>
      <a href={source} target="_blank" rel="noreferrer" className={classes.plotLink}>
        <img src={source} alt={t.results.plotAlt(job.name)} className={classes.plot} loading="lazy" />
      </a>
    </Panel>
  );
}
