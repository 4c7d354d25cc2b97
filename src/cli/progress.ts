import { HIGHER_IS_BETTER, type Metric } from '../contracts/analysis';
import type { JobEvent } from '../contracts/events';
import type { LeaderboardRow } from '../contracts/execution';
import type { JobView } from '../contracts/jobs';
import { duration, figure, plainText } from './text';

/** What the terminal knows of a job: folded from its events, nothing else. */
export interface Progress {
  job: JobView | undefined;
  best: LeaderboardRow | undefined;
  models: number;
  /** The last thing an agent said. */
  message: string | undefined;
}

export const NO_PROGRESS: Progress = { job: undefined, best: undefined, models: 0, message: undefined };

/** The progress after one more event, and the lines that tell of it where there is no live view. */
export function advance(before: Progress, event: JobEvent): { progress: Progress; lines: string[] } {
  switch (event.type) {
    case 'status':
    case 'end': {
      const job = event.data;
      const progress = { ...before, job, models: Math.max(before.models, job.models_trained) };
      return { progress, lines: statusLines(before.job, job) };
    }
    case 'leaderboard':
      return advanceLeaderboard(before, event.data.rows);
    case 'message': {
      const message = `${event.data.agent_name}: ${plainText(event.data.content, 240)}`;
      return { progress: { ...before, message }, lines: [message] };
    }
    case 'attempt': {
      const { phase, attempt, state, detail } = event.data;
      const again = attempt > 1 || state === 'reattached' || state === 'restarted' || state === 'failed';
      return { progress: before, lines: again ? [plainText(`${phase}, attempt ${attempt}: ${state}. ${detail}`)] : [] };
    }
    case 'log': {
      const { level, message } = event.data;
      const notable = level === 'WARNING' || level === 'ERROR';
      return { progress: before, lines: notable ? [`${level.toLowerCase()}: ${plainText(message, 240)}`] : [] };
    }
  }
}

function statusLines(before: JobView | undefined, job: JobView): string[] {
  const news: string[] = [];
  if (job.phase && job.phase !== before?.phase) news.push(`phase ${job.phase} (${job.progress} %)`);
  else if (!job.phase && job.status !== before?.status) news.push(job.status);
  if (job.waiting_for && job.waiting_for !== before?.waiting_for)
    news.push(`waiting for ${plainText(job.waiting_for)}`);
  return news;
}

function advanceLeaderboard(
  before: Progress,
  rows: readonly LeaderboardRow[],
): { progress: Progress; lines: string[] } {
  const best = bestOf(rows);
  const models = Math.max(before.models, rows.length);
  const grew = models > before.models || best?.model_id !== before.best?.model_id;
  const lines = grew && best ? [`${models} ${models === 1 ? 'model' : 'models'}, best so far ${scored(best)}`] : [];
  return { progress: { ...before, best: best ?? before.best, models }, lines };
}

/** Models without a score (a failed one, say) are never the best. */
export function bestOf(rows: readonly LeaderboardRow[]): LeaderboardRow | undefined {
  return rows
    .filter((row) => row.score !== null)
    .reduce<LeaderboardRow | undefined>((best, row) => (!best || isBetter(row, best) ? row : best), undefined);
}

function isBetter(row: LeaderboardRow, than: LeaderboardRow): boolean {
  const difference = (row.score ?? 0) - (than.score ?? 0);
  return HIGHER_IS_BETTER.has(row.metric) ? difference > 0 : difference < 0;
}

function scored(row: LeaderboardRow): string {
  return `${row.algorithm}, ${nameOf(row.metric)} ${figure(row.score)}`;
}

export function nameOf(metric: Metric | string): string {
  return ['accuracy', 'logloss'].includes(metric) ? metric : metric.toUpperCase();
}

/** The live view: a bar, what happens now, the best model, the last word of an agent. */
export function liveLines(progress: Progress, elapsedMs: number, columns: number): string[] {
  const { job, best, models, message } = progress;
  const share = job?.progress ?? 0;
  const cells = 24;
  const full = Math.round((share / 100) * cells);
  const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
  const now = job?.waiting_for ? `waiting for ${job.waiting_for}` : (job?.doing ?? '');
  const trained = best ? `${models} models, best so far ${scored(best)}` : '';
  return [
    `${bar} ${String(share).padStart(3)} %  ${job?.phase ?? job?.status ?? 'starting'}  ${duration(elapsedMs)}`,
    ...[now, trained, message ?? ''].filter(Boolean).map((line) => `  ${plainText(line)}`),
  ].map((line) => (line.length >= columns ? `${line.slice(0, columns - 2)}…` : line));
}
