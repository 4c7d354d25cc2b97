import { Link } from 'wouter';
import { ago } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import { PhaseBar } from '../../../lib/ui/PhaseBar';
import { StatusBadge } from '../../../lib/ui/StatusBadge';
import { useNow } from '../../../lib/use-now';
import { AgainstNaive } from './AgainstNaive';
import { progressText } from './JobsTable';
import classes from './jobs.module.css';

/** The same list where a table has no room. */
export function JobCards({ jobs }: { jobs: JobView[] }) {
  const { t, locale } = useI18n();
  const now = useNow(1000);
  return (
    <ul className={classes.cards}>
      {jobs.map((job) => (
        <li key={job.id} className={classes.card}>
          <div className={classes.cardTop}>
            <Link href={`/app/jobs/${job.id}`} className={classes.name}>
              {job.name}
            </Link>
            <StatusBadge status={job.status} />
          </div>
          <div className={classes.goal}>{job.prompt}</div>
          <PhaseBar job={job} />
          <div className={classes.cardFoot}>
            <span>{progressText(job, { t, locale })}</span>
            {job.score !== null && <AgainstNaive job={job} />}
            <span>{ago(job.created_at, now, locale)}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
