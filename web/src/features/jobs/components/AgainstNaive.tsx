import { skillSize } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import classes from './jobs.module.css';

/** "23 % better", in the colour of good or bad news. */
export function AgainstNaive({ job }: { job: Pick<JobView, 'metric' | 'skill'> }) {
  const { t, locale } = useI18n();
  const value = job.skill;
  if (value === null) return <span className={classes.small}>–</span>;
  if (Math.abs(value) < 0.0005) return <span className={classes.small}>{t.jobs.equal}</span>;
  const words = value > 0 ? t.jobs.better : t.jobs.worse;
  return (
    <span className={classes.naive} data-good={value > 0}>
      {words(skillSize(job.metric, value, locale))}
    </span>
  );
}
