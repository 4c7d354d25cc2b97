import type { TimelineView } from '../../../lib/types';
import type { AttemptEvent } from './job-live';

export type TimelineAttempt = TimelineView['attempts'][number];
export type TimelineExecution = TimelineView['executions'][number];

/** A stretch of the time axis, both as shares (0-1) of its whole. */
export interface Stretch {
  left: number;
  width: number;
  seconds: number;
}

/** What of an attempt's events is a mark on its bar. */
const MARKED = ['reattached', 'restarted', 'paused', 'limits_changed'] as const;

export interface GanttMark {
  left: number;
  state: (typeof MARKED)[number];
  time: string;
  detail: string;
}

export interface GanttAttempt {
  attempt: TimelineAttempt;
  bar: Stretch;
  marks: GanttMark[];
  executions: { execution: TimelineExecution; bar: Stretch }[];
}

/**
 * Attempts and their executions on one time axis, in order; what still runs reaches to `now` (ms). Executions belong
 * to their phase's attempt of the same number, for attempts count up through every run of a job.
 */
export function ganttOf(timeline: TimelineView, events: readonly AttemptEvent[], now: number): GanttAttempt[] {
  const { attempts, executions } = timeline;
  const starts = [...attempts, ...executions].map((part) => Date.parse(part.started_at));
  const ends = [...attempts, ...executions].map((part) => endOf(part, now));
  const from = Math.min(...starts);
  const whole = Math.max(1, Math.max(...ends) - from);
  const share = (time: number) => Math.min(1, Math.max(0, (time - from) / whole));
  const stretch = (part: { started_at: string; finished_at: string | null }): Stretch => {
    const start = Date.parse(part.started_at);
    const end = Math.max(start, endOf(part, now));
    return { left: share(start), width: share(end) - share(start), seconds: (end - start) / 1000 };
  };
  return attempts.map((attempt) => ({
    attempt,
    bar: stretch(attempt),
    marks: events.flatMap((event) => markOf(event, attempt, share) ?? []),
    executions: executions
      .filter((execution) => execution.phase === attempt.phase && execution.attempt === attempt.attempt)
      .map((execution) => ({ execution, bar: stretch(execution) })),
  }));
}

function endOf(part: { finished_at: string | null }, now: number): number {
  return part.finished_at === null ? now : Date.parse(part.finished_at);
}

function markOf(event: AttemptEvent, attempt: TimelineAttempt, share: (time: number) => number): GanttMark | null {
  if (event.phase !== attempt.phase || event.attempt !== attempt.attempt) return null;
  const state = MARKED.find((marked) => marked === event.state);
  if (state === undefined) return null;
  return { left: share(Date.parse(event.time)), state, time: event.time, detail: event.detail };
}
