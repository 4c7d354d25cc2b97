import { duration, wholePercent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { CheckIcon, CrossIcon, StopIcon } from '../../../lib/icons';
import { PHASES, phaseState, secondsOf, type PhaseState } from '../../../lib/status';
import type { JobView, Phase } from '../../../lib/types';
import { attemptsOf, type AttemptEvent, type AttemptSummary } from '../api/job-live';
import classes from './timeline.module.css';

/** Where the job stands, what it does right now, and what every attempt of each phase came to. */
export function PhaseTimeline({ job, attempts }: { job: JobView; attempts: AttemptEvent[] }) {
  const { t, locale } = useI18n();
  const doing = doingOf(job, t);
  return (
    <section className={classes.timeline} aria-label={t.job.timeline}>
      <div className={classes.now}>
        <p className={classes.doing} aria-live="polite">
          {doing}
        </p>
        <span className={classes.percent}>{wholePercent(job.progress, locale)}</span>
      </div>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={t.job.timeline}
        aria-valuenow={job.progress}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span className={classes.fill} data-status={job.status} style={{ width: `${job.progress}%` }} />
      </div>
      <ol className={classes.phases}>
        {PHASES.map((phase, at) => (
          <PhaseItem
            key={phase}
            phase={phase}
            number={at + 1}
            state={phaseState(job, phase)}
            attempts={attemptsOf(attempts, phase)}
            drafts={phase === 'training' ? (job.options.search ?? 1) : 1}
          />
        ))}
      </ol>
    </section>
  );
}

function doingOf(job: JobView, t: ReturnType<typeof useI18n>['t']): string {
  if (job.cancel_requested && !job.final) return t.job.cancelling;
  if (job.final) {
    // The end is known, so no clock is needed.
    const seconds = job.finished_at === null ? null : secondsOf(job, 0);
    return seconds === null ? t.status[job.status] : t.job.ended(t.status[job.status], duration(seconds));
  }
  if (job.queue_position !== null) {
    const place = t.job.queue(job.queue_position);
    return job.queue_seconds === null ? place : t.job.queueStarts(place, duration(job.queue_seconds));
  }
  return job.waiting_for ?? job.doing ?? t.status[job.status];
}

interface ItemProps {
  phase: Phase;
  number: number;
  state: PhaseState;
  attempts: AttemptSummary[];
  /** How many attempts are made to choose the best of, before any repair. */
  drafts: number;
}

function PhaseItem({ phase, number, state, attempts, drafts }: ItemProps) {
  const { t } = useI18n();
  const repairs = attempts.length - drafts;
  return (
    <li className={classes.phase} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
      <div className={classes.phaseHead}>
        <span className={classes.mark} aria-hidden="true">
          {state === 'done' ? <CheckIcon size={14} /> : null}
          {state === 'failed' ? <CrossIcon size={14} /> : null}
          {state === 'stopped' ? <StopIcon size={14} /> : null}
          {state === 'current' || state === 'waiting' ? number : null}
        </span>
        <span>
          <span className={classes.phaseName}>{t.phase[phase]}</span>
          <span className={classes.phaseState}>
            {t.job.phaseState[state]}
            {drafts > 1 && attempts.length > 0 && ` · ${t.question.drafts(Math.min(drafts, attempts.length), drafts)}`}
            {repairs > 0 && ` · ${t.job.repairs(repairs)}`}
          </span>
        </span>
      </div>
      {(attempts.length > 1 || attempts.some((attempt) => attempt.recoveries > 0 || attempt.state === 'failed')) && (
        <ul className={classes.attempts}>
          {attempts.map((attempt) => (
            <li key={attempt.attempt} data-state={attempt.state}>
              <span className={classes.attemptName}>
                {t.job.attempt(attempt.attempt)} {t.job.attemptState[attempt.state]}
              </span>
              {attempt.detail && <span className={classes.attemptDetail}>{attempt.detail}</span>}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
