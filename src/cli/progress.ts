import { HIGHER_IS_BETTER, type Metric } from '../contracts/analysis';
import type { JobEvent } from '../contracts/events';
import type { LeaderboardRow } from '../contracts/execution';
import type { JobView } from '../contracts/jobs';
import { REVISE } from '../contracts/questions';
import { duration, figure, plainText } from './text';

/** What the terminal knows of a job: folded from its events, nothing else. */
export interface Progress {
  job: JobView | undefined;
  best: LeaderboardRow | undefined;
  /** The last thing an agent said. */
  message: string | undefined;
}

/** Told even of a first attempt. */
const NOTABLE_STATES: ReadonlySet<string> = new Set(['reattached', 'restarted', 'limits_changed', 'failed']);

export const NO_PROGRESS: Progress = { job: undefined, best: undefined, message: undefined };

/** The progress after one more event, and the lines that tell of it where there is no live view. */
export function advance(before: Progress, event: JobEvent): { progress: Progress; lines: string[] } {
  switch (event.type) {
    case 'status':
    case 'end': {
      const job = event.data;
      return { progress: { ...before, job }, lines: statusLines(before, job) };
    }
    case 'leaderboard': {
      const best = bestOf(event.data.rows) ?? before.best;
      const better = best && best.model_id !== before.best?.model_id;
      return { progress: { ...before, best }, lines: better ? [`best so far ${scored(best)}`] : [] };
    }
    case 'message': {
      const message = `${event.data.agent_name}: ${plainText(event.data.content, 240)}`;
      return { progress: { ...before, message }, lines: [message] };
    }
    case 'attempt': {
      const { phase, attempt, state, detail } = event.data;
      const again = attempt > 1 || NOTABLE_STATES.has(state);
      return { progress: before, lines: again ? [plainText(`${phase}, attempt ${attempt}: ${state}. ${detail}`)] : [] };
    }
    case 'log': {
      const { level, message } = event.data;
      const notable = level === 'WARNING' || level === 'ERROR';
      return { progress: before, lines: notable ? [`${level.toLowerCase()}: ${plainText(message, 240)}`] : [] };
    }
  }
}

function statusLines(before: Progress, job: JobView): string[] {
  const was = before.job;
  const news: string[] = [];
  if (job.phase && job.phase !== was?.phase) news.push(`phase ${job.phase} (${job.progress} %)`);
  if (job.models_trained > (was?.models_trained ?? 0)) news.push(trainedSoFar(job, before.best));
  if (job.waiting_for && job.waiting_for !== was?.waiting_for) news.push(`waiting for ${plainText(job.waiting_for)}`);
  return [...news, ...questionLines(was, job)];
}

/** A question that was not open before, and how to answer it. */
export function questionLines(was: JobView | undefined, { id, question_detail: question }: JobView): string[] {
  if (!question || was?.question_detail?.id === question.id) return [];
  const choices = question.choices.filter((choice) => choice.id !== REVISE);
  return [
    plainText(question.text, 500),
    ...choices.map((choice) => `  automl answer ${id} ${plainText(choice.id)}   ${plainText(choice.label)}`),
  ];
}

function trainedSoFar(job: JobView, best: LeaderboardRow | undefined): string {
  const models = `${job.models_trained} ${job.models_trained === 1 ? 'model' : 'models'} trained`;
  return best ? `${models}, best so far ${scored(best)}` : models;
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
  return /^(balanced_)?accuracy$|^logloss$/.test(metric) ? metric.replace('_', ' ') : metric.toUpperCase();
}

/** The live view: a bar, what happens now, the best model, the last word of an agent. */
export function liveLines(progress: Progress, elapsedMs: number, columns: number): string[] {
  const { job, best, message } = progress;
  const share = job?.progress ?? 0;
  const cells = 24;
  const full = Math.round((share / 100) * cells);
  const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
  const now = job?.waiting_for ? `waiting for ${job.waiting_for}` : (job?.doing ?? '');
  const trained = job && (best || job.models_trained > 0) ? trainedSoFar(job, best) : '';
  return [
    `${bar} ${String(share).padStart(3)} %  ${job?.phase ?? job?.status ?? 'starting'}  ${duration(elapsedMs)}`,
    ...[now, trained, message ?? ''].filter(Boolean).map((line) => `  ${plainText(line)}`),
  ].map((line) => (line.length >= columns ? `${line.slice(0, columns - 2)}…` : line));
}
