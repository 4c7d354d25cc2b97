import { wholePercent } from '../../../lib/format';
import type { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';

/** Phase and percent while it runs; nothing to add to the status once it has ended. */
export function progressText(job: JobView, { t, locale }: Pick<ReturnType<typeof useI18n>, 't' | 'locale'>): string {
  const share = wholePercent(job.progress, locale);
  return job.final || job.phase === null ? share : `${t.phase[job.phase]} · ${share}`;
}
