import { Tooltip } from '@mantine/core';
import { bytes, dateTime, duration, money, time } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobView, TimelineView } from '../../../lib/types';
import { Folded } from '../../../lib/ui/Folded';
import { useNow } from '../../../lib/use-now';
import { ganttOf, type GanttAttempt, type Stretch, type TimelineExecution } from '../api/gantt';
import type { AttemptEvent } from '../api/job-live';
import classes from './activity.module.css';

interface Props {
  job: JobView;
  timeline: TimelineView;
  events: AttemptEvent[];
}

/** Attempts as bars on one time axis, their containers beneath them, restarts and re-attachments as marks. */
export function Gantt({ job, timeline, events }: Props) {
  const now = useNow(1000, !job.final);
  const end = job.finished_at === null ? now : Date.parse(job.finished_at);
  return (
    <ol className={classes.gantt}>
      {ganttOf(timeline, events, end).map((row) => (
        <AttemptRow key={`${row.attempt.phase}/${row.attempt.attempt}/${row.attempt.run_no}`} row={row} job={job} />
      ))}
    </ol>
  );
}

function AttemptRow({ row, job }: { row: GanttAttempt; job: JobView }) {
  const { t, locale } = useI18n();
  const { attempt } = row;
  const open = attempt.finished_at === null;
  // An attempt without an end in a job that has one was given up with it, and says so.
  const outcome = attempt.outcome ?? (open && !job.final ? 'running' : 'superseded');
  return (
    <li className={classes.attempt}>
      <div className={classes.row}>
        <div className={classes.label}>
          <span className={classes.rowName}>
            {t.phase[attempt.phase]} · {t.job.attempt(attempt.attempt)}
          </span>
          <span className={classes.rowNote}>
            {job.run_no > 1 && `${t.activity.run(attempt.run_no)} · `}
            <span data-outcome={outcome} className={classes.outcome}>
              {t.activity.outcome[outcome] ?? outcome}
            </span>
            {` · ${time(attempt.started_at, locale)}`}
            {attempt.cost_usd !== null && ` · ${money(attempt.cost_usd, locale)}`}
          </span>
        </div>
        <div className={classes.track}>
          <Bar bar={row.bar} tone={outcome} />
          {row.marks.map((mark) => (
            <Tooltip key={mark.time + mark.state} label={`${t.activity.mark[mark.state]}: ${mark.detail}`}>
              <span className={classes.mark} data-state={mark.state} style={{ left: `${mark.left * 100}%` }} />
            </Tooltip>
          ))}
        </div>
        <span className={classes.length}>{duration(row.bar.seconds)}</span>
      </div>
      {row.executions.map(({ execution, bar }) => (
        <ExecutionRow key={execution.id} execution={execution} bar={bar} />
      ))}
      {row.marks.length > 0 && (
        <ul className={classes.marks}>
          {row.marks.map((mark) => (
            <li key={mark.time + mark.state}>
              <time dateTime={mark.time} title={dateTime(mark.time, locale)}>
                {time(mark.time, locale)}
              </time>{' '}
              {t.activity.mark[mark.state]}
              {mark.detail && `: ${mark.detail}`}
            </li>
          ))}
        </ul>
      )}
      {(attempt.failure || attempt.detail) && (
        <div className={classes.why}>
          <Folded text={attempt.failure?.message ?? attempt.detail ?? ''} className={classes.whyText} />
          {attempt.failure?.hint && (
            <p className={classes.whyText}>
              <strong>{t.errors.whatToDo}</strong> {attempt.failure.hint}
            </p>
          )}
        </div>
      )}
    </li>
  );
}

function ExecutionRow({ execution, bar }: { execution: TimelineExecution; bar: Stretch }) {
  const { t, locale } = useI18n();
  const state = execution.exit ?? 'running';
  const words = execution.exit === null ? t.activity.outcome['running'] : t.activity.exit[execution.exit];
  const facts = [
    execution.engine,
    execution.exit_code !== null && execution.exit_code !== 0 ? `${words} (${execution.exit_code})` : words,
    execution.peak_memory_bytes === null ? null : t.activity.peak(bytes(execution.peak_memory_bytes, locale)),
    execution.cpu_seconds === null ? null : t.activity.processor(duration(execution.cpu_seconds)),
    execution.loaded_models === 0 ? null : t.activity.loaded(execution.loaded_models),
    execution.lost_seconds === null ? null : t.activity.lost(duration(execution.lost_seconds)),
  ];
  return (
    <div className={classes.row} data-child>
      <div className={classes.label}>
        <span className={classes.childName} title={execution.container}>
          {execution.stage ? `${t.activity.stage[execution.stage]} · ` : ''}
          {t.activity.execution(execution.incarnation)}
        </span>
        <span className={classes.rowNote}>{facts.filter((fact) => fact !== null).join(' · ')}</span>
      </div>
      <div className={classes.track} data-child>
        <Bar bar={bar} tone={state === 'exited' && execution.exit_code !== 0 ? 'failed' : state} />
      </div>
      <span className={classes.length}>{duration(execution.seconds ?? bar.seconds)}</span>
    </div>
  );
}

function Bar({ bar, tone }: { bar: Stretch; tone: string }) {
  return (
    <span
      className={classes.bar}
      data-tone={tone}
      style={{ left: `min(${bar.left * 100}%, 100% - 3px)`, width: `${bar.width * 100}%` }}
    />
  );
}
