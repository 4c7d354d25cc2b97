import { ExecutionReport } from '../contracts/execution';
import { TRAINING_STAGES, type TrainingStage } from '../contracts/status';
import type { StepInput } from '../contracts/steps';
import type { Dependencies } from './dependencies';
import { reportOfStages } from './execution-report';
import { outputKind } from './stages';

const PHASE = 'training';

export type StageReports = Partial<Record<TrainingStage, ExecutionReport>>;

/** What the stages of an attempt have come to that have ended, in their order. */
export async function stageReports(
  { store }: Pick<Dependencies, 'store'>,
  { job_id, attempt }: Pick<StepInput, 'job_id' | 'attempt'>,
): Promise<StageReports> {
  const reports: StageReports = {};
  for (const stage of TRAINING_STAGES) {
    const stored = await store.getOutput(job_id, PHASE, outputKind('execution', stage), attempt);
    if (stored) reports[stage] = ExecutionReport.parse(stored);
  }
  return reports;
}

/**
 * Records the training's report and result, as of an attempt that was one run; a repeated call records the same.
 * @param last the stage that it ends with
 */
export async function concludeStages(
  deps: Pick<Dependencies, 'store'>,
  step: StepInput,
  last: TrainingStage,
): Promise<ExecutionReport> {
  const { store } = deps;
  const { job_id, attempt } = step;
  const execution = reportOfStages(Object.values(await stageReports(deps, step)) as [ExecutionReport]);
  const kind = outputKind('result', last);
  const result = kind === 'result' ? undefined : await store.getOutput(job_id, PHASE, kind, attempt);
  if (result) await store.saveOutput(step, PHASE, attempt, 'result', result);
  await store.setScriptResult(step, PHASE, attempt, { ...execution });
  await store.saveOutput(step, PHASE, attempt, 'execution', execution);
  return execution;
}
