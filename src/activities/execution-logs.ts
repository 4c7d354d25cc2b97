import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PHASES, TRAINING_STAGES, type Phase, type TrainingStage } from '../contracts/status';
import { draftOf, type Workspace } from './workspace';

/** What one incarnation of an execution printed lies in its attempt's folder under this name. */
export function logFileName(incarnation: number): string {
  return `execution-${incarnation}.log`;
}

/** Joins what all executions of the job printed, in the order in which they belong, into `execution_logs.txt`. */
export async function joinLogs(workspace: Workspace): Promise<void> {
  const attempts = workspace.file('attempts');
  const files = await readdir(attempts, { recursive: true });
  const logs = files.flatMap((file) => placeOf(file) ?? []).sort((one, other) => byPlace(one.place, other.place));
  const destination = workspace.file('execution_logs.txt');
  const temporary = await draftOf(destination);
  await pipeline(async function* () {
    for (const { file: log } of logs) {
      yield `===== ${log}\n`;
      yield* createReadStream(path.join(attempts, log));
    }
  }, createWriteStream(temporary));
  await rename(temporary, destination);
}

const LOG = new RegExp(`^([a-z]+)-(\\d+)(?:-(${TRAINING_STAGES.join('|')}))?/execution-(\\d+)\\.log$`);

/** By phase, attempt, stage and incarnation; undefined where the file is no log of an attempt's run. */
function placeOf(file: string): { file: string; place: number[] } | undefined {
  const [, phase, attempt, stage = 'train', incarnation] = LOG.exec(file) ?? [];
  if (!phase) return undefined;
  const order = [PHASES.indexOf(phase as Phase), Number(attempt)];
  return { file, place: [...order, TRAINING_STAGES.indexOf(stage as TrainingStage), Number(incarnation)] };
}

function byPlace(one: number[], other: number[]): number {
  const [first, second] = [one, other].map((place) => place.reduce((total, part) => total * 1000 + part + 1, 0));
  return first! - second!;
}
