import { Stack } from '@mantine/core';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobStatus } from '../../../lib/types';
import { Panel } from '../../../lib/ui/Panel';
import { StatusBadge } from '../../../lib/ui/StatusBadge';
import ui from '../../../lib/ui/ui.module.css';
import type { System } from '../api/get-system';
import { Fact, JobLines, Meter } from './Facts';
import classes from './system.module.css';

/** Slots, the scripts in them, and who waits for one. */
export function Slots({ system }: { system: System }) {
  const { t, locale } = useI18n();
  const { total, in_use } = system.slots;
  const used = number(in_use, locale);
  const running = system.executions.map((one) => ({
    ...one,
    about: `${t.phase[one.phase]} ${one.attempt}, ${one.engine},`,
    since: one.started_at,
  }));
  const waiting = system.waiting_jobs.map((one) => ({
    ...one,
    about: one.waiting_for ? `${one.waiting_for},` : '',
    since: one.waiting_since,
  }));
  return (
    <Panel title={t.system.slots}>
      <Stack gap="md">
        {total === null ? (
          <p className={classes.quiet}>{t.system.slotsUnknown(used)}</p>
        ) : (
          <Meter
            name={t.system.slotsName}
            used={in_use}
            total={total}
            words={t.system.slotsUsed(used, number(total, locale))}
            calm
          />
        )}
        <div>
          <h3 className={classes.part}>{t.system.running}</h3>
          <JobLines lines={running} none={t.system.runningNone} more={in_use - running.length} />
        </div>
        <div>
          <h3 className={classes.part}>{t.system.waitingJobs}</h3>
          <JobLines lines={waiting} none={t.system.waitingNone} more={system.waiting - waiting.length} />
        </div>
      </Stack>
    </Panel>
  );
}

export function Queues({ system }: { system: System }) {
  const { t, locale } = useI18n();
  const isKnown = system.queues.some(({ pollers }) => pollers !== null);
  return (
    <Panel title={t.system.queues} hint={t.system.queuesHint} flush>
      {!isKnown && <p className={classes.inset}>{t.system.queuesAway}</p>}
      {isKnown && (
        <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.system.queues}>
          <table className={ui.table}>
            <thead>
              <tr>
                <th scope="col">{t.system.queue}</th>
                <th scope="col" className={classes.figure}>
                  {t.system.pollers}
                </th>
                <th scope="col" className={classes.figure}>
                  {t.system.backlog}
                </th>
              </tr>
            </thead>
            <tbody>
              {system.queues.map((queue) => (
                <tr key={queue.name} title={queue.task_queue}>
                  <td>{t.system.queueNames[queue.name]}</td>
                  <td className={ui.right} data-bad={queue.pollers === 0 || undefined}>
                    {number(queue.pollers, locale)}
                  </td>
                  <td className={ui.right}>{number(queue.backlog, locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

export function Jobs({ system }: { system: System }) {
  const { t, locale } = useI18n();
  const counts = Object.entries(system.jobs) as [JobStatus, number][];
  return (
    <Panel title={t.system.work}>
      {counts.length === 0 && <p className={classes.quiet}>{t.system.workEmpty}</p>}
      <dl className={classes.facts}>
        {counts.map(([status, count]) => (
          <Fact key={status} name={<StatusBadge status={status} />}>
            {number(count, locale)}
          </Fact>
        ))}
        <Fact name={t.system.waiting}>{number(system.waiting, locale)}</Fact>
      </dl>
    </Panel>
  );
}
