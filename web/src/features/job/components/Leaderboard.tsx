import { duration, metricName, metricValue } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { StarIcon } from '../../../lib/icons';
import type { JobView, LeaderboardRow } from '../../../lib/types';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import classes from './job.module.css';

/** The models in the order the runtime ranks them, the best first. */
export function Leaderboard({ job, rows }: { job: JobView; rows: LeaderboardRow[] }) {
  const { t, locale } = useI18n();
  const metric = rows[0]?.metric;
  if (rows.length === 0) {
    return (
      <Panel title={t.job.leaderboard}>
        <p className={classes.empty}>{job.final ? t.job.leaderboardNone : t.job.leaderboardEmpty}</p>
      </Panel>
    );
  }
  return (
    <Panel title={t.job.leaderboard} hint={t.job.leaderboardHint} flush>
      <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.job.leaderboard}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th scope="col" className={classes.rank}>
                <span className="visually-hidden">{t.job.rank}</span>
              </th>
              <th scope="col">{t.job.algorithm}</th>
              <th scope="col" className={classes.modelHead}>
                {t.job.model}
              </th>
              <th scope="col" className={ui.right}>
                {metric ? metricName(metric) : t.job.score}
              </th>
              <th scope="col" className={ui.right}>
                {t.job.seconds}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={row.model_id} data-best={at === 0 || undefined} className={classes.modelRow}>
                <td className={classes.rank}>{at + 1}</td>
                <td className={classes.algorithm}>
                  {row.algorithm}
                  {at === 0 && (
                    <span className={classes.bestMark}>
                      <StarIcon size={12} /> {t.job.bestMark}
                    </span>
                  )}
                </td>
                <td className={classes.modelId} title={row.model_id}>
                  {row.model_id}
                </td>
                <td className={ui.right}>{metricValue(row.metric, row.score, locale)}</td>
                <td className={ui.right}>{duration(row.train_seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
