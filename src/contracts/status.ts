import { z } from 'zod';

/** The phases of a job, in the order they run. */
export const PHASES = ['analysis', 'training', 'prediction', 'visualization', 'final_check'] as const;
export const Phase = z.enum(PHASES);
export type Phase = z.infer<typeof Phase>;

/** The phases that write a script and run it in an engine, each with its bounded repair loop. */
export const SCRIPT_PHASES = ['training', 'prediction', 'visualization'] as const;
export const ScriptPhase = z.enum(SCRIPT_PHASES);
export type ScriptPhase = z.infer<typeof ScriptPhase>;

/**
 * The runs that a training consists of, in order, each an execution of its own: rows are sealed; models are trained by a
 * run that has only the others; the chosen one is judged on the sealed rows and then trained again on all.
 */
export const TRAINING_STAGES = ['seal', 'train', 'evaluate'] as const;
export const TrainingStage = z.enum(TRAINING_STAGES);
export type TrainingStage = z.infer<typeof TrainingStage>;

export const JOB_STATUSES = [
  'created',
  'queued',
  'analyzing_data',
  'training_model',
  'generating_predictions',
  'visualizing',
  'finalizing',
  'awaiting_user_input',
  'paused',
  'completed',
  'partial',
  'failed',
  'cancelled',
] as const;
export const JobStatus = z.enum(JOB_STATUSES);
export type JobStatus = z.infer<typeof JobStatus>;

export const FINAL_STATUSES = ['completed', 'partial', 'failed', 'cancelled'] as const;
export const FinalStatus = z.enum(FINAL_STATUSES);
export type FinalStatus = z.infer<typeof FinalStatus>;

export function isFinal(status: JobStatus): status is FinalStatus {
  return (FINAL_STATUSES as readonly JobStatus[]).includes(status);
}

/** The status a job shows while it is in a phase. */
export const STATUS_OF_PHASE: Record<Phase, JobStatus> = {
  analysis: 'analyzing_data',
  training: 'training_model',
  prediction: 'generating_predictions',
  visualization: 'visualizing',
  final_check: 'finalizing',
};

/**
 * Where each phase starts and ends on the job's progress scale (0-100). Training takes most of the time of
 * every measured run, so it has most of the scale; within a phase progress moves with the runtime's own events.
 */
export const PROGRESS_OF_PHASE: Record<Phase, readonly [start: number, end: number]> = {
  analysis: [2, 12],
  training: [12, 80],
  prediction: [80, 90],
  visualization: [90, 97],
  final_check: [97, 100],
};
