import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Config } from '../config';
import type { FeatureFunction } from '../contracts/plans';
import { findProgram } from '../engines/local/python';

/** A check takes a tenth of a second; Python itself may be slow to come on a busy machine. */
const LIMIT_MS = 30_000;
const PROGRAM = 'import sys; sys.path.append(sys.argv[1]); from functions.check import main; main()';
const Problems = z.array(z.string());

/**
 * Has the runtime look at functions, in a process of its own that runs none of them. What can't be checked is refused.
 * @returns what is wrong, a sentence each
 */
export async function checkFunctions(
  { root, execution }: Pick<Config, 'root' | 'execution'>,
  functions: readonly FeatureFunction[],
): Promise<string[]> {
  const library = path.join(root, 'runtime', 'h2o', 'automl_runtime');
  // Isolated from whatever the environment and the working folder say to Python, and without installed packages.
  const child = spawn(interpreterOf(execution), ['-I', '-S', '-B', '-c', PROGRAM, library], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
    env: { PATH: execution.searchPath },
    cwd: '/',
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  // It may end without having read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(functions));
  const [code, answer] = await Promise.all([ended, text(child.stdout)]);
  return (code === 0 ? read(answer) : undefined) ?? ['The functions could not be checked here; leave them null.'];
}

/** Any Python will do: the worker of a fleet has none of H2O's. */
function interpreterOf({ pythonRuntime, searchPath }: Config['execution']): string {
  return existsSync(pythonRuntime) ? pythonRuntime : (findProgram('python3', searchPath) ?? pythonRuntime);
}

/** Undefined where whatever answered is not our check. */
function read(answer: string): string[] | undefined {
  try {
    return Problems.safeParse(JSON.parse(answer)).data;
  } catch {
    return undefined;
  }
}
