import { useI18n } from '../i18n';
import { TONE } from '../status';
import type { JobStatus } from '../types';
import classes from './status.module.css';

/** A status in words, with its colour and, while it moves, a quiet pulse. */
export function StatusBadge({ status, large = false }: { status: JobStatus; large?: boolean }) {
  const { t } = useI18n();
  return (
    <span className={classes.badge} data-tone={TONE[status]} data-large={large || undefined} data-status={status}>
      <span className={classes.dot} aria-hidden="true" />
      {t.status[status]}
    </span>
  );
}
