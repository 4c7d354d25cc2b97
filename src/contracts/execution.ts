import { z } from 'zod';
import { Metric, Task } from './analysis';
import { Column } from './dataset';
import { Failure } from './failure';
import { Insight } from './insight';
import { PlotPlan, PredictionPlan, TrainingPlan } from './plans';
import { ScriptPhase, TrainingStage } from './status';

/** The version of everything that TypeScript and Python say to each other; the image carries it as a label. */
export const RUNTIME_CONTRACT = 1;

/**
 * `config.json`, beside every script; paths are relative to the script's own folder, so the same script runs in a
 * container, in the sandbox and by hand. Fixtures: runtime/h2o/fixtures/.
 */
export const RunConfig = z.object({
  schema_version: z.literal(RUNTIME_CONTRACT),
  job_id: z.string(),
  job_name: z.string(),
  phase: ScriptPhase,
  /** Which of a training's runs this is; null where one script does a phase's whole work. */
  stage: TrainingStage.nullable(),
  attempt: z.int().min(1),
  /** The file as this run has it: training sees the rows that were not sealed under the same name. */
  dataset: z.object({
    path: z.string(),
    sha256: z.string(),
    rows: z.int(),
    columns: z.array(Column.pick({ name: true, type: true })),
  }),
  plan: z.union([TrainingPlan, PredictionPlan, PlotPlan]),
  /** The one writable folder. */
  output: z.string(),
  /** Set from the prediction phase on. */
  model: z.string().nullable(),
  /** Set for the visualization phase. */
  predictions: z.string().nullable(),
  /** How rows were sealed, as far as training may know it; set for the stages after the sealing. */
  split: z.string().nullable(),
  /** Which rows are sealed; set for the evaluation alone. */
  sealed: z.string().nullable(),
  /** What training leaves to be judged; set for the evaluation alone. */
  candidate: z.string().nullable(),
  /** Processors the run may use. */
  threads: z.int().min(1),
});
export type RunConfig = z.infer<typeof RunConfig>;

/** A row of the leaderboard: `score` is the cross-validated value of the plan's metric, from training rows only. */
export const LeaderboardRow = z.object({
  model_id: z.string(),
  algorithm: z.string(),
  metric: Metric,
  score: z.number().nullable(),
  train_seconds: z.number().nullable(),
});
export type LeaderboardRow = z.infer<typeof LeaderboardRow>;

const base = { time: z.iso.datetime({ offset: true }) };

/** What the runtime prints on stdout, one JSON object a line; any other line is an ordinary log line. */
export const RuntimeEvent = z.discriminatedUnion('event', [
  z.object({
    ...base,
    event: z.literal('stage'),
    stage: z.string().max(40),
    message: z.string().max(500),
    /** Share of the whole execution that is done, 0-1. */
    progress: z.number().min(0).max(1),
  }),
  z.object({
    ...base,
    event: z.literal('model'),
    ...LeaderboardRow.shape,
    /** How many base models are trained so far and how many are planned (null: bounded by time). */
    trained: z.int(),
    planned: z.int().nullable(),
    progress: z.number().min(0).max(1),
  }),
  z.object({ ...base, event: z.literal('leaderboard'), rows: z.array(LeaderboardRow).max(100) }),
  z.object({
    ...base,
    event: z.literal('log'),
    level: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']),
    message: z.string().max(4000),
  }),
  z.object({ ...base, event: z.literal('failure'), ...Failure.shape }),
]);
export type RuntimeEvent = z.infer<typeof RuntimeEvent>;

