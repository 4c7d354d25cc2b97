import { z } from 'zod';
import { AgentName } from './agents';
import { Metric } from './analysis';
import { BudgetEnd, ModelBudget } from './budget';
import { ErrorCategory, Failure } from './failure';
import { BacktestPoint, IntervalCoverage, MetricValues, TrainingLimits } from './execution';
import { JobStatus, Phase, ScriptPhase } from './status';
import { PlanBounds, PlanEdits } from './plan-edits';
import { HolidayRegion, TrainingPlan } from './plans';
import { Question, QuestionKind } from './questions';

/** What a user may set when a job is made; everything else is decided from the data and the goal. */
export const JobOptions = z.object({
  horizon: z.int().min(1).max(10_000).optional().describe('Steps to forecast'),
  metric: Metric.optional(),
  max_models: z.int().min(1).max(500).optional(),
  max_runtime_secs: z
    .int()
    .min(5)
    .max(7 * 86_400)
    .optional()
    .describe(
      'Seconds for the work from the first training run to the plot, kept within 10 % or 15 s; waiting, questions and ' +
        'repairs aside',
    ),
  holidays: HolidayRegion.optional().describe('Whose public holidays a forecast knows: ISO 3166, such as DE or US-CA'),
  weight_column: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .optional()
    .describe('The column that says how much a row counts, in training and in every metric; tables only'),
  seed: z.int().min(0).max(2_147_483_647).optional(),
  date_column: z.string().max(500).optional(),
  approval: z
    .enum(['none', 'plan', 'final', 'all'])
    .optional()
    .describe('`plan`: ask before training starts; `final`: show the measured result before the job ends; `all`: both'),
  search: z
    .int()
    .min(1)
    .max(5)
    .optional()
    .describe(
      'How many drafts of the training are tried; the best by validated score is kept. max_models holds for each, ' +
        'max_runtime_secs for all together',
    ),
  ask: z
    .boolean()
    .optional()
    .describe('Ask where the data leave a real doubt: the target, the order of dates, the horizon'),
  approval_timeout_secs: z
    .int()
    .min(1)
    .max(30 * 86_400)
    .optional()
    .describe('How long to wait for an answer (one day)'),
  approval_default: z.enum(['approve', 'reject']).optional().describe('What holds when no answer comes (approve)'),
  plan: PlanEdits.optional().describe('What the user decides of the training plan'),
  agents: z
    .enum(['auto', 'template'])
    .optional()
    .describe('`template`: no model is asked, even where one is configured'),
  model_budget: ModelBudget.optional().describe('What models may use for this job'),
  budget_end: BudgetEnd.optional().describe('At the end of the budget: `ask` the user, or go on with the `template`'),
  webhook_url: z.url().max(2000).optional().describe('Gets a POST when the job is final or awaits input'),
});
export type JobOptions = z.infer<typeof JobOptions>;

export const CreateJob = JobOptions.extend({
  name: z.string().trim().min(1).max(200),
  prompt: z.string().trim().min(1).max(20_000),
  target_column: z.string().trim().min(1).max(500).nullish(),
  dataset_id: z.string().max(100).optional().describe('A data set; the job starts with it at once'),
  dataset_version: z.int().min(1).optional().describe('Which of its versions; the newest that is ready unless given'),
});
export type CreateJob = z.infer<typeof CreateJob>;

export const JobCreated = z.object({ job_id: z.string(), status: JobStatus, message: z.string() });
export const Uploaded = z.object({
  message: z.string(),
  file_path: z.string(),
  /** Where the job does not start yet: what it will start with. */
  dataset_id: z.string().nullable(),
  dataset_version: z.int().nullable(),
});
export const StatusChange = z.object({ message: z.string(), previous_status: JobStatus });
/** Changes of the training plan; null takes a budget back. The edits replace earlier ones. */
export const RevisePlan = z.strictObject({
  ...PlanEdits.shape,
  max_models: JobOptions.shape.max_models.nullable(),
  max_runtime_secs: JobOptions.shape.max_runtime_secs.nullable(),
});
export type RevisePlan = z.infer<typeof RevisePlan>;

export const RetryJob = z.object({
  from: Phase.optional(),
  plan: RevisePlan.optional().describe('Trains again, by a plan with these changes'),
});
export type RetryJob = z.infer<typeof RetryJob>;

/** The newest training plan of a job, and what may be changed on it. */
export const PlanView = z.object({
  attempt: z.int(),
  plan: TrainingPlan,
  /** What the user has decided of it so far. */
  edits: PlanEdits,
  bounds: PlanBounds,
  /** Whether the job waits for a word about it. */
  open: z.boolean(),
});
export type PlanView = z.infer<typeof PlanView>;
export const RenameJob = z.object({ name: z.string().trim().min(1).max(200) });

