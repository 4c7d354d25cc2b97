import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { Metric } from '../contracts/analysis';
import type { DatasetOverrides } from '../contracts/dataset-overrides';
import type { JobEvent } from '../contracts/events';
import type { Failure } from '../contracts/failure';
import type { JobOptions } from '../contracts/jobs';
import type { Question } from '../contracts/questions';
import type { JobStatus, Phase } from '../contracts/status';
import {
  BIGINT_OR_NULL,
  INTEGER,
  INTEGER_OR_NULL,
  JSON_TEXT,
  JSON_TEXT_OR_NULL,
  REAL_OR_NULL,
  TEXT,
  TEXT_OR_NULL,
} from './columns';

/** One job. Its row is also the lock under which everything that belongs to the job is written. */
@Entity('jobs')
@Index('jobs_by_age', ['created_at', 'id'])
@Index('jobs_by_status', ['status', 'created_at', 'id'])
@Index('jobs_by_progress', ['progress', 'created_at', 'id'])
@Index('jobs_by_target', ['target_column'])
@Index('jobs_by_score', ['score', 'created_at', 'id'])
@Index('jobs_by_skill', ['skill', 'created_at', 'id'])
@Index('jobs_by_run_seconds', ['run_seconds', 'created_at', 'id'])
@Index('jobs_by_cost_usd', ['cost_usd', 'created_at', 'id'])
@Index('jobs_by_models_trained', ['models_trained', 'created_at', 'id'])
export class JobRow {
  @PrimaryColumn(TEXT) id!: string;
  @Column(TEXT) name!: string;
  @Column(TEXT) prompt!: string;
  /** `uploads/<job_id>/<file>`, see `uploadedFile`. */
  @Column(TEXT_OR_NULL) dataset_path!: string | null;
  /** The file's name as the user gave it, for people. */
  @Column(TEXT_OR_NULL) dataset_name!: string | null;
  @Column(BIGINT_OR_NULL) dataset_bytes!: number | null;
  /** The version of a data set that the job has a copy of, or, until it starts, will get one of. */
  @Column(TEXT_OR_NULL) dataset_id!: string | null;
  @Column(INTEGER_OR_NULL) dataset_version!: number | null;
  /** Corrections that came with the job's own upload. */
  @Column(JSON_TEXT_OR_NULL) dataset_overrides!: DatasetOverrides | null;
  @Column({ ...TEXT, default: 'created' }) status!: JobStatus;
  @Column(TEXT_OR_NULL) phase!: Phase | null;
  @Column({ ...INTEGER, default: 0 }) progress!: number;
  @Column(TEXT_OR_NULL) doing!: string | null;
  @Column(TEXT_OR_NULL) waiting_for!: string | null;
  /** What the user is asked, while the job awaits an answer. */
  @Column(JSON_TEXT_OR_NULL) question!: Question | null;
  /** Since when the job has been in a queue; null where it is in none. */
  @Column(TEXT_OR_NULL) waiting_since!: string | null;
  @Column({ type: 'boolean', default: false }) cancel_requested!: boolean;
  /** The user wants the job paused: until a resume, whether the workflow has heard of it yet or not. */
  @Column({ type: 'boolean', default: false }) pause_requested!: boolean;
  @Column(TEXT) created_at!: string;
  @Column(TEXT) updated_at!: string;
  @Column(TEXT_OR_NULL) started_at!: string | null;
  @Column(TEXT_OR_NULL) finished_at!: string | null;
  @Column(TEXT_OR_NULL) error_message!: string | null;
  @Column(JSON_TEXT_OR_NULL) error!: Failure | null;
  /** The column that is predicted: as asked for, until the analysis has decided. */
  @Column(TEXT_OR_NULL) target_column!: string | null;
  @Column(TEXT_OR_NULL) requested_target_column!: string | null;
  @Column(JSON_TEXT) options!: JobOptions;
  @Column(TEXT_OR_NULL) metric!: Metric | null;
  @Column(REAL_OR_NULL) score!: number | null;
  @Column(REAL_OR_NULL) baseline_score!: number | null;
  /** Follows from the two scores, see `skillOf`; a column, so that a list can be sorted by it. */
  @Column(REAL_OR_NULL) skill!: number | null;
  /** From start to end; null until the job has ended. */
  @Column(REAL_OR_NULL) run_seconds!: number | null;
  /** What models cost, as far as prices are known; null where nothing is. */
  @Column(REAL_OR_NULL) cost_usd!: number | null;
  @Column({ ...INTEGER, default: 0 }) models_trained!: number;
  @Column({ ...INTEGER, default: 0 }) run_no!: number;
  /** The phase that the newest run begins with. */
  @Column(TEXT_OR_NULL) run_from!: Phase | null;
  @Column(TEXT_OR_NULL) engine!: string | null;
  @Column(TEXT_OR_NULL) parent_job_id!: string | null;
  /** Counts the jobs of one lineage: the root and all its forks. */
  @Column({ ...INTEGER, default: 1 }) version_number!: number;
  /** The first job of the lineage; null for that job itself. */
  @Column(TEXT_OR_NULL) root_job_id!: string | null;
  /** The phase that a fork began with; null for a job that is none. */
  @Column(TEXT_OR_NULL) forked_from!: Phase | null;
  /** When a fork had its parent's files: before that its parent must not be purged. */
  @Column(TEXT_OR_NULL) inherited_at!: string | null;
  /** How often the user has changed what bounds a training; see `AttemptRow`. */
  @Column({ ...INTEGER, default: 0 }) limits_changes!: number;
  /** Number of the newest event. */
  @Column({ ...INTEGER, default: 0 }) event_seq!: number;
  /** Set while the job waits to be purged: it is hidden from every reader at once. */
  @Column(TEXT_OR_NULL) deleted_at!: string | null;
}

/** The append-only stream of what happened to a job; `seq` counts from 1 without holes. */
@Entity('job_events')
@Index('job_events_once', ['job_id', 'key'], { unique: true })
export class JobEventRow {
  @PrimaryColumn(TEXT) job_id!: string;
  @PrimaryColumn(INTEGER) seq!: number;
  @Column(TEXT) type!: JobEvent['type'];
  @Column(JSON_TEXT) data!: Record<string, unknown>;
  /** Where the event has no row of its own: what makes a repeated write of it the same event. */
  @Column(TEXT_OR_NULL) key!: string | null;
  @Column(TEXT) created_at!: string;
}

/** What a creating call with an `Idempotency-Key` made, so that its repetition finds it. */
@Entity('idempotency_keys')
export class IdempotencyKeyRow {
  @PrimaryColumn(TEXT) scope!: string;
  @PrimaryColumn(TEXT) key!: string;
  @Column(TEXT) body_hash!: string;
  @Column(TEXT) resource_id!: string;
  @Column(TEXT) created_at!: string;
}

/** Who changed what, through the API; outlives the job. */
@Entity('audit_log')
@Index('audit_log_by_job', ['job_id'])
export class AuditRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column(TEXT) action!: string;
  @Column(TEXT_OR_NULL) job_id!: string | null;
  @Column(JSON_TEXT) detail!: Record<string, unknown>;
  @Column(TEXT) created_at!: string;
}
