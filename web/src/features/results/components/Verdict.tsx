import { higherIsBetter, metricName, metricValue, skill, skillSize } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobView, Metric, ResultsView } from '../../../lib/types';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import classes from './results.module.css';

/** Below this share the model is called no better, for it would round to nothing. */
const EVEN = 0.0005;

/** The result in one sentence, and the numbers behind it beside the naive ones. */
export function Verdict({ job, results }: { job: JobView; results: ResultsView }) {
  const { t, locale } = useI18n();
  const names = Object.keys(results.metrics).filter((name) => results.metrics[name] !== null);
  if (names.length === 0) return null;
  const metric = results.metric ?? job.metric;
  const ordered = [...names].sort((a, b) => Number(b === metric) - Number(a === metric));
  const gain = metric
    ? skill(metric, results.metrics[metric] ?? null, results.baseline?.metrics[metric] ?? null)
    : null;
  return (
    <Panel title={t.results.title} hint={t.results.sealed} flush>
      <p className={classes.verdict} data-good={gain === null ? undefined : gain > EVEN}>
        {sentence(results, metric, gain, { t, locale })}
      </p>
      {gain !== null && gain < -EVEN && <p className={classes.warning}>{t.results.worseHint}</p>}
      <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.results.metric}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th scope="col">{t.results.metric}</th>
              <th scope="col" className={ui.right}>
                {t.results.thisModel}
              </th>
              {results.baseline && (
                <th scope="col" className={ui.right}>
                  {t.results.baseline}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {ordered.map((name) => (
              <tr key={name} data-main={name === metric || undefined} className={classes.metricRow}>
                <td>{metricName(name)}</td>
                <td className={ui.right}>{metricValue(name, results.metrics[name], locale)}</td>
                {results.baseline && (
                  <td className={ui.right}>{metricValue(name, results.baseline.metrics[name], locale)}</td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

type Words = Pick<ReturnType<typeof useI18n>, 't' | 'locale'>;

function sentence(results: ResultsView, metric: Metric | null, gain: number | null, { t, locale }: Words): string {
  if (gain === null || !results.baseline) return t.results.unknown;
  const naive = t.results.naive[results.baseline.name] ?? t.results.naiveOther(results.baseline.name);
  if (Math.abs(gain) <= EVEN) return t.results.equal(naive);
  const words = gain > 0 ? t.results.better : t.results.worse;
  const size = skillSize(metric, gain, locale);
  // A share speaks for itself; a difference needs to be told of what.
  return words(metric !== null && higherIsBetter(metric) ? `${metricName(metric)} ${size}` : size, naive);
}
