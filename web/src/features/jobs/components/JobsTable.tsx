import { Link } from 'wouter';
import { ago, dateTime, duration, metricName, metricValue, wholePercent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { secondsOf } from '../../../lib/status';
import type { JobView } from '../../../lib/types';
import { PhaseBar } from '../../../lib/ui/PhaseBar';
import { StatusBadge } from '../../../lib/ui/StatusBadge';
import { useNow } from '../../../lib/use-now';
import { AgainstNaive } from './AgainstNaive';
import classes from './jobs.module.css';

export function JobsTable({ jobs }: { jobs: JobView[] }) {
  const { t, locale } = useI18n();
  const now = useNow(1000);
  const columns = t.jobs.columns;
  return (
    <div className={classes.surface}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.status}</th>
            <th scope="col">{columns.progress}</th>
            <th scope="col">{columns.target}</th>
            <th scope="col" className={classes.right}>
              {columns.score}
            </th>
            <th scope="col">{columns.naive}</th>
            <th scope="col" className={classes.right}>
              {columns.took}
            </th>
            <th scope="col" className={classes.right}>
              {columns.age}
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.id}>
              <td className={classes.nameCell}>
                <Link href={`/app/jobs/${job.id}`} className={classes.name}>
                  {job.name}
                </Link>
                <div className={classes.goal}>{job.prompt}</div>
              </td>
              <td>
                <StatusBadge status={job.status} />
              </td>
              <td className={classes.progressCell}>
                <PhaseBar job={job} />
                <div className={classes.doing}>{progressText(job, { t, locale })}</div>
              </td>
              <td className={classes.target}>{job.target_column ?? '–'}</td>
              <td className={classes.right}>
                {job.score === null ? '–' : metricValue(job.metric, job.score, locale)}
                {job.score !== null && job.metric && <div className={classes.small}>{metricName(job.metric)}</div>}
              </td>
              <td>
                <AgainstNaive job={job} />
              </td>
              <td className={classes.right}>{duration(secondsOf(job, now))}</td>
              <td className={classes.right} title={dateTime(job.created_at, locale)}>
                {ago(job.created_at, now, locale)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Phase and percent while it runs; nothing to add to the status once it has ended. */
export function progressText(job: JobView, { t, locale }: Pick<ReturnType<typeof useI18n>, 't' | 'locale'>): string {
  const share = wholePercent(job.progress, locale);
  return job.final || job.phase === null ? share : `${t.phase[job.phase]} · ${share}`;
}
