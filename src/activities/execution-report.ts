import type { ExecutionReport, RuntimeResult } from '../contracts/execution';
import { cut, type Failure } from '../contracts/failure';
import { executionIdOf } from '../entities';
import type { Observed } from './execution-watch';
import type { ExecutionHandle, ExitState } from '../engines/engine';

/** Everything known about one ended run, as one small record. */
export function reportExecution(about: {
  handle: ExecutionHandle;
  exit: ExitState;
  result: RuntimeResult | null;
  /** What was wrong with the result or the artefact, found by us. */
  problem: Failure | null;
  seen: Observed;
}): ExecutionReport {
  const { handle, exit, result } = about;
  const failure = about.problem ?? failureOf(exit, result);
  const metric = result?.metric ?? null;
  const { training: rows } = { ...result?.rows };
  return {
    execution_id: executionIdOf(handle),
    phase: handle.phase,
    ...(handle.stage && { stage: handle.stage }),
    attempt: handle.attempt,
    incarnation: handle.incarnation,
    engine: handle.engine,
    container: handle.name,
    exit: exit.kind,
    exit_code: exit.code,
    started_at: exit.started_at,
    finished_at: exit.finished_at,
    seconds: Math.max(0, (Date.parse(exit.finished_at) - Date.parse(exit.started_at)) / 1000),
    peak_memory_bytes: about.seen.peak_memory_bytes,
    cpu_seconds: null,
    succeeded: failure === null,
    failure,
    metric,
    score: metric ? (result?.metrics[metric] ?? null) : null,
    baseline_score: metric ? (result?.baseline?.metrics[metric] ?? null) : null,
    skill: result?.skill ?? null,
    models_trained: about.seen.models_trained,
    ...(rows === undefined ? {} : { training_rows: rows }),
    artifacts: result?.artifacts ?? [],
    warnings: (result?.warnings ?? []).slice(0, 20).map((warning) => cut(warning, 300)),
  };
}

/** The report of a training whose stages have run, in order: its end is the last one's, what it used is all of theirs. */
export function reportOfStages(stages: readonly [ExecutionReport, ...ExecutionReport[]]): ExecutionReport {
  const last = stages.at(-1)!;
  const known = (values: (number | null)[]) => values.filter((value) => value !== null);
  const peaks = known(stages.map((stage) => stage.peak_memory_bytes));
  const processor = known(stages.map((stage) => stage.cpu_seconds));
  return {
    ...last,
    started_at: stages[0].started_at,
    seconds: stages.reduce((total, stage) => total + stage.seconds, 0),
    peak_memory_bytes: peaks.length > 0 ? Math.max(...peaks) : null,
    cpu_seconds: processor.length > 0 ? processor.reduce((total, seconds) => total + seconds) : null,
    models_trained: Math.max(...stages.map((stage) => stage.models_trained)),
    warnings: [...new Set(stages.flatMap((stage) => stage.warnings))].slice(0, 20),
  };
}

/** The engine's own exit state first: a run that was killed may have left an older result behind. */
function failureOf(exit: ExitState, result: RuntimeResult | null): Failure | null {
  switch (exit.kind) {
    case 'oom_killed':
      return execution(
        'out_of_memory',
        'The run needed more memory than its limit and was stopped.',
        'Train on fewer rows or models, or raise CONTAINER_MEMORY_MB.',
      );
    case 'timed_out':
      return execution(
        'timed_out',
        'The run did not end within its time limit and was stopped.',
        'Lower max_models, set max_runtime_secs, or raise CODE_EXECUTOR_TIMEOUT.',
      );
    case 'quota_exceeded':
      return execution(
        'quota_exceeded',
        'The run wrote more than its output folder may hold and was stopped.',
        'Train fewer models, or raise OUTPUT_QUOTA_MB.',
      );
    case 'killed':
      return execution(
        'killed',
        'The run was killed from outside again and again.',
        'Find out what kills it on this machine, then retry the job.',
      );
    case 'lost':
      return execution(
        'lost',
        'The run vanished from the engine again and again.',
        'See whether the engine is well (automl doctor), then retry the job.',
      );
    case 'paused':
      return null;
    case 'exited':
      if (result?.status === 'failed' && result.failure) return result.failure;
      if (exit.code === 0 && result?.status === 'succeeded') return null;
      return execution(
        'script_failed',
        `The script ended with exit code ${exit.code} and left no valid result.`,
        'The logs of the job say what the script printed last.',
      );
  }
}

function execution(code: string, message: string, hint: string): Failure {
  return { category: 'execution', code, message, hint };
}
