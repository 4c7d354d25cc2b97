import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { KEPT_SCORES } from '../contracts/scores';
import { Workspace } from './workspace';

const ANSWER = 'answer.json';

/** Where a scoring's files lie: below its job's workspace, as deep as an attempt's. */
export class ScoreFiles {
  /** Relative to the workspace. */
  readonly folder: string;
  readonly workspace: Workspace;

  constructor(codingDir: string, request: { job_id: string; score_id: string }) {
    this.workspace = new Workspace(codingDir, request.job_id);
    this.folder = path.join('scores', request.score_id);
  }

  file(name: string): string {
    return this.workspace.file(path.join(this.folder, name));
  }

  /** What the user sent. */
  get source(): string {
    return this.file('source.csv');
  }

  /** The same as the runtime reads it. */
  get rows(): string {
    return this.file('rows.csv');
  }

  get output(): string {
    return path.join(this.folder, 'out');
  }

  /** The record of a finished scoring: its presence means that nothing is left to do. */
  get answer(): string {
    return this.file(ANSWER);
  }

  /** Removes the oldest answers of the job; what is still to be scored stays. */
  async forgetOld(): Promise<void> {
    const all = this.workspace.file('scores');
    const answered = await Promise.all(
      (await readdir(all)).map(async (name) => {
        const about = await stat(path.join(all, name, ANSWER)).catch(() => undefined);
        return about ? [{ name, time: about.mtimeMs }] : [];
      }),
    );
    const newestFirst = answered.flat().sort((one, other) => other.time - one.time);
    for (const { name } of newestFirst.slice(KEPT_SCORES)) {
      await rm(path.join(all, name), { recursive: true, force: true });
    }
  }
}
