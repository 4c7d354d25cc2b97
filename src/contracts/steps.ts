import { z } from 'zod';
import { AgentName } from './agents';
import { Failure } from './failure';
import type { QuestionKind } from './questions';
import { FinalStatus, Phase, TrainingStage } from './status';

/** One of several drafts of which the best is kept; counts from 1. */
export const Draft = z.object({ number: z.int().min(1), of: z.int().min(2) });
export type Draft = z.infer<typeof Draft>;

/** What every agent and execution activity is called with; all else is read from the database by these keys. */
export const StepInput = z.object({
  job_id: z.string(),
  run_no: z.int().min(1),
  /** Counts up through every run of a job. */
  attempt: z.int().min(1),
  /** How many more attempts the workflow will make at this phase. */
  attempts_left: z.int().min(0),
  /** The budget for models about whose end the user has been asked: with the same one the template carries on. */
  budget_answered: z.string().optional(),
  /** Which of several drafts of a training this attempt is. */
  draft: Draft.optional(),
});
export type StepInput = z.infer<typeof StepInput>;

/** What a job that waits for its user waits for, in words. */
export const WAITING_FOR = {
  plan: 'Your approval of the training plan.',
  budget: 'Your word: the budget for models is used up.',
  final: 'Your word on the measured result.',
  choice: 'Your answer to a question about the data.',
} as const satisfies Record<QuestionKind, string>;

/** Until a question answers itself, seconds: one day. */
export const ANSWER_TIMEOUT_SECONDS = 86_400;

/** A user's answer at the approval gate. */
export const Answer = z.enum(['approve', 'reject']);
export type Answer = z.infer<typeof Answer>;

export const PAUSE_SIGNAL = 'pause';
export const RESUME_SIGNAL = 'resume';
export const ANSWER_SIGNAL = 'answer';

/** A gate that the user wants: how long it waits, and what holds when no answer comes. */
const Gate = z.object({ timeout_secs: z.int().min(1), otherwise: Answer });
export type Gate = z.infer<typeof Gate>;

/** What a run starts from. */
export const RunStart = z.object({
  name: z.string(),
  /** The last attempt made at each phase by any run so far; 0 where none. */
  last_attempt: z.record(Phase, z.int().min(0)),
  /** Whether the user wants to see the training plan first. */
  approval: Gate.nullable(),
  /** Whether the user wants to see the result before the job ends. Older runs have no such field. */
  final_approval: Gate.optional(),
  /** How many drafts of the training are tried, where that is more than one. */
  search: z.int().min(2).optional(),
  /** A fork that has not got its parent's files yet. Runs that began before there were forks have no such field. */
  inherits: z.boolean().optional(),
  /** Agents that are asked about a phase when it is done; missing where there are none, as in older runs. */
  advisors: z.array(z.object({ name: AgentName, after: Phase })).optional(),
});
export type RunStart = z.infer<typeof RunStart>;

export const AnalysisSummary = z.object({
  task: z.string(),
  target: z.string(),
  rows: z.int(),
  columns: z.int(),
  horizon: z.int().nullable(),
});
export type AnalysisSummary = z.infer<typeof AnalysisSummary>;

export const BuildSummary = z.object({
  script: z.string(),
  rationale: z.string().max(500),
  /** The runs that the work is divided into; missing where one script does it all, as every training's once did. */
  stages: z.array(TrainingStage).optional(),
});
export type BuildSummary = z.infer<typeof BuildSummary>;

export const FinalCheck = z.object({
  /** The artefacts a completed job must have and this one lacks. */
  missing: z.array(z.string()),
  present: z.array(z.string()),
});
export type FinalCheck = z.infer<typeof FinalCheck>;

/** The workflow's result. */
export const JobOutcome = z.object({ status: FinalStatus, failure: Failure.nullable() });
export type JobOutcome = z.infer<typeof JobOutcome>;