/** What may change while a job runs; null takes an option back. */
export const UpdateJob = z
  .strictObject({
    prompt: CreateJob.shape.prompt.optional(),
    max_models: JobOptions.shape.max_models.nullable(),
    max_runtime_secs: JobOptions.shape.max_runtime_secs.nullable(),
    horizon: JobOptions.shape.horizon.nullable(),
    metric: JobOptions.shape.metric.nullable(),
    webhook_url: JobOptions.shape.webhook_url.nullable(),
    model_budget: JobOptions.shape.model_budget.nullable(),
  })
  .refine(
    (changes) => Object.values(changes).some((value) => value !== undefined),
    'Name at least one field to change',
  );
export type UpdateJob = z.infer<typeof UpdateJob>;

/** What a fork may have otherwise than its parent; null takes an option back. */
export const ForkChanges = z
  .strictObject({
    name: CreateJob.shape.name,
    prompt: CreateJob.shape.prompt,
    target_column: CreateJob.shape.target_column,
    ...JobOptions.shape,
  })
  .partial()
  .extend(
    Object.fromEntries(Object.entries(JobOptions.shape).map(([name, field]) => [name, field.nullable()])) as {
      [Name in keyof typeof JobOptions.shape]: z.ZodNullable<(typeof JobOptions.shape)[Name]>;
    },
  );
export type ForkChanges = z.infer<typeof ForkChanges>;

export const ForkJob = z.object({
  from: Phase.describe('The phase to begin with; everything before it is taken from the parent'),
  changes: ForkChanges.optional(),
});
export type ForkJob = z.infer<typeof ForkJob>;

export const AnswerJob = z.object({
  answer: z
    .string()
    .min(1)
    .max(200)
    .describe("The id of one of the question's choices; `approve` or `reject` to a gate"),
  question: z
    .string()
    .max(200)
    .optional()
    .describe('Which question it is meant for: refused where another one is open'),
});
export type AnswerJob = z.infer<typeof AnswerJob>;
export const SendMessage = z.object({ content: z.string().trim().min(1).max(20_000) });

