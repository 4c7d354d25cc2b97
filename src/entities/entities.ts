import { AgentTurnRow } from './agent-turn.entity';
import { DatasetRow, DatasetVersionRow } from './dataset.entity';
import { AttemptRow, ExecutionRow, LeaderboardEntry, ResourceSampleRow, StepOutputRow } from './execution.entity';
import { AuditRow, IdempotencyKeyRow, JobEventRow, JobRow } from './job.entity';
import {
  AgentCallRow,
  LogRow,
  MessageRow,
  ModelRow,
  PredictionRow,
  ReportRow,
  ScriptRow,
  StatisticsRow,
} from './record.entity';
import { ConnectionRow, SqlDatasetRow } from './source.entity';
import { WorkerRow } from './worker.entity';

/** Every table that TypeORM maps. */
export const ENTITIES = [
  AgentCallRow,
  AgentTurnRow,
  AttemptRow,
  AuditRow,
  ConnectionRow,
  DatasetRow,
  DatasetVersionRow,
  ExecutionRow,
  IdempotencyKeyRow,
  JobEventRow,
  JobRow,
  LeaderboardEntry,
  LogRow,
  MessageRow,
  ModelRow,
  PredictionRow,
  ReportRow,
  ResourceSampleRow,
  ScriptRow,
  SqlDatasetRow,
  StatisticsRow,
  StepOutputRow,
  WorkerRow,
];
