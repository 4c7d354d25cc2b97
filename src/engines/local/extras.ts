import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../../config';
import { DRAFT, INSTALL_SECONDS, PIP_ARGUMENTS } from '../extras';
import type { PythonRuntime } from './python';

const run = promisify(execFile);

/** Installs a draft by the runtime's own pip, in a process that is told nothing but how to reach the index. */
export async function installByProcess(config: Config, runtime: PythonRuntime, draft: string): Promise<void> {
  const { proxies, searchPath } = config.execution;
  const certificates = path.join(draft, DRAFT.certificates);
  const env = {
    PATH: searchPath,
    HOME: draft,
    ...proxies,
    ...(existsSync(certificates) ? { PIP_CERT: certificates } : {}),
  };
  const target = ['--target', path.join(draft, DRAFT.out), '-r', path.join(draft, DRAFT.requirements)];
  try {
    await run(runtime.python, ['-I', '-m', 'pip', ...PIP_ARGUMENTS, ...target], {
      env,
      cwd: draft,
      timeout: INSTALL_SECONDS * 1000,
    });
  } catch (error) {
    throw new Error((error as { stderr?: string }).stderr?.trim() || (error as Error).message, { cause: error });
  }
}
