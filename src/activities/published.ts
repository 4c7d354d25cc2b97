import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { RuntimeResult } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import type { ScriptPhase, TrainingStage } from '../contracts/status';
import type { StepInput } from '../contracts/steps';
import { checkArtifact, checkHandedOn } from './artifacts';
import type { Dependencies } from './dependencies';
import { ARTIFACT_OF_PHASE, FIGURES, SCRIPT_OF_PHASE, Workspace, publish } from './workspace';

export interface AttemptKey {
  job_id: string;
  phase: ScriptPhase;
  attempt: number;
  /** The stage of a training that leaves its model; undefined where one run does it all. */
  stage?: TrainingStage;
}

/**
 * Puts an attempt's checked artefact and its script where users and later phases look for them; again, it puts the
 * same there. @returns what is wrong with the artefact, null where it is published
 */
export async function publishArtifact(
  { config }: Pick<Dependencies, 'config'>,
  { job_id, phase, attempt, stage }: AttemptKey,
  result: RuntimeResult,
): Promise<Failure | null> {
  const workspace = new Workspace(config.codingDir, job_id);
  const checked = await checkArtifact(workspace.file(workspace.outputFolder(phase, attempt, stage)), phase, result);
  if ('failure' in checked) return checked.failure;
  const { kind, file } = ARTIFACT_OF_PHASE[phase];
  await publish(checked.file, workspace.file(file));
  const script = SCRIPT_OF_PHASE[phase];
  await publish(workspace.file(path.join(workspace.attemptFolder(phase, attempt), script)), workspace.file(script));
  const folder = kind === 'model' ? config.modelsDir : config.resultsDir;
  await publish(checked.file, `${folder}/${job_id}/${file}`);
  return phase === 'visualization'
    ? await publishFigures(workspace, workspace.outputFolder(phase, attempt), result)
    : null;
}

async function publishFigures(
  workspace: Workspace,
  output: string,
  { artifacts }: RuntimeResult,
): Promise<Failure | null> {
  if (!artifacts.some((artifact) => artifact.path === FIGURES)) {
    // Those of an earlier attempt are of another model.
    await rm(workspace.file(FIGURES), { force: true });
    return null;
  }
  const failure = await checkHandedOn(workspace.file(output), [FIGURES], artifacts);
  if (!failure) await publish(workspace.file(path.join(output, FIGURES)), workspace.file(FIGURES));
  return failure;
}

/** The model's row, its leaderboard, and what the job's row says of it. */
export async function registerModel(
  { store, config }: Pick<Dependencies, 'store' | 'config'>,
  step: Pick<StepInput, 'job_id' | 'run_no' | 'attempt'>,
  result: RuntimeResult,
): Promise<void> {
  const { attempt } = step;
  const workspace = new Workspace(config.codingDir, step.job_id);
  await store.saveModel(step, {
    attempt,
    name: `${result.best_model?.algorithm ?? 'model'} (attempt ${attempt})`,
    model_path: workspace.relativeTo(config.dataDir, ARTIFACT_OF_PHASE.training.file),
    metrics: result.metrics,
    baseline: result.baseline,
    metric: result.metric,
    task: result.task,
    skill: result.skill,
  });
  await store.putLeaderboard(step, 'training', attempt, result.leaderboard);
  await store.updateJob(step, {
    metric: result.metric,
    score: result.metric ? (result.metrics[result.metric] ?? null) : null,
    baseline_score: result.metric ? (result.baseline?.metrics[result.metric] ?? null) : null,
  });
}
