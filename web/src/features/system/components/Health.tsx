import { ago } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { Panel } from '../../../lib/ui/Panel';
import { useNow } from '../../../lib/use-now';
import type { System } from '../api/get-system';
import classes from './system.module.css';

/** What must be up, and every worker that is or was. An answer is proof of the API and of its database. */
export function Health({ system }: { system: System }) {
  const { t } = useI18n();
  const { temporal, worker } = system.health;
  const words = (ok: boolean) => (ok ? t.system.ok : t.system.bad);
  const states = [
    { name: t.system.api, ok: true, says: t.system.ok },
    { name: t.system.database, ok: true, says: t.system.ok },
    { name: t.system.temporal, ok: temporal, says: words(temporal) },
    { name: t.system.worker, ok: worker, says: worker ? t.system.workerOk : t.system.workerBad },
  ];
  return (
    <Panel title={t.system.checks}>
      <ul className={classes.checks}>
        {states.map(({ name, ok, says }) => (
          <li key={name} data-ok={ok}>
            <span className={classes.dot} aria-hidden="true" />
            {name} {says}
          </li>
        ))}
      </ul>
      {!worker && <p className={classes.remedy}>{t.system.workerBadText}</p>}
      {system.workers.length > 0 && <Workers workers={system.workers} />}
    </Panel>
  );
}

function Workers({ workers }: { workers: System['workers'] }) {
  const { t, locale } = useI18n();
  const now = useNow(1000);
  return (
    <ul className={classes.workers} aria-label={t.system.worker}>
      {workers.map((worker) => (
        <li key={worker.id} data-alive={worker.alive}>
          <strong>
            {worker.host} · {worker.pid}
          </strong>
          <span className={classes.about}>
            {t.system.workerFacts(worker.engine, worker.slots)} · {worker.version} ·{' '}
            {t.system.heard(ago(worker.seen_at, now, locale))}
          </span>
        </li>
      ))}
    </ul>
  );
}
