import type { BuildInput, JudgeInput, Limits, PastAttempt } from '../../src/agents/agent';
import type { AnalysisReport } from '../../src/contracts/analysis';
import type { Artifact, ExecutionReport, RuntimeResult } from '../../src/contracts/execution';
import type { PlanOf } from '../../src/contracts/plans';
import type { ScriptPhase } from '../../src/contracts/status';
import type { Correction, Verdict } from '../../src/contracts/verdict';
import { briefOf } from './agent-inputs';

/** Executions, results and verdicts as the engine, the runtime and the Analyst report them, for the agents' unit tests. */

export const LIMITS: Limits = {
  heap_mb: 2560,
  memory_mb: 4096,
  max_models: 10,
  max_runtime_secs: null,
  cpus: 2,
  functions: true,
};

const ARTIFACTS: Record<ScriptPhase, Artifact> = {
  training: { kind: 'model', path: 'model.zip', bytes: 500_000, sha256: 'a'.repeat(64) },
  prediction: { kind: 'predictions', path: 'predictions.csv', bytes: 1200, sha256: 'b'.repeat(64) },
  visualization: { kind: 'plot', path: 'forecast_plot.png', bytes: 80_000, sha256: 'c'.repeat(64) },
};

/** A run that went well, but for what the test says. */
export function executionOf(phase: ScriptPhase, change: Partial<ExecutionReport> = {}): ExecutionReport {
  const training = phase === 'training';
  return {
    execution_id: `job-1/${phase}/1/1`,
    phase,
    attempt: 1,
    incarnation: 1,
    engine: 'local',
    container: `automl-job-1-${phase}-1`,
    exit: 'exited',
    exit_code: 0,
    started_at: '2026-01-01T00:00:00.000Z',
    finished_at: '2026-01-01T00:01:40.000Z',
    seconds: 100,
    peak_memory_bytes: 1_400_000_000,
    cpu_seconds: null,
    succeeded: true,
    failure: null,
    metric: training ? 'mae' : null,
    score: training ? 8 : null,
    baseline_score: training ? 10 : null,
    skill: training ? 0.2 : null,
    models_trained: training ? 6 : 0,
    artifacts: [ARTIFACTS[phase]],
    warnings: [],
    ...change,
  };
}

export function resultOf(phase: ScriptPhase, change: Partial<RuntimeResult> = {}): RuntimeResult {
  const training = phase === 'training';
  return {
    schema_version: 1,
    phase,
    status: 'succeeded',
    failure: null,
    task: 'forecasting',
    metrics: training ? { mae: 8, rmse: 11, mape: null } : {},
    baseline: training ? { name: 'seasonal naive', metrics: { mae: 10, rmse: 12, mape: null } } : null,
    metric: training ? 'mae' : null,
    skill: training ? 0.2 : null,
    leaderboard: training ? [{ model_id: 'GBM_2', algorithm: 'GBM', metric: 'mae', score: 7.5, train_seconds: 4 }] : [],
    best_model: training ? { model_id: 'GBM_2', algorithm: 'GBM' } : null,
    rows: phase === 'prediction' ? { predicted: 14 } : { training: 386, holdout: 14 },
    backtest: [],
    artifacts: [ARTIFACTS[phase]],
    warnings: [],
    timings: {},
    versions: {},
    ...change,
  };
}

export function buildInputOf<P extends ScriptPhase>(
  phase: P,
  report: AnalysisReport,
  more: Partial<BuildInput<P>> = {},
): BuildInput<P> {
  return { phase, attempt: 1, job: briefOf(), report, limits: LIMITS, past: [], training: null, ...more };
}

export function judgeInputOf<P extends ScriptPhase>(
  phase: P,
  report: AnalysisReport,
  plan: PlanOf[P],
  more: Partial<JudgeInput> = {},
): JudgeInput {
  return {
    ...{ phase, attempt: 1, attempts_left: 3, job: briefOf(), report, plan, script: '', past: [] },
    ...{ execution: executionOf(phase), result: resultOf(phase) },
    ...more,
  };
}

/** An attempt that needs fixing in the way the corrections say. */
export function pastOf<P extends ScriptPhase>(
  phase: P,
  attempt: number,
  plan: PlanOf[P],
  corrections: Correction[],
  execution: Partial<ExecutionReport> = {},
): PastAttempt<P> {
  const verdict: Verdict = { decision: 'NEEDS_FIX', summary: 'It failed.', evidence: [], corrections, missing: [] };
  return {
    attempt,
    plan,
    execution: executionOf(phase, { attempt, succeeded: false, exit_code: 1, ...execution }),
    verdict,
  };
}
