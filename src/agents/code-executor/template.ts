import type { ExecutionReport, ExitKind, RuntimeResult } from '../../contracts/execution';
import { cut } from '../../contracts/failure';
import type { AgentImplementation, ExecuteInput } from '../agent';
import { scoreInWords } from '../score-words';
import { bytes, count, duration, list } from '../text';

/** Says in words what an execution measured; adds nothing of its own. */
export const describeExecution: AgentImplementation<ExecuteInput, ExecutionReport> = async ({ execution, result }) => {
  const messages = [whatRan(execution), outcome(execution, result)];
  if (execution.warnings.length > 0) messages.push(`Warnings: ${list(execution.warnings, 5)}`);
  return { output: execution, messages };
};

const ENDINGS: Record<ExitKind, string> = {
  exited: 'ended by itself',
  oom_killed: 'was stopped for using more memory than its limit',
  timed_out: 'was stopped at its time limit',
  killed: 'was killed from outside',
  quota_exceeded: 'was stopped for writing more than its disk quota',
  lost: 'vanished from the engine',
  paused: 'was paused between two models',
};

function whatRan(execution: ExecutionReport): string {
  const { phase, attempt, incarnation, engine, container, exit, exit_code: code } = execution;
  const again = incarnation > 1 ? `, started ${count(incarnation, 'time')} and resumed from its checkpoints,` : '';
  const ending = exit === 'exited' && code !== null ? `${ENDINGS[exit]} with exit code ${code}` : ENDINGS[exit];
  const used = [
    execution.peak_memory_bytes === null ? '' : `at most ${bytes(execution.peak_memory_bytes)} of memory`,
    execution.cpu_seconds === null ? '' : `${duration(execution.cpu_seconds)} of processor time`,
  ].filter(Boolean);
  const resources = used.length > 0 ? ` It used ${list(used)}.` : '';
  return `Attempt ${attempt} of the ${phase} script${again} ran in the ${engine} engine (${container}) for ${duration(execution.seconds)} and ${ending}.${resources}`;
}

function outcome(execution: ExecutionReport, result: RuntimeResult | null): string {
  if (!execution.succeeded) {
    const { failure } = execution;
    return failure
      ? `It failed: ${cut(failure.message, 600)} (${failure.category}/${failure.code})`
      : 'It failed and left no reason.';
  }
  const files = list(execution.artifacts.map((artifact) => `${artifact.path} (${bytes(artifact.bytes)})`));
  const wrote = files ? ` It wrote ${files}.` : '';
  switch (execution.phase) {
    case 'training':
      return `${trained(execution, result)}${wrote}`;
    case 'prediction':
      return `It predicted ${count(result?.rows.predicted ?? 0, 'row')}.${wrote}`;
    case 'visualization':
      return `It drew the plot.${wrote}`;
  }
}

function trained(execution: ExecutionReport, result: RuntimeResult | null): string {
  const best = result?.best_model ? `; the best is ${result.best_model.model_id} (${result.best_model.algorithm})` : '';
  const models = `It trained ${count(execution.models_trained, 'model')}${best}.`;
  return [models, scoreInWords(execution, result)].filter(Boolean).join(' ');
}
