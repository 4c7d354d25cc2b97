import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { dateTime, duration, metricName, metricValue, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { secondsOf } from '../../../lib/status';
import type { JobView, LeaderboardRow } from '../../../lib/types';
import { Folded } from '../../../lib/ui/Folded';
import { Panel } from '../../../lib/ui/Panel';
import { useNow } from '../../../lib/use-now';
import classes from './job.module.css';

interface Props {
  job: JobView;
  /** At the head of the leaderboard, where there is one. */
  leader: LeaderboardRow | undefined;
}

/** The goal in the user's words and the few facts that say what this job is. */
export function JobFacts({ job, leader }: Props) {
  const { t, locale } = useI18n();
  const now = useNow(1000, !job.final);
  const seconds = secondsOf(job, now);
  return (
    <Panel title={t.job.goal}>
      <Folded text={job.prompt} className={classes.goal} />
      <dl className={classes.facts}>
        <Fact name={t.job.target}>
          <span className={classes.target} title={job.target_column?.slice(0, 500)}>
            {job.target_column ?? '–'}
          </span>
        </Fact>
        <Score job={job} leader={leader} />
        <Fact name={t.job.models}>{number(job.models_trained, locale)}</Fact>
        {seconds !== null && <Fact name={job.final ? t.job.took : t.job.elapsed}>{duration(seconds)}</Fact>}
        <Fact name={t.job.created}>{dateTime(job.created_at, locale)}</Fact>
        {job.engine && <Fact name={t.job.engine}>{job.engine}</Fact>}
        {job.parent_job_id && (
          <Fact name={t.activity.lineage}>
            {job.version_number}
            {job.forked_from && `, ${t.activity.forkedFrom(t.phase[job.forked_from])}`} ·{' '}
            <Anchor component={Link} inherit href={`/app/jobs/${job.parent_job_id}`}>
              {t.activity.parent}
            </Anchor>
          </Fact>
        )}
        {job.run_no > 1 && <Fact name={t.job.run}>{job.run_no}</Fact>}
      </dl>
    </Panel>
  );
}

/** While it trains, what the leaderboard says: models that need no training lead it too. */
function Score({ job, leader }: Props) {
  const { t, locale } = useI18n();
  const { metric, score } = !job.final && leader ? leader : job;
  if (score === null || metric === null) return null;
  return (
    <Fact name={job.final ? t.job.score : t.job.best}>
      {metricName(metric)} {metricValue(metric, score, locale)}
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd className="numbers">{children}</dd>
    </div>
  );
}