export const ARTIFACT_KINDS = ['model', 'predictions', 'plot', 'other'] as const;
export const Artifact = z.object({
  kind: z.enum(ARTIFACT_KINDS),
  /** Relative to the output folder; a plain name. */
  path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Artifact = z.infer<typeof Artifact>;

/** Metric name -> value on the sealed rows; null where it can't be computed (MAPE with zeros, say). */
export const MetricValues = z.record(z.string(), z.number().nullable());
export type MetricValues = z.infer<typeof MetricValues>;

/** What a series was like on its sealed rows: what a plot and the web draw as the backtest. */
export const BacktestPoint = z.object({
  series: z.string().nullable(),
  date: z.string(),
  actual: z.number(),
  forecast: z.number(),
  naive: z.number(),
});
export type BacktestPoint = z.infer<typeof BacktestPoint>;

/** A prediction interval's nominal level, per cent, and the share of values that really lay inside. */
export const IntervalCoverage = z.object({
  level: z.int().min(1).max(99),
  /** Each origin of the backtest judged by intervals from all others; null where there are too few. */
  backtest_coverage: z.number().min(0).max(1).nullable(),
  /** On the sealed rows. */
  holdout_coverage: z.number().min(0).max(1).nullable(),
});
export type IntervalCoverage = z.infer<typeof IntervalCoverage>;

/** What bounds a training; null: not bounded so. */
export const TrainingLimits = z.object({
  max_models: z.int().min(1).nullable(),
  max_runtime_secs: z.int().min(1).nullable(),
});
export type TrainingLimits = z.infer<typeof TrainingLimits>;

/** TrainingLimits as JSON under this name in the output folder hold instead of the plan's, from the next model on. */
export const LIMITS_FILE = 'limits.json';

/** `result.json` in the output folder, renamed into place as the last thing a run does. */
export const RuntimeResult = z.object({
  schema_version: z.literal(RUNTIME_CONTRACT),
  phase: ScriptPhase,
  /** Missing in results of before a training had stages. */
  stage: TrainingStage.nullable().optional(),
  status: z.enum(['succeeded', 'failed']),
  failure: Failure.nullable(),
  task: Task,
  /** Training: on the sealed rows. Empty for the other phases. */
  metrics: MetricValues,
  baseline: z.object({ name: z.string(), metrics: MetricValues }).nullable(),
  metric: Metric.nullable(),
  /** 1 - model/naive on the plan's metric (or the difference, where higher is better); negative: worse than naive. */
  skill: z.number().nullable(),
  leaderboard: z.array(LeaderboardRow).max(100),
  best_model: z.object({ model_id: z.string(), algorithm: z.string() }).nullable(),
  rows: z.object({ training: z.int(), holdout: z.int(), predicted: z.int() }).partial(),
  /** What bounded a training in the end; null for the other phases. Missing in results of before limits could change. */
  limits: TrainingLimits.nullable().optional(),
  backtest: z.array(BacktestPoint).max(5000),
  /** Series: how far the intervals of the forecast hold. Missing in results of before there were any. */
  intervals: z.array(IntervalCoverage).max(10).optional(),
  /** Trainings only. Missing in results of before there was any. */
  insight: Insight.nullable().optional(),
  artifacts: z.array(Artifact),
  warnings: z.array(z.string()),
  /** Stage -> seconds. */
  timings: z.record(z.string(), z.number()),
  versions: z.record(z.string(), z.string()),
});
export type RuntimeResult = z.infer<typeof RuntimeResult>;

export const ResourceSample = z.object({
  time: z.iso.datetime(),
  /** Share of one core: 1.5 is one and a half cores. */
  cpu: z.number(),
  memory_bytes: z.int(),
  disk_bytes: z.int(),
});
export type ResourceSample = z.infer<typeof ResourceSample>;

/** The exit code of a run that stopped between two slices because it was asked to pause; it resumes from there. */
export const PAUSED_EXIT_CODE = 75;
/** An empty file of this name in the output folder asks for that. */
export const PAUSE_REQUEST_FILE = 'pause.request';

/** How an execution ended, from the engine's own exit state; `paused` is ours, for exit code 75 when asked for. */
export const EXIT_KINDS = ['exited', 'oom_killed', 'timed_out', 'killed', 'quota_exceeded', 'lost', 'paused'] as const;
export const ExitKind = z.enum(EXIT_KINDS);
export type ExitKind = z.infer<typeof ExitKind>;

/** One finished execution as the Analyst and the reader see it; small enough for history. */
export const ExecutionReport = z.object({
  execution_id: z.string(),
  phase: ScriptPhase,
  /** Of a training: its last stage, or the one that failed; the figures are those of all its stages together. */
  stage: TrainingStage.optional(),
  attempt: z.int(),
  incarnation: z.int(),
  engine: z.string(),
  container: z.string(),
  exit: ExitKind,
  exit_code: z.int().nullable(),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime(),
  seconds: z.number(),
  peak_memory_bytes: z.int().nullable(),
  cpu_seconds: z.number().nullable(),
  succeeded: z.boolean(),
  failure: Failure.nullable(),
  metric: Metric.nullable(),
  score: z.number().nullable(),
  baseline_score: z.number().nullable(),
  skill: z.number().nullable(),
  models_trained: z.int(),
  /** Rows that the run was given, or has set aside, to train on; missing where it does neither. */
  training_rows: z.int().optional(),
  artifacts: z.array(Artifact),
  warnings: z.array(z.string().max(300)).max(20),
});
export type ExecutionReport = z.infer<typeof ExecutionReport>;
