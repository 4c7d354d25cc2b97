import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config';
import { AutomlError } from '../contracts/failure';

/** The file that stands while a restore is under way: with half a restore in place nothing may start. */
export function unfinishedRestore(config: Config): string {
  return path.join(config.dataDir, '.restoring');
}

/** @throws {AutomlError} `restore_unfinished` */
export function refuseUnfinishedRestore(config: Config): void {
  if (!existsSync(unfinishedRestore(config))) return;
  throw new AutomlError({
    category: 'system',
    code: 'restore_unfinished',
    message: `A restore into ${config.dataDir} was interrupted.`,
    hint: 'Run `automl restore` again with the same backup; it begins anew.',
  });
}
