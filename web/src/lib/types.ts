/** The one place where the web takes its types from the contracts; types only, so that no schema reaches the bundle. */
import type { z } from 'zod';
import type { ScriptView as ScriptSchema } from '../../../src/contracts/jobs';
import type { components } from './api-types';

export type { Metric } from '../../../src/contracts/analysis';
export type { JobEvent } from '../../../src/contracts/events';
export type { BacktestPoint, LeaderboardRow, MetricValues } from '../../../src/contracts/execution';
export type { Column, ColumnRole, ColumnType, Dataset } from '../../../src/contracts/dataset';
export type {
  ColumnDecision,
  ColumnOverride,
  DatasetInspection,
  DatasetOverrides,
  DialectOverrides,
} from '../../../src/contracts/dataset-overrides';
export type { DatasetEdit } from '../../../src/contracts/datasets';
export type { Insight, LearningCurve } from '../../../src/contracts/insight';
export type { ErrorCategory, Failure } from '../../../src/contracts/failure';
export type {
  CreateJob,
  HistoryPoint,
  JobView,
  LogLevel,
  LogView,
  MessageView,
  Problem,
  ResultsView,
} from '../../../src/contracts/jobs';
export type { ScoredRows } from '../../../src/contracts/scores';
export type { JobStatus, Phase, ScriptPhase } from '../../../src/contracts/status';

export type ScriptView = z.infer<typeof ScriptSchema>;
export type TimelineView = components['schemas']['TimelineView'];
export type ResourceView = components['schemas']['ResourceView'];
export type ReportView = components['schemas']['ReportView'];
export type TurnView = components['schemas']['TurnView'];
export type StatisticsView = components['schemas']['StatisticsView'];
