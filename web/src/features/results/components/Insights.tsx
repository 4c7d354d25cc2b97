import { Skeleton, Text } from '@mantine/core';
import { lazy, Suspense, useMemo } from 'react';
import { percent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobView, ResultsView } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import { readClasses } from '../api/classification';
import { useInsight } from '../api/insight';
import { scatterPairs, type Predictions } from '../api/predictions';
import { residualBins } from '../api/residuals';
import { useOutcome } from '../api/use-outcome';
import classes from './results.module.css';

const ClassInsight = lazy(() => import('./ClassInsight').then((module) => ({ default: module.ClassInsight })));
const ResidualChart = lazy(() => import('./ResidualChart').then((module) => ({ default: module.ResidualChart })));
const Understanding = lazy(() => import('./Understanding'));

/** Why the model says what it says, and where it errs; what was not measured, or not yet, is not shown. */
export function Insights({ job }: { job: JobView }) {
  const { t } = useI18n();
  const { stamp, results, text, predictions } = useOutcome(job);
  const { data, error, refetch } = results;
  if (!data && error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={360} radius="lg" />;
  if (!data.model_files.some(({ exists }) => exists)) return <Text c="dimmed">{t.understanding.nothingYet}</Text>;
  return (
    <div className={classes.insights}>
      {predictions && <Errors results={data} predictions={predictions} />}
      {data.intervals.length > 0 && <Ranges intervals={data.intervals} />}
      <Understood job={job} results={data} stamp={stamp} />
      {text.error && <ErrorNote error={text.error} onRetry={() => void text.refetch()} />}
    </div>
  );
}

/** What the errors look like: by class where there are classes, by size where there are numbers. */
function Errors({ results, predictions }: { results: ResultsView; predictions: Predictions }) {
  const { t } = useI18n();
  const table = useMemo(() => readClasses(predictions), [predictions]);
  const bins = useMemo(() => {
    const pairs = scatterPairs(predictions) ?? results.backtest.map((point) => [point.actual, point.forecast] as const);
    return residualBins(pairs.map(([actual, predicted]) => predicted - actual));
  }, [predictions, results.backtest]);
  const waiting = <Skeleton height={340} />;
  if (table) {
    return (
      <Suspense fallback={waiting}>
        <ClassInsight table={table} />
      </Suspense>
    );
  }
  if (bins.length === 0) return null;
  return (
    <Panel title={t.insight.residuals} hint={t.insight.residualsHint}>
      <Suspense fallback={waiting}>
        <ResidualChart bins={bins} />
      </Suspense>
    </Panel>
  );
}

/** A range that is said to hold 80 of 100 values should hold about so many. */
function Ranges({ intervals }: Pick<ResultsView, 'intervals'>) {
  const { t, locale } = useI18n();
  const share = (value: number | null) => (value === null ? '–' : percent(value, locale));
  return (
    <Panel title={t.insight.ranges} hint={t.insight.rangesHint} flush>
      <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.insight.ranges}>
        <table className={ui.table}>
          <thead>
            <tr>
              {[t.insight.rangeOf, t.insight.heldBacktest, t.insight.heldSealed].map((name, at) => (
                <th key={name} scope="col" className={at > 0 ? ui.right : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {intervals.map(({ level, backtest_coverage, holdout_coverage }) => (
              <tr key={level}>
                <td>{percent(level / 100, locale)}</td>
                <td className={ui.right}>{share(backtest_coverage)}</td>
                <td className={ui.right}>{share(holdout_coverage)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** What the training measured of its model; nothing where it never did. */
function Understood({ job, results, stamp }: { job: JobView; results: ResultsView; stamp: string }) {
  const { data, error, refetch } = useInsight(job.id, stamp, true);
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  return (
    <Suspense fallback={<Skeleton height={340} />}>
      <Understanding insight={data} metric={results.metric} />
    </Suspense>
  );
}
