import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { RunConfig, type ExecutionReport } from '../contracts/execution';
import { AutomlError } from '../contracts/failure';
import { SCRIPT_PHASES, type ScriptPhase, type TrainingStage } from '../contracts/status';
import type { ExecutionSpec, InputMount } from '../engines/engine';
import { checkHandedOn } from './artifacts';
import { beside, type Workspace, writeAtomically } from './workspace';

/** The canonical rows that may be trained on, and nothing of the others. */
const TRAINING_ROWS = 'training.csv';
const SPLIT = 'split.json';
/** For the evaluation alone. */
const SEALED_ROWS = 'sealed_rows.json';
const CANDIDATE = 'candidate.zip';
const DATASET = 'dataset.csv';
const MEGABYTE = 1024 ** 2;

/** What each stage of a training leaves in its output folder for the ones after it. */
export const HANDED_ON: Record<TrainingStage, readonly string[]> = {
  seal: [TRAINING_ROWS, SPLIT, SEALED_ROWS],
  train: [CANDIDATE],
  evaluate: [],
};

/** Where a stage's inputs come from: the job itself, or an earlier stage. */
type Source = readonly [from: 'job' | 'seal' | 'train', file: string, target: string];

/** What each stage can see. The sealed rows are in none of what training has: their file is not mounted there at all. */
const INPUTS: Record<TrainingStage, readonly Source[]> = {
  seal: [['job', DATASET, DATASET]],
  train: [
    ['seal', TRAINING_ROWS, DATASET],
    ['seal', SPLIT, SPLIT],
  ],
  evaluate: [
    ['job', DATASET, DATASET],
    ['seal', SPLIT, SPLIT],
    ['seal', SEALED_ROWS, SEALED_ROWS],
    ['train', CANDIDATE, CANDIDATE],
  ],
};

const INPUTS_OF_PHASE = [DATASET, 'model.zip', 'predictions.csv'];

/** Where the stages of one training run; a trial's have a folder name of their own. */
export interface StageFolders {
  workspace: Workspace;
  /** That of the stage that trains, relative to the workspace; the others lie beside it. */
  folder: string;
}

/** What a run sees of its job, at the same places relative to its folder. */
export function inputsOf(phase: ScriptPhase, stage: TrainingStage | undefined, folders: StageFolders): InputMount[] {
  const { workspace, folder } = folders;
  if (!stage) {
    const files = INPUTS_OF_PHASE.slice(0, 1 + SCRIPT_PHASES.indexOf(phase));
    return files.map((file) => ({ source: workspace.file(file), target: file }));
  }
  return INPUTS[stage].map(([from, file, target]) => {
    const source = from === 'job' ? file : path.join(beside(folder, from), 'out', file);
    return { source: workspace.file(source), target };
  });
}

/**
 * Makes ready what a stage reads of earlier ones: it must be what they reported, and the settings of the stage that
 * trains name the rows it gets. A repeated call does the same again.
 * @param reported of the stages that have run
 */
export async function prepareStage(
  stage: TrainingStage,
  folders: StageFolders,
  reported: Partial<Record<TrainingStage, ExecutionReport>>,
): Promise<void> {
  for (const from of ['seal', 'train'] as const) {
    const files = INPUTS[stage].flatMap(([source, file]) => (source === from ? [file] : []));
    if (files.length === 0) continue;
    const output = folders.workspace.file(path.join(beside(folders.folder, from), 'out'));
    const failure = await checkHandedOn(output, files, reported[from]?.artifacts ?? []);
    if (failure) throw new AutomlError(failure);
  }
  if (stage === 'train') await nameTrainingRows(folders, reported.seal);
}

async function nameTrainingRows({ workspace, folder }: StageFolders, seal?: ExecutionReport): Promise<void> {
  const rows = seal?.artifacts.find((artifact) => artifact.path === TRAINING_ROWS);
  if (!rows) return;
  const file = workspace.file(path.join(folder, 'config.json'));
  const config = RunConfig.parse(JSON.parse(await readFile(file, 'utf8')));
  const dataset = { ...config.dataset, sha256: rows.sha256, rows: seal?.training_rows ?? config.dataset.rows };
  await writeAtomically(file, JSON.stringify({ ...config, dataset }, null, 2));
}

/** The stage that seals writes the rows to train on: it may write as much more as there are rows. */
export async function quotaOf(
  stage: TrainingStage | undefined,
  workspace: Workspace,
  configuredMb: number,
): Promise<ExecutionSpec['limits']['output_quota_mb']> {
  if (stage !== 'seal') return configuredMb;
  const { size } = await stat(workspace.dataset);
  return configuredMb + Math.ceil(size / MEGABYTE);
}

/** Under which name the outputs of a step hold what a run of it left; the last stage's result is the training's. */
export function outputKind(kind: 'execution' | 'result', stage?: TrainingStage): string {
  return stage === undefined || (kind === 'result' && stage === 'evaluate') ? kind : `${kind}-${stage}`;
}
