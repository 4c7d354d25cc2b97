import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PHASES, type Phase } from '../contracts/status';
import { draftOf, type Workspace } from './workspace';

/** What one incarnation of an execution printed lies in its attempt's folder under this name. */
export function logFileName(incarnation: number): string {
  return `execution-${incarnation}.log`;
}

/** Joins what all executions of the job printed, in the order of the phases, into `execution_logs.txt`. */
export async function joinLogs(workspace: Workspace): Promise<void> {
  const attempts = workspace.file('attempts');
  const files = await readdir(attempts, { recursive: true });
  const logs = files.filter((file) => /^[a-z]+-\d+\/execution-\d+\.log$/.test(file));
  const phaseOf = (log: string) => PHASES.indexOf(log.slice(0, log.indexOf('-')) as Phase);
  const byName = (one: string, other: string) => one.localeCompare(other, 'en', { numeric: true });
  logs.sort((one, other) => phaseOf(one) - phaseOf(other) || byName(one, other));
  const destination = workspace.file('execution_logs.txt');
  const temporary = await draftOf(destination);
  await pipeline(async function* () {
    for (const log of logs) {
      yield `===== ${log}\n`;
      yield* createReadStream(path.join(attempts, log));
    }
  }, createWriteStream(temporary));
  await rename(temporary, destination);
}
