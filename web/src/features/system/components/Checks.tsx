import { ago } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { Panel } from '../../../lib/ui/Panel';
import { useNow } from '../../../lib/use-now';
import type { System } from '../api/get-system';
import classes from './system.module.css';

/** The doctor's findings, problems first; in the server's words, as its errors are. */
export function Checks({ checks }: { checks: System['checks'] }) {
  const { t, locale } = useI18n();
  const now = useNow(10_000);
  const rank = { error: 0, warning: 1, ok: 2 };
  const sorted = [...checks].sort((one, other) => rank[one.verdict] - rank[other.verdict]);
  return (
    <Panel title={t.system.found} hint={t.system.foundHint} flush>
      <ul className={classes.findings}>
        {sorted.map((check) => (
          <li key={`${check.by} ${check.id}`} data-verdict={check.verdict}>
            <span className={classes.findingName}>
              <span className={classes.dot} aria-hidden="true" />
              {t.system.checkNames[check.id] ?? check.title}
              <span className={classes.verdict}>{t.system.verdict[check.verdict]}</span>
            </span>
            <span className={classes.finding} lang="en">
              {check.found}
              {check.remedy && <span className={classes.findingRemedy}>{check.remedy}</span>}
            </span>
            <span className={classes.seen}>
              {t.system.by[check.by]}, {ago(check.checked_at, now, locale)}
            </span>
          </li>
        ))}
      </ul>
      {!checks.some(({ by }) => by === 'worker') && <p className={classes.inset}>{t.system.noWorkerChecks}</p>}
    </Panel>
  );
}
