import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ResourceSample } from '../../contracts/execution';
import type { ExecutionSpec, ExitState } from '../engine';
import type { ProcessId } from './processes';

/**
 * The files of an execution's state folder. Each is written whole and renamed or linked into place, so that a
 * reader sees all of it or none of it, whatever was killed when.
 */
export const FILES = {
  launch: 'launch.json',
  /** Who supervises; made once, so that two supervisors can't both start the script. */
  claim: 'claim.json',
  child: 'child.json',
  output: 'output.log',
  sample: 'sample.json',
  /** Present where the end was asked for by us. */
  killRequest: 'kill-requested',
  exit: 'exit.json',
  /** What the supervisor itself complained about. */
  complaints: 'supervisor.log',
} as const;

/** All that a supervisor needs to know. */
export interface Launch {
  command: string[];
  environment: Record<string, string>;
  cwd: string;
  /** A line of the environment that only this execution's processes carry. */
  marker: string;
  /** Absolute path of the folder whose size is limited. */
  output: string;
  limits: ExecutionSpec['limits'];
}

export interface Claim extends ProcessId {
  started_at: string;
}

export type Sample = ResourceSample;
export type Exit = ExitState;

/** A state file's content; undefined where it isn't there. */
export function readState<T>(folder: string, name: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as T;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

export function writeState(folder: string, name: string, value: unknown): void {
  const draft = path.join(folder, `.${name}.${process.pid}`);
  writeFileSync(draft, JSON.stringify(value));
  renameSync(draft, path.join(folder, name));
}

/** Writes a state file unless it is there already. @returns whether this call made it. */
export function claimState(folder: string, name: string, value: unknown): boolean {
  const draft = path.join(folder, `.${name}.${process.pid}`);
  writeFileSync(draft, JSON.stringify(value));
  try {
    linkSync(draft, path.join(folder, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
