import { Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { duration } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { useNow } from '../../../lib/use-now';
import classes from './system.module.css';

export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd className="numbers">{children}</dd>
    </div>
  );
}

/** Above this share a resource is nearly gone. */
const TIGHT = 0.9;

interface MeterProps {
  name: string;
  used: number;
  total: number;
  words: string;
  /** A full disk is a worry, slots that are all in use are not. */
  calm?: boolean;
}

export function Meter({ name, used, total, words, calm = false }: MeterProps) {
  const share = total === 0 ? 0 : used / total;
  return (
    <div>
      <div className={classes.meter}>
        <span>{name}</span>
        <span className="numbers">{words}</span>
      </div>
      <Progress
        value={Math.min(1, share) * 100}
        color={share > TIGHT && !calm ? 'red.8' : undefined}
        aria-label={`${name}: ${words}`}
      />
    </div>
  );
}

interface JobLine {
  job_id: string;
  job_name: string;
  about: string;
  since: string;
}

/** Jobs with what is said of them and how long it has been so. */
export function JobLines({ lines, none, more }: { lines: readonly JobLine[]; none: string; more: number }) {
  const { t } = useI18n();
  const now = useNow(1000, lines.length > 0);
  if (lines.length === 0) return <p className={classes.quiet}>{none}</p>;
  return (
    <ul className={classes.jobs}>
      {lines.map(({ job_id, job_name, about, since }, at) => (
        <li key={`${job_id} ${at}`}>
          <Link href={`/app/jobs/${job_id}`}>
            <bdi>{job_name}</bdi>
          </Link>
          <span className={classes.about}>
            {about} {t.system.since(duration(Math.max(0, (now - Date.parse(since)) / 1000)))}
          </span>
        </li>
      ))}
      {more > 0 && <li className={classes.about}>{t.system.more(more)}</li>}
    </ul>
  );
}