export const JobView = z.object({
  id: z.string(),
  name: z.string(),
  prompt: z.string(),
  dataset_path: z.string().nullable(),
  /** The data set and version that the job was, or will be, started with. */
  dataset_id: z.string().nullable(),
  dataset_version: z.int().nullable(),
  status: JobStatus,
  final: z.boolean(),
  phase: Phase.nullable(),
  /** 0-100, from finished phases and the runtime's own events. */
  progress: z.int().min(0).max(100),
  /** What happens right now, in a sentence. */
  doing: z.string().nullable(),
  waiting_for: z.string().nullable(),
  /** Of a job that waits for an answer: to what. */
  question: QuestionKind.nullable().default(null),
  /** The same with its words, its choices and what holds when no answer comes. */
  question_detail: Question.nullable().default(null),
  queue_position: z.int().nullable(),
  /** Until the run probably gets a slot, from how long such runs took; null where that is not known, and in events. */
  queue_seconds: z.number().nullable().default(null),
  cancel_requested: z.boolean(),
  /** True from the pause until the resume; `paused` is the status once nothing runs any more. */
  pause_requested: z.boolean(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  finished_at: z.iso.datetime().nullable(),
  error_message: z.string().nullable(),
  error: Failure.nullable(),
  /** The column that is predicted: as asked for, until the analysis has decided. */
  target_column: z.string().nullable(),
  /** As the user wrote it. */
  requested_target_column: z.string().nullable(),
  options: JobOptions,
  metric: Metric.nullable(),
  score: z.number().nullable(),
  baseline_score: z.number().nullable(),
  skill: z.number().nullable().default(null).describe('How much better than the naive baseline; see `skillOf`'),
  run_seconds: z.number().nullable().default(null).describe('From start to end; null until the job has ended'),
  cost_usd: z.number().nullable().default(null).describe('What models cost, US dollars, as far as prices are known'),
  models_trained: z.int(),
  run_no: z.int(),
  engine: z.string().nullable(),
  /** The job that this one was forked from. */
  parent_job_id: z.string().nullable(),
  /** Counts the jobs of one lineage, from 1: the first job and all forks. */
  version_number: z.int(),
  /** The first job of the lineage; null for that job itself. */
  root_job_id: z.string().nullable(),
  /** The phase that a fork began with: what comes before it is its parent's. */
  forked_from: Phase.nullable(),
  temporal_url: z.string().nullable(),
});
export type JobView = z.infer<typeof JobView>;

export const JobUpdated = z.object({ message: z.string().describe('When each change takes effect'), job: JobView });
export type JobUpdated = z.infer<typeof JobUpdated>;

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;
export const LogLevel = z.enum(LOG_LEVELS);
export type LogLevel = z.infer<typeof LogLevel>;

export const LogView = z.object({
  id: z.int(),
  job_id: z.string(),
  message: z.string(),
  level: LogLevel,
  timestamp: z.iso.datetime(),
});
export type LogView = z.infer<typeof LogView>;

export const MESSAGE_TYPES = ['agent', 'user', 'user_input_request'] as const;
export const MessageView = z.object({
  id: z.int(),
  job_id: z.string(),
  agent_name: z.string(),
  content: z.string(),
  message_type: z.enum(MESSAGE_TYPES),
  timestamp: z.iso.datetime(),
  /** `template`, `llm` or `user`. */
  source: z.string(),
});
export type MessageView = z.infer<typeof MessageView>;

/** A user's message as it was stored, and the choice that it was taken for where the job waits for an answer. */
export const MessageSent = MessageView.extend({ answer: z.string().nullable() });
export type MessageSent = z.infer<typeof MessageSent>;

export const StatisticsView = z.object({
  id: z.int(),
  job_id: z.string(),
  agent_name: AgentName,
  tokens_consumed: z.int().nullable(),
  calls_count: z.int(),
  input_tokens: z.int().nullable(),
  output_tokens: z.int().nullable(),
  cost_usd: z.number().nullable().describe('US dollars; null where price or tokens are not known'),
  total_execution_time: z.number().describe('seconds'),
  last_updated: z.iso.datetime(),
});

export const ReportView = z.object({
  id: z.int(),
  job_id: z.string(),
  stage: Phase,
  title: z.string(),
  content: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: z.iso.datetime(),
});

export const ScriptView = z.object({
  id: z.int(),
  job_id: z.string(),
  script_name: z.string(),
  script_type: ScriptPhase,
  attempt: z.int(),
  script_content: z.string(),
  agent_name: z.string(),
  execution_result: z.record(z.string(), z.unknown()).nullable(),
  created_at: z.iso.datetime(),
});

export const ModelView = z.object({
  id: z.string(),
  job_id: z.string(),
  name: z.string(),
  model_path: z.string(),
  metrics: MetricValues,
  baseline: z.object({ name: z.string(), metrics: MetricValues }).nullable(),
  metric: Metric.nullable(),
  created_at: z.iso.datetime(),
});
export type ModelView = z.infer<typeof ModelView>;

export const LeaderboardView = z.object({
  model_id: z.string(),
  algorithm: z.string(),
  metric: Metric,
  score: z.number().nullable(),
  train_seconds: z.number().nullable(),
  attempt: z.int(),
});
export type LeaderboardView = z.infer<typeof LeaderboardView>;

export const HistoryPoint = z.object({ series: z.string().nullable(), date: z.string(), actual: z.number() });
export type HistoryPoint = z.infer<typeof HistoryPoint>;

export const ResultsView = z.object({
  forecast_plot: z.boolean(),
  figures: z.boolean().describe('More pictures, for print'),
  predictions_csv: z.boolean(),
  model_files: z.array(z.object({ id: z.string(), name: z.string(), exists: z.boolean() })),
  leaderboard: z.array(LeaderboardView),
  metric: Metric.nullable(),
  metrics: MetricValues,
  baseline: z.object({ name: z.string(), metrics: MetricValues }).nullable(),
  skill: z.number().nullable(),
  task: z.string().nullable(),
  /** What bounded the training in the end; null where it is not known. */
  limits: TrainingLimits.nullable(),
  /** Series only: of each range of the forecast, how often what came lay inside. */
  intervals: z.array(IntervalCoverage),
  /** Series only: the sealed rows with what was forecast for them. */
  backtest: z.array(BacktestPoint),
  /** Series only: what was observed just before, oldest first. */
  history: z.array(HistoryPoint),
});
export type ResultsView = z.infer<typeof ResultsView>;

export const ResourceView = z.object({
  execution_id: z.string(),
  phase: ScriptPhase,
  attempt: z.int(),
  time: z.iso.datetime(),
  cpu: z.number(),
  memory_bytes: z.int(),
  disk_bytes: z.int(),
});

export const AuditView = z.object({
  id: z.int(),
  action: z.string(),
  /** Null where it concerns no job. */
  job_id: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  created_at: z.iso.datetime(),
});
export type AuditView = z.infer<typeof AuditView>;

/** RFC 9457. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  category: ErrorCategory,
  code: z.string(),
  hint: z.string(),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('What is wrong field by field, where that is known'),
});
export type Problem = z.infer<typeof Problem>;

/** The workflow's whole input: everything else is read from the database by activities. */
export const JobRun = z.object({
  job_id: z.string(),
  /** Counts the runs of a job; an older run that wakes up late may write nothing. */
  run_no: z.int().min(1),
  /** The phase to begin with; the phases before it are read from stored outputs. */
  from: Phase,
});
export type JobRun = z.infer<typeof JobRun>;

export function workflowIdOf(jobId: string): string {
  return `automl-job-${jobId}`;
}
