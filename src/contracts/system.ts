import { z } from 'zod';
import { JobStatus, ScriptPhase } from './status';

/** One line of `automl doctor`. */
export const Check = z.object({
  id: z.string(),
  title: z.string(),
  verdict: z.enum(['ok', 'warning', 'error']),
  found: z.string().describe('What was found, in a sentence'),
  remedy: z.string().nullable().describe('What to do about it; null where nothing is needed'),
});
export type Check = z.infer<typeof Check>;

/** What a worker does beside running jobs' workflows; each has a task queue of its own. */
export const QUEUE_NAMES = ['jobs', 'executions', 'datasets', 'drafts', 'scores'] as const;
export const QueueName = z.enum(QUEUE_NAMES);
export type QueueName = z.infer<typeof QueueName>;

/** How long a worker may be silent before it counts as gone, seconds: three of its heartbeats. */
export const WORKER_SILENCE_SECONDS = 30;

export const WorkerState = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  version: z.string(),
  engine: z.string().describe('Where it runs scripts'),
  slots: z.int().describe('How many scripts it runs at once'),
  started_at: z.iso.datetime(),
  seen_at: z.iso.datetime(),
  alive: z.boolean().describe(`Whether it was heard of in the last ${WORKER_SILENCE_SECONDS} seconds`),
});
export type WorkerState = z.infer<typeof WorkerState>;

export const QueueState = z.object({
  name: QueueName,
  task_queue: z.string(),
  pollers: z.int().nullable().describe('Workers that asked it for work of late; null where Temporal does not say'),
  backlog: z.int().nullable().describe('Tasks that wait for a worker, about; null where Temporal does not say'),
});
export type QueueState = z.infer<typeof QueueState>;

/** What takes the disk. `other`: all else under DATA_DIR, Temporal's own database and the logs among it. */
export const STORAGE_PLACES = ['uploads', 'jobs', 'models', 'results', 'database', 'other'] as const;
export const StoragePlace = z.enum(STORAGE_PLACES);
export type StoragePlace = z.infer<typeof StoragePlace>;

export const Storage = z.object({
  measured_at: z.iso.datetime(),
  places: z.array(z.object({ name: StoragePlace, bytes: z.int() })),
});
export type Storage = z.infer<typeof Storage>;

export const Spend = z.object({
  usd: z.number().nullable().describe('As far as prices are known; null where nothing is'),
  calls: z.int(),
  unpriced_calls: z.int().describe('Calls whose price is not known: they are not in the sum'),
});
export type Spend = z.infer<typeof Spend>;

export const RunningExecution = z.object({
  job_id: z.string(),
  job_name: z.string(),
  phase: ScriptPhase,
  attempt: z.int(),
  engine: z.string(),
  container: z.string(),
  started_at: z.iso.datetime(),
});
export type RunningExecution = z.infer<typeof RunningExecution>;

export const WaitingJob = z.object({
  job_id: z.string(),
  job_name: z.string(),
  waiting_for: z.string().nullable(),
  waiting_since: z.iso.datetime(),
});
export type WaitingJob = z.infer<typeof WaitingJob>;

/** How the installation is doing. No field holds a secret: whoever reaches the API may read it. */
export const SystemView = z.object({
  version: z.string(),
  node: z.string(),
  uptime_seconds: z.number(),
  database: z.enum(['sqlite', 'postgres']),
  temporal_ui_url: z.string(),
  disk: z.object({ free_bytes: z.int(), total_bytes: z.int() }),
  memory: z.object({ free_bytes: z.int(), total_bytes: z.int() }),
  cpus: z.int(),
  load_average: z.number().describe('Over one minute'),
  jobs: z
    .partialRecord(JobStatus, z.int())
    .describe('How many jobs have each status; statuses without jobs are left out'),
  waiting: z.int().describe('Jobs in a queue'),
  last_engine: z.string().nullable().describe('Where the newest job that ran did so'),
  max_upload_bytes: z.int(),
  health: z.object({
    temporal: z.boolean().describe('Whether Temporal answers'),
    worker: z.boolean().describe('Whether a worker was heard of in the last seconds'),
  }),
  workers: z.array(WorkerState).describe('Newest first; one that ended properly is not listed'),
  queues: z.array(QueueState),
  slots: z.object({
    total: z.int().nullable().describe('Of all workers that are alive; null where none is'),
    in_use: z.int(),
    free: z.int().nullable(),
  }),
  executions: z.array(RunningExecution).describe('Scripts that run now, oldest first'),
  waiting_jobs: z.array(WaitingJob).describe('The first of the queue'),
  storage: Storage.nullable().describe('Measured every few minutes; null until it is for the first time'),
  spend: z.object({ today: Spend, total: Spend }).describe('Calls of models for jobs that are still here; days in UTC'),
  versions: z.object({
    temporal_server: z.string().nullable(),
    temporal_sdk: z.string(),
    h2o: z.string().nullable().describe('Pinned for the runtime'),
    image: z.string().nullable().describe('That scripts run in; null where none is used'),
  }),
  checks: z
    .array(Check.extend({ by: z.enum(['api', 'worker']), checked_at: z.iso.datetime() }))
    .describe("The doctor's: what the API may look at, and what the newest living worker saw"),
});
export type SystemView = z.infer<typeof SystemView>;
