/** The one place where the web takes its types from the contracts; types only, so that no schema reaches the bundle. */
import type { z } from 'zod';
import type { BacktestPoint as BacktestSchema } from '../../../src/contracts/execution';
import type { ResultsView as BaseResults, ScriptView as ScriptSchema } from '../../../src/contracts/jobs';

export type { Metric } from '../../../src/contracts/analysis';
export type { JobEvent } from '../../../src/contracts/events';
export type { LeaderboardRow, MetricValues } from '../../../src/contracts/execution';
export type { ErrorCategory, Failure } from '../../../src/contracts/failure';
export type { CreateJob, JobView, LogLevel, LogView, MessageView, Problem } from '../../../src/contracts/jobs';
export type { JobStatus, Phase, ScriptPhase } from '../../../src/contracts/status';

export type BacktestPoint = z.infer<typeof BacktestSchema>;
/** The backtest comes where the API tells it. */
export type ResultsView = BaseResults & { backtest?: BacktestPoint[] };
export type ScriptView = z.infer<typeof ScriptSchema>;
