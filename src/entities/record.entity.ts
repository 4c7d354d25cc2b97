import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { Metric } from '../contracts/analysis';
import type { MetricValues } from '../contracts/execution';
import type { LogLevel, MessageView } from '../contracts/jobs';
import type { Phase, ScriptPhase } from '../contracts/status';
import {
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

/** `key` is the writer's own name for the row, unique in its job: writing it again changes nothing. */

@Entity('logs')
@Index('logs_once', ['job_id', 'key'], { unique: true })
export class LogRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column(TEXT) job_id!: string;
  @Column(TEXT) key!: string;
  @Column(TEXT) message!: string;
  @Column(TEXT) level!: LogLevel;
  @Column(TEXT) timestamp!: string;
}

@Entity('agent_messages')
@Index('agent_messages_once', ['job_id', 'key'], { unique: true })
export class MessageRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column(TEXT) job_id!: string;
  @Column(TEXT) key!: string;
  @Column(TEXT) agent_name!: string;
  @Column(TEXT) content!: string;
  @Column({ ...TEXT, default: 'agent' }) message_type!: MessageView['message_type'];
  @Column(TEXT) timestamp!: string;
  @Column({ ...TEXT, default: 'agent' }) source!: string;
}

@Entity('process_reports')
@Index('process_reports_once', ['job_id', 'key'], { unique: true })
export class ReportRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column(TEXT) job_id!: string;
  @Column(TEXT) key!: string;
  @Column(TEXT) stage!: Phase;
  @Column(TEXT) title!: string;
  @Column(TEXT) content!: string;
  @Column(JSON_TEXT) metadata!: Record<string, unknown>;
  @Column(TEXT) created_at!: string;
}

@Entity('generated_scripts')
@Index('generated_scripts_once', ['job_id', 'script_type', 'attempt'], { unique: true })
export class ScriptRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column(TEXT) job_id!: string;
  @Column(TEXT) script_type!: ScriptPhase;
  @Column(INTEGER) attempt!: number;
  @Column(TEXT) script_name!: string;
  @Column(TEXT) script_content!: string;
  @Column(TEXT) agent_name!: string;
  @Column(JSON_TEXT_OR_NULL) execution_result!: Record<string, unknown> | null;
  @Column(TEXT) created_at!: string;
}

/** One answered call of an agent; the totals in `agent_statistics` are derived from these. */
@Entity('agent_calls')
export class AgentCallRow {
  @PrimaryColumn(TEXT) job_id!: string;
  @PrimaryColumn(TEXT) key!: string;
  @Column(TEXT) agent_name!: string;
  /** `template` or `llm`. */
  @Column(TEXT) source!: string;
  @Column(REAL) seconds!: number;
  /** Null where the model endpoint did not say, and for templates. */
  @Column(INTEGER_OR_NULL) input_tokens!: number | null;
  @Column(INTEGER_OR_NULL) output_tokens!: number | null;
  /** Null where the model's price or the tokens are not known. */
  @Column(REAL_OR_NULL) cost_usd!: number | null;
  @Column(TEXT) created_at!: string;
}

@Entity('agent_statistics')
@Index('agent_statistics_once', ['job_id', 'agent_name'], { unique: true })
export class StatisticsRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column(TEXT) job_id!: string;
  @Column(TEXT) agent_name!: string;
  @Column(INTEGER_OR_NULL) tokens_consumed!: number | null;
  @Column(INTEGER) calls_count!: number;
  @Column(INTEGER_OR_NULL) input_tokens!: number | null;
  @Column(INTEGER_OR_NULL) output_tokens!: number | null;
  @Column(REAL_OR_NULL) cost_usd!: number | null;
  @Column(REAL) total_execution_time!: number;
  @Column(TEXT) last_updated!: string;
}

@Entity('models')
@Index('models_once', ['job_id', 'attempt'], { unique: true })
export class ModelRow {
  @PrimaryColumn(TEXT) id!: string;
  @Column(TEXT) job_id!: string;
  /** The training attempt that made it. */
  @Column(INTEGER) attempt!: number;
  @Column(TEXT) name!: string;
  /** Relative to the job's workspace. */
  @Column(TEXT) model_path!: string;
  @Column(BIGINT_OR_NULL) bytes!: number | null;
  @Column(TEXT_OR_NULL) sha256!: string | null;
  @Column(TEXT_OR_NULL) task!: string | null;
  @Column(TEXT_OR_NULL) metric!: Metric | null;
  @Column(JSON_TEXT) metrics!: MetricValues;
  @Column(JSON_TEXT_OR_NULL) baseline!: { name: string; metrics: MetricValues } | null;
  @Column(REAL_OR_NULL) skill!: number | null;
  @Column(TEXT) created_at!: string;
}

/** A registered result file: the table of predictions, or the plot that shows it. */
@Entity('predictions')
@Index('predictions_once', ['job_id', 'kind', 'attempt'], { unique: true })
export class PredictionRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column(TEXT) job_id!: string;
  @Column(TEXT) kind!: 'predictions' | 'plot';
  @Column(INTEGER) attempt!: number;
  /** Relative to the job's workspace. */
  @Column(TEXT) file_path!: string;
  @Column(BIGINT_OR_NULL) bytes!: number | null;
  @Column(TEXT_OR_NULL) sha256!: string | null;
  @Column(INTEGER_OR_NULL) row_count!: number | null;
  @Column(TEXT) created_at!: string;
}
