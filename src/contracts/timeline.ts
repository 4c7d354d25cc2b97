import { z } from 'zod';
import { ExitKind } from './execution';
import { Failure } from './failure';
import { Phase, ScriptPhase, TrainingStage } from './status';

/**
 * How an attempt at a phase ended; `needs_fix` is followed by another attempt, as is `revised`, by a user's plan. Of
 * several drafts those that are not kept are `not_chosen`: nothing that comes later builds on them.
 */
export const ATTEMPT_OUTCOMES = ['succeeded', 'needs_fix', 'failed', 'cancelled', 'revised', 'not_chosen'] as const;
export const AttemptOutcome = z.enum(ATTEMPT_OUTCOMES);
export type AttemptOutcome = z.infer<typeof AttemptOutcome>;

export const AttemptView = z.object({
  phase: Phase,
  /** Counts up through every run of a job. */
  attempt: z.int(),
  run_no: z.int(),
  outcome: AttemptOutcome.nullable().describe('null while it runs'),
  failure: Failure.nullable(),
  detail: z.string().nullable().describe('why it ended so, in a sentence'),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  run_seconds: z.number().describe('of all its runs together'),
  model_calls: z.int().describe('calls of language models by its agents'),
  tokens: z.int().nullable().describe('null where no endpoint told'),
  cost_usd: z.number().nullable().describe('null where no price is known'),
});
export type AttemptView = z.infer<typeof AttemptView>;

/** One run of a script in an engine; a new incarnation replaces one that was lost. */
export const ExecutionView = z.object({
  id: z.string(),
  phase: ScriptPhase,
  stage: TrainingStage.nullable().describe("which of a training's runs; null where one run does it all"),
  attempt: z.int(),
  incarnation: z.int(),
  engine: z.string(),
  container: z.string(),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable().describe('null while it runs'),
  exit: ExitKind.nullable(),
  exit_code: z.int().nullable(),
  seconds: z.number().nullable(),
  peak_memory_bytes: z.int().nullable(),
  cpu_seconds: z.number().nullable(),
  reattached_at: z.array(z.iso.datetime()).describe('when a restarted worker found it and followed it on'),
  loaded_models: z.int().describe('models taken over from the checkpoints of an earlier incarnation'),
  lost_seconds: z
    .number()
    .nullable()
    .describe('worked since the last model that was kept, when it was killed; null where nothing was lost'),
});
export type ExecutionView = z.infer<typeof ExecutionView>;

/** What was tried, in the order it was tried. */
export const TimelineView = z.object({ attempts: z.array(AttemptView), executions: z.array(ExecutionView) });
export type TimelineView = z.infer<typeof TimelineView>;
