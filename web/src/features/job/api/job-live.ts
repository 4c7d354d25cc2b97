import type { JobEvent, JobView, LeaderboardRow, LogView, MessageView, Phase } from '../../../lib/types';

export type AttemptEvent = Extract<JobEvent, { type: 'attempt' }>['data'];

/** A model as it first appeared on the leaderboard. */
export type TrainedModel = LeaderboardRow & { attempt: number };

/** Everything the page knows of a job from its events; rebuilt from the first event, so nothing else is needed. */
export interface JobLive {
  job: JobView | null;
  logs: LogView[];
  messages: MessageView[];
  leaderboard: { phase: Phase; attempt: number; rows: LeaderboardRow[] } | null;
  attempts: AttemptEvent[];
  /** Every model in the order of its arrival. */
  trained: TrainedModel[];
  /** The number of the last event that is in here; 0 before the first. */
  seq: number;
  /** The last event was the stream's end. */
  ended: boolean;
}

export const EMPTY_LIVE: JobLive = {
  job: null,
  logs: [],
  messages: [],
  leaderboard: null,
  attempts: [],
  trained: [],
  seq: 0,
  ended: false,
};

/** Takes events in, in their order; one that was seen before (after a reconnect, say) changes nothing. */
export function applyEvents(live: JobLive, events: readonly JobEvent[]): JobLive {
  let next = live;
  const logs: LogView[] = [];
  const messages: MessageView[] = [];
  for (const event of events) {
    if (event.seq <= next.seq) continue;
    next = { ...next, seq: event.seq, ended: event.type === 'end' };
    switch (event.type) {
      case 'status':
      case 'end':
        next.job = event.data;
        break;
      case 'log':
        logs.push(event.data);
        break;
      case 'message':
        messages.push(event.data);
        break;
      case 'leaderboard':
        next.leaderboard = event.data;
        next.trained = withNewModels(next.trained, event.data);
        break;
      case 'attempt':
        next.attempts = [...next.attempts, event.data];
        break;
    }
  }
  return { ...next, logs: mergeById(next.logs, logs), messages: mergeById(next.messages, messages) };
}

/** A restarted attempt lists again what it loaded from its checkpoints: a model counts once an attempt. */
function withNewModels(
  trained: TrainedModel[],
  { attempt, rows }: { attempt: number; rows: readonly LeaderboardRow[] },
): TrainedModel[] {
  const known = new Set(trained.filter((model) => model.attempt === attempt).map((model) => model.model_id));
  const fresh = rows.filter((row) => !known.has(row.model_id)).map((row) => ({ ...row, attempt }));
  return fresh.length > 0 ? [...trained, ...fresh] : trained;
}

/** What polling brought, beside what the stream brought: each row once, by its id, in the order of ids. */
export function mergeById<Row extends { id: number }>(rows: Row[], more: readonly Row[]): Row[] {
  if (more.length === 0) return rows;
  const last = rows.at(-1)?.id ?? -Infinity;
  // The usual case first, for a chatty job has a hundred thousand rows: what is new simply follows.
  if (more.every((row, at) => row.id > (more[at - 1]?.id ?? last))) return [...rows, ...more];
  const known = new Set(rows.map((row) => row.id));
  const fresh = more.filter((row) => !known.has(row.id) && known.add(row.id));
  return fresh.length === 0 ? rows : [...rows, ...fresh].sort((a, b) => a.id - b.id);
}

export interface AttemptSummary {
  attempt: number;
  state: Exclude<AttemptEvent['state'], 'limits_changed'>;
  detail: string;
  /** Every time it was picked up again or restarted. */
  recoveries: number;
}

/** A phase's attempts, each with its latest state. */
export function attemptsOf(events: readonly AttemptEvent[], phase: Phase): AttemptSummary[] {
  const byAttempt = new Map<number, AttemptSummary>();
  for (const event of events) {
    // Other limits make no other state.
    if (event.phase !== phase || event.state === 'limits_changed') continue;
    const recovered = event.state === 'reattached' || event.state === 'restarted' ? 1 : 0;
    const before = byAttempt.get(event.attempt)?.recoveries ?? 0;
    byAttempt.set(event.attempt, {
      attempt: event.attempt,
      state: event.state,
      detail: event.detail,
      recoveries: before + recovered,
    });
  }
  return [...byAttempt.values()].sort((a, b) => a.attempt - b.attempt);
}
