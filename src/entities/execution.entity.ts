import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Metric } from '../contracts/analysis';
import type { ExitKind } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import type { AttemptOutcome } from '../contracts/timeline';
import type { Phase, ScriptPhase, TrainingStage } from '../contracts/status';
import {
  BIGINT,
  BIGINT_OR_NULL,
  INTEGER,
  INTEGER_OR_NULL,
  JSON_TEXT,
  JSON_TEXT_OR_NULL,
  REAL,
  REAL_OR_NULL,
  TEXT,
  TEXT_OR_NULL,
} from './columns';

/** One attempt at one phase; attempts count up through every run of a job. */
@Entity('phase_attempts')
export class AttemptRow {
  @PrimaryColumn(TEXT) job_id!: string;
  @PrimaryColumn(TEXT) phase!: Phase;
  @PrimaryColumn(INTEGER) attempt!: number;
  @Column(INTEGER) run_no!: number;
  /** Counts all attempts of a job in the order they were opened. */
  @Column(INTEGER) ordinal!: number;
  /** The job's changes of limits by then: its plan knows of these, of later ones a training that runs is told. */
  @Column({ ...INTEGER, default: 0 }) limits_changes!: number;
  /** Null while it runs. */
  @Column(TEXT_OR_NULL) outcome!: AttemptOutcome | null;
  @Column(JSON_TEXT_OR_NULL) failure!: Failure | null;
  @Column(TEXT_OR_NULL) detail!: string | null;
  @Column(TEXT) started_at!: string;
  @Column(TEXT_OR_NULL) finished_at!: string | null;
}

/** One run of a script in an engine: what is needed to find it again, and how it ended. */
@Entity('executions')
@Index('executions_once', ['job_id', 'phase', 'attempt', 'stage', 'incarnation'], { unique: true })
export class ExecutionRow {
  @PrimaryColumn(TEXT) id!: string;
  @Column(TEXT) job_id!: string;
  @Column(TEXT) phase!: ScriptPhase;
  @Column(INTEGER) attempt!: number;
  /** Empty where one run does the whole work: it is part of a key, where two nulls would not be the same. */
  @Column({ ...TEXT, default: '' }) stage!: TrainingStage | '';
  @Column(INTEGER) incarnation!: number;
  @Column(TEXT) engine!: string;
  /** The container's name, or the local supervisor's folder name. */
  @Column(TEXT) container!: string;
  @Column(TEXT) started_at!: string;
  /** Null while it runs. */
  @Column(TEXT_OR_NULL) finished_at!: string | null;
  @Column(TEXT_OR_NULL) exit!: ExitKind | null;
  @Column(INTEGER_OR_NULL) exit_code!: number | null;
  @Column(REAL_OR_NULL) seconds!: number | null;
  @Column(BIGINT_OR_NULL) peak_memory_bytes!: number | null;
  @Column(REAL_OR_NULL) cpu_seconds!: number | null;
}

@Entity('resource_samples')
export class ResourceSampleRow {
  @PrimaryColumn(TEXT) execution_id!: string;
  @PrimaryColumn(TEXT) time!: string;
  /** Share of one core. */
  @Column(REAL) cpu!: number;
  @Column(BIGINT) memory_bytes!: number;
  @Column(BIGINT) disk_bytes!: number;
}

@Entity('leaderboard_rows')
export class LeaderboardEntry {
  @PrimaryColumn(TEXT) job_id!: string;
  @PrimaryColumn(TEXT) phase!: Phase;
  @PrimaryColumn(INTEGER) attempt!: number;
  @PrimaryColumn(TEXT) model_id!: string;
  /** Place on the leaderboard, from 1. */
  @Column(INTEGER) place!: number;
  @Column(TEXT) algorithm!: string;
  @Column(TEXT) metric!: Metric;
  @Column(REAL_OR_NULL) score!: number | null;
  @Column(REAL_OR_NULL) train_seconds!: number | null;
}

/** What a step handed on: a retry of the job resumes from these. */
@Entity('step_outputs')
export class StepOutputRow {
  @PrimaryColumn(TEXT) job_id!: string;
  @PrimaryColumn(TEXT) phase!: Phase;
  @PrimaryColumn(INTEGER) attempt!: number;
  @PrimaryColumn(TEXT) kind!: string;
  @Column(JSON_TEXT) value!: unknown;
  @Column(TEXT) created_at!: string;
}
