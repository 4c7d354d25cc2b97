import type { CSSProperties, ReactNode } from 'react';
import { Link } from 'wouter';
import ui from '../../../lib/ui/ui.module.css';
import type { Compared } from '../api/compare';
import classes from './compare.module.css';

interface SideProps {
  compared: Compared[];
  label: string;
  first: string;
  children: ReactNode;
}

/** A column a job, of one width in every table of the page: what belongs together stands in one line. */
export function SideBySide({ compared, label, first, children }: SideProps) {
  return (
    <div className={ui.scroll} tabIndex={0} role="group" aria-label={label}>
      <table className={`${ui.table} ${classes.table}`} style={{ '--jobs': compared.length } as CSSProperties}>
        <thead>
          <tr>
            <th scope="col" className={classes.first}>
              {first}
            </th>
            {compared.map(({ job }, at) => (
              <th key={job.id} scope="col" className={classes.job}>
                {at + 1}. <Link href={`/app/jobs/${job.id}`}>{job.name}</Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
