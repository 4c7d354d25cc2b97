import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { ago } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import { PhaseBar } from '../../../lib/ui/PhaseBar';
import { StatusBadge } from '../../../lib/ui/StatusBadge';
import { useNow } from '../../../lib/use-now';
import { AgainstNaive } from './AgainstNaive';
import { progressText } from './progress-text';
import classes from './jobs.module.css';

const CARD_HEIGHT = 130;
const NEAR_END = 20;

/** The same list where a table has no room; here, too, only what is in view is in the page. */
export function JobCards({ jobs, onNearEnd }: { jobs: JobView[]; onNearEnd(): void }) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const virtualizer = useWindowVirtualizer({
    count: jobs.length,
    estimateSize: () => CARD_HEIGHT,
    gap: 10,
    overscan: 6,
    scrollMargin: top,
    getItemKey: (at) => jobs[at]?.id ?? at,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= jobs.length - NEAR_END) onNearEnd();
  }, [last, jobs.length, onNearEnd]);
  return (
    <ul ref={list} className={classes.cards} style={{ height: virtualizer.getTotalSize() }}>
      {items.map((item) => {
        const job = jobs[item.index];
        return job ? (
          <li
            key={job.id}
            ref={virtualizer.measureElement}
            data-index={item.index}
            className={classes.card}
            style={{ transform: `translateY(${item.start - top}px)` }}
          >
            <JobCard job={job} />
          </li>
        ) : null;
      })}
    </ul>
  );
}

function JobCard({ job }: { job: JobView }) {
  const { t, locale } = useI18n();
  const now = useNow(10_000);
  return (
    <>
      <div className={classes.cardTop}>
        <Link href={`/app/jobs/${job.id}`} className={classes.name}>
          {job.name}
        </Link>
        <StatusBadge status={job.status} />
      </div>
      <div className={classes.goal}>{job.prompt.slice(0, 300)}</div>
      <PhaseBar job={job} />
      <div className={classes.cardFoot}>
        <span>{progressText(job, { t, locale })}</span>
        {job.score !== null && <AgainstNaive job={job} />}
        <span>{ago(job.created_at, now, locale)}</span>
      </div>
    </>
  );
}
