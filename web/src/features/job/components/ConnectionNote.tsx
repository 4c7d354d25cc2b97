import { useI18n } from '../../../lib/i18n';
import { ago } from '../../../lib/format';
import { NoteBox } from '../../../lib/ui/ErrorNote';
import { useNow } from '../../../lib/use-now';
import type { LiveJob } from '../api/use-job-live';

/** Shown only while the server is away: what one sees is old then, and how old is said. */
export function ConnectionNote({ state }: { state: LiveJob }) {
  const { t, locale } = useI18n();
  const offline = state.connection === 'offline';
  const now = useNow(1000, offline);
  if (!offline) return null;
  const since = ago(new Date(state.heardAt).toISOString(), now, locale);
  return (
    <NoteBox
      tone="warn"
      note={{ title: t.connection.offline, detail: t.connection.offlineHint(since) }}
      onRetry={state.refetch}
    />
  );
}
