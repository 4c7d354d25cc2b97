import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../../config';
import { AutomlError } from '../../contracts/failure';

const run = promisify(execFile);

/** What the host has for scripts to run on. */
export interface PythonRuntime {
  python: string;
  /** Home of the Java that will run H2O; undefined where only the Python runtime's own, if any, is there. */
  javaHome: string | undefined;
  /** The folder that holds `automl_runtime`. */
  library: string;
  /** Folders that the interpreter and Java need to be there. */
  folders: string[];
}

/** @throws {AutomlError} `python_runtime_missing` where set-up has not been run. */
export async function findPythonRuntime(config: Config): Promise<PythonRuntime> {
  const python = config.execution.pythonRuntime;
  const library = path.join(config.root, 'runtime', 'h2o');
  const code = 'import json, sys; print(json.dumps([sys.prefix, sys.base_prefix]))';
  let prefixes: string[];
  try {
    const { stdout } = await run(python, ['-I', '-c', code], { timeout: 30_000 });
    prefixes = JSON.parse(stdout) as string[];
  } catch (error) {
    throw new AutomlError(
      {
        category: 'system',
        code: 'python_runtime_missing',
        message: `The Python runtime ${path.relative(config.root, python)} is not there or does not start.`,
        hint: 'Run `npm run setup`, or name another interpreter that has H2O in PYTHON_RUNTIME.',
      },
      { cause: error },
    );
  }
  const javaHome = findJavaHome(config);
  const folders = [...prefixes, ...prefixes.map(real), ...linkHops(python), ...(javaHome ? [javaHome] : [])];
  return { python, javaHome, library, folders: outermost(folders) };
}

/** Without repetitions and without what lies inside another one. */
function outermost(folders: string[]): string[] {
  const isInside = (file: string, folder: string) => file.startsWith(`${folder}/`);
  return [...new Set(folders)].filter((file) => !folders.some((folder) => isInside(file, folder)));
}

function findJavaHome({ execution }: Config): string | undefined {
  if (execution.javaHome && existsSync(path.join(execution.javaHome, 'bin', 'java'))) return real(execution.javaHome);
  const java = findProgram('java', execution.searchPath);
  return java && path.resolve(real(java), '..', '..');
}

/** The absolute path of a program; undefined where none of the folders of `searchPath` has it. */
export function findProgram(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(':')
    .map((folder) => path.join(folder, name))
    .find((file) => path.isAbsolute(file) && existsSync(file));
}

/** The files that a chain of links passes on its way to the interpreter: each must exist where it is followed. */
function linkHops(file: string): string[] {
  const hops: string[] = [];
  for (let next = file; lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink() && hops.length < 20;) {
    next = path.resolve(path.dirname(next), readlinkSync(next));
    hops.push(next);
  }
  return hops;
}

function real(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}
