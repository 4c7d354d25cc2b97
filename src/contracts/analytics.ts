import { z } from 'zod';
import { AgentName } from './agents';
import { ExitKind } from './execution';
import { ErrorCategory } from './failure';
import { JobStatus, Phase } from './status';

/** How long something took, in seconds; null where nothing of it has ended. */
export const Durations = z.object({ p50: z.number().nullable(), p95: z.number().nullable() });
export type Durations = z.infer<typeof Durations>;

export const DayOfJobs = z.object({
  day: z.iso.date().describe('UTC'),
  created: z.int(),
  /** Of the jobs that ended on this day. */
  completed: z.int(),
  partial: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  errors: z
    .partialRecord(ErrorCategory, z.int())
    .describe('Attempts that went wrong on this day, mended ones included, and jobs that ended so'),
});
export type DayOfJobs = z.infer<typeof DayOfJobs>;

export const PhaseFigures = z.object({
  phase: Phase,
  attempts: z.int().describe('ended ones'),
  succeeded: z.int(),
  needed_fix: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  seconds: Durations,
});
export type PhaseFigures = z.infer<typeof PhaseFigures>;

export const ErrorFigures = z.object({
  category: ErrorCategory,
  code: z.string(),
  attempts: z.int().describe('attempts that ended so, those that a later one mended included'),
  jobs: z.int().describe('jobs whose last word it is'),
});
export type ErrorFigures = z.infer<typeof ErrorFigures>;

export const AgentFigures = z.object({
  agent_name: AgentName,
  model: z.string(),
  turns: z.int(),
  calls: z.int().describe('failed and repeated ones included'),
  failed_turns: z.int().describe('turns that never got an answer'),
  input_tokens: z.int(),
  output_tokens: z.int(),
  /** Turns of which the endpoint did not tell the tokens. */
  uncounted_turns: z.int(),
  cost_usd: z.number().nullable().describe('null where no price is known'),
  seconds: Durations,
});
export type AgentFigures = z.infer<typeof AgentFigures>;

export const ExecutionFigures = z.object({
  runs: z.int(),
  /** Runs that replaced one that was lost or killed. */
  replacements: z.int(),
  by_exit: z.partialRecord(ExitKind, z.int()),
  seconds: z.number().describe('of all runs together'),
  cpu_seconds: z.number().nullable().describe('null where the engine does not tell'),
});
export type ExecutionFigures = z.infer<typeof ExecutionFigures>;

/** What the installation did in the last days; jobs that were deleted are not counted. */
export const Analytics = z.object({
  days: z.int(),
  since: z.iso.datetime(),
  jobs: z.object({
    created: z.int(),
    by_status: z.partialRecord(JobStatus, z.int()),
    success_rate: z.number().nullable().describe('completed of those that completed, failed or ended in part'),
    seconds: Durations.describe('from start to completion'),
  }),
  by_day: z.array(DayOfJobs),
  phases: z.array(PhaseFigures),
  errors: z.array(ErrorFigures),
  agents: z.array(AgentFigures),
  executions: ExecutionFigures,
  /** Whether only the newest rows of the time were counted, for there are very many. */
  cut: z.boolean(),
});
export type Analytics = z.infer<typeof Analytics>;
