import type { JobStatus, JobView, Phase } from './types';

/** The contract's order; repeated, typed against it, so that its schemas stay out of the bundle. */
export const PHASES = [
  'analysis',
  'training',
  'prediction',
  'visualization',
  'final_check',
] as const satisfies readonly Phase[];

export type Tone = 'ok' | 'warn' | 'bad' | 'run' | 'idle';

/** The colour family a status is shown in; every status is also named in words. */
export const TONE: Record<JobStatus, Tone> = {
  created: 'idle',
  queued: 'idle',
  analyzing_data: 'run',
  training_model: 'run',
  generating_predictions: 'run',
  visualizing: 'run',
  finalizing: 'run',
  awaiting_user_input: 'warn',
  paused: 'warn',
  completed: 'ok',
  partial: 'warn',
  failed: 'bad',
  cancelled: 'idle',
};

export type PhaseState = 'done' | 'current' | 'failed' | 'stopped' | 'waiting';

/**
 * What a phase looks like on the timeline. A job that failed or was cancelled keeps the phase it stood in;
 * everything before it is done.
 */
export function phaseState(job: { status: JobStatus; phase: Phase | null; final: boolean }, phase: Phase): PhaseState {
  if (job.status === 'completed') return 'done';
  if (job.phase === null) return job.status === 'failed' && phase === 'analysis' ? 'failed' : 'waiting';
  const here = PHASES.indexOf(job.phase);
  const index = PHASES.indexOf(phase);
  if (index < here) return 'done';
  if (index > here) return 'waiting';
  if (job.status === 'failed') return 'failed';
  if (job.status === 'cancelled' || job.status === 'paused') return 'stopped';
  return job.status === 'partial' ? 'done' : 'current';
}

/** Seconds a job has run at `now` (ms), in all when it has ended; null before its start. */
export function secondsOf(job: Pick<JobView, 'started_at' | 'finished_at'>, now: number): number | null {
  if (job.started_at === null) return null;
  const end = job.finished_at === null ? now : Date.parse(job.finished_at);
  return Math.max(0, (end - Date.parse(job.started_at)) / 1000);
}

/** The phases that a fork may begin with: each one whose phases before it are finished. */
export function forkPhases(job: Pick<JobView, 'status' | 'phase' | 'final'>): Phase[] {
  if (job.status === 'created') return [];
  return PHASES.filter((_, at) => PHASES.slice(0, at).every((before) => phaseState(job, before) === 'done'));
}
