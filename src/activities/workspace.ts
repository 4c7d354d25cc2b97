import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AutomlError } from '../contracts/failure';
import type { ScriptPhase, TrainingStage } from '../contracts/status';

/** The artefact that each script phase leaves in its output folder and that is published from there. */
export const ARTIFACT_OF_PHASE = {
  training: { kind: 'model', file: 'model.zip' },
  prediction: { kind: 'predictions', file: 'predictions.csv' },
  visualization: { kind: 'plot', file: 'forecast_plot.png' },
} as const;

/** More pictures than the plot, for print; a job is whole without. */
export const FIGURES = 'figures.zip';

export const SCRIPT_OF_PHASE: Record<ScriptPhase, string> = {
  training: 'training_script.py',
  prediction: 'prediction_script.py',
  visualization: 'visualization_script.py',
};

/** What a person reads as the training script is the one that trains. */
const SCRIPT_OF_STAGE: Record<TrainingStage, string> = {
  seal: 'seal_script.py',
  train: SCRIPT_OF_PHASE.training,
  evaluate: 'evaluation_script.py',
};

export function scriptOf(phase: ScriptPhase, stage?: TrainingStage): string {
  return stage ? SCRIPT_OF_STAGE[stage] : SCRIPT_OF_PHASE[phase];
}

/** The run that trains has the attempt's own name; the others' folders lie beside it, never one inside another's. */
export function beside(folder: string, stage?: TrainingStage): string {
  return stage === undefined || stage === 'train' ? folder : `${folder}-${stage}`;
}

/** Where everything of one job lies; the names are part of what users rely on. */
export class Workspace {
  readonly root: string;

  constructor(codingDir: string, jobId: string) {
    this.root = path.join(codingDir, `pipeline_${jobId}`);
  }

  get dataset(): string {
    return path.join(this.root, 'dataset.csv');
  }

  file(name: string): string {
    return path.join(this.root, name);
  }

  /** A file's path as users see it: relative to DATA_DIR. */
  relativeTo(dataDir: string, name: string): string {
    return path.relative(dataDir, this.file(name));
  }

  /** Relative to the workspace. */
  attemptFolder(phase: ScriptPhase, attempt: number, stage?: TrainingStage): string {
    return path.join('attempts', beside(`${phase}-${attempt}`, stage));
  }

  /** Beside the attempt's own, as deep, so that the same paths lead to its inputs. */
  trialFolder(phase: ScriptPhase, attempt: number, trial: number): string {
    return `${this.attemptFolder(phase, attempt)}-trial-${trial}`;
  }

  outputFolder(phase: ScriptPhase, attempt: number, stage?: TrainingStage): string {
    return path.join(this.attemptFolder(phase, attempt, stage), 'out');
  }
}

/**
 * Where a file is made before it gets its name. A draft that a killed process left is removed: one step at a time
 * writes a file.
 */
export async function draftOf(file: string): Promise<string> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const isDraft = (name: string) => name.startsWith(`${path.basename(file)}.`) && name.endsWith('.partial');
  for (const name of (await readdir(folder)).filter(isDraft)) await rm(path.join(folder, name), { force: true });
  return `${file}.${process.pid}.partial`;
}

/** Writes a whole file or nothing. */
export async function writeAtomically(file: string, content: string): Promise<void> {
  const temporary = await draftOf(file);
  await writeFile(temporary, content);
  await rename(temporary, file);
}

/** Copies a whole file or nothing. */
export async function publish(source: string, destination: string): Promise<void> {
  const temporary = await draftOf(destination);
  await copyFile(source, temporary);
  await rename(temporary, destination);
}

/**
 * Reads a file that a container wrote: it must be a regular file, not a link, and not over `limit` bytes.
 * @returns undefined where there is none.
 */
export async function readHostile(file: string, limit: number): Promise<string | undefined> {
  const opened = await openHostile(file, limit);
  if (!opened) return undefined;
  try {
    return await opened.handle.readFile('utf8');
  } finally {
    await opened.handle.close();
  }
}

/** @throws {AutomlError} `unsafe_file` for a link, a folder, a device or a file over `limit` bytes. */
export async function openHostile(file: string, limit: number) {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw unsafe(file, `can't be opened as a plain file (${error.code})`, error);
    },
  );
  if (!handle) return undefined;
  const stats: Stats = await handle.stat();
  const problem = !stats.isFile()
    ? 'is not a regular file'
    : stats.nlink > 1
      ? 'is linked from elsewhere'
      : stats.size > limit
        ? `has ${stats.size} bytes, more than the ${limit} allowed`
        : null;
  if (problem) {
    await handle.close();
    throw unsafe(file, problem);
  }
  return { handle, bytes: stats.size };
}

function unsafe(file: string, problem: string, cause?: unknown): AutomlError {
  return new AutomlError(
    {
      category: 'execution',
      code: 'unsafe_file',
      message: `${path.basename(file)}, written by the script, ${problem}.`,
      hint: 'The file was not used. Retry the job; if it happens again, look at the script that wrote it.',
    },
    { cause },
  );
}

/** SHA-256 of an open file, as hex. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'r');
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
