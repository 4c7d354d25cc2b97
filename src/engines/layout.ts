import { chmod, lchown, lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AutomlError } from '../contracts/failure';
import type { ExecutionSpec } from './engine';

/** Where the job's workspace appears inside a container or sandbox. */
export const INNER_WORKSPACE = '/job';

export interface Bind {
  source: string;
  target: string;
  writable: boolean;
}

/** What an execution sees of the host: its folder and inputs read-only, its output writable, outer before inner. */
export function bindsOf(spec: ExecutionSpec): Bind[] {
  const inner = (relative: string) => path.posix.join(INNER_WORKSPACE, relative);
  return [
    { source: path.join(spec.workspace, spec.folder), target: inner(spec.folder), writable: false },
    ...spec.inputs.map((input) => ({ source: input.source, target: inner(input.target), writable: false })),
    { source: path.join(spec.workspace, spec.output), target: inner(spec.output), writable: true },
  ];
}

/**
 * Makes the output folder and checks that all the execution will see is there and is what it claims to be.
 * @throws {AutomlError} `invalid_execution` where it isn't.
 */
export async function prepareLayout(spec: ExecutionSpec): Promise<void> {
  for (const relative of [spec.folder, spec.output, ...spec.inputs.map((input) => input.target)]) {
    const normal = path.posix.normalize(relative);
    if (path.isAbsolute(relative) || normal === '.' || normal.startsWith('..')) {
      throw invalid(`The path ${JSON.stringify(relative)} leaves the job's workspace.`);
    }
  }
  for (const input of spec.inputs) {
    if (isInside(input.target, spec.folder) || isInside(input.target, spec.output)) {
      throw invalid(`The input ${input.target} would lie inside the execution's own folder.`);
    }
    if (!(await lstat(input.source).catch(() => undefined))) throw invalid(`The input ${input.target} does not exist.`);
  }
  if (spec.script !== path.basename(spec.script))
    throw invalid(`The script's name ${spec.script} is not a plain name.`);
  const script = await lstat(path.join(spec.workspace, spec.folder, spec.script)).catch(() => undefined);
  if (!script?.isFile()) throw invalid(`The script ${spec.script} is not in ${spec.folder}.`);
  const output = path.join(spec.workspace, spec.output);
  await mkdir(output, { recursive: true });
  if ((await realpath(output)) !== path.join(await realpath(spec.workspace), spec.output)) {
    throw invalid(`The output folder ${spec.output} is a link.`);
  }
}

/** Lets another user read the inputs and own the output; only root can and needs to. Links are not followed. */
export async function handOver(spec: ExecutionSpec, uid: number, gid: number): Promise<void> {
  const sources = [path.join(spec.workspace, spec.folder), ...spec.inputs.map((input) => input.source)];
  for (const source of sources) await makeReadable(source);
  await eachEntry(path.join(spec.workspace, spec.output), (file) => lchown(file, uid, gid));
}

async function makeReadable(source: string): Promise<void> {
  await eachEntry(source, async (file) => {
    const stats = await lstat(file);
    const wanted = stats.isDirectory() ? 0o555 : 0o444;
    if (!stats.isSymbolicLink() && (stats.mode & wanted) !== wanted) await chmod(file, (stats.mode & 0o7777) | wanted);
  });
}

async function eachEntry(file: string, visit: (file: string) => Promise<void>): Promise<void> {
  await visit(file);
  if (!(await lstat(file)).isDirectory()) return;
  for (const name of await readdir(file)) await eachEntry(path.join(file, name), visit);
}

function isInside(target: string, folder: string): boolean {
  const relative = path.posix.relative(folder, target);
  return relative === '' || !relative.startsWith('..');
}

function invalid(message: string): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'invalid_execution',
    message,
    hint: 'This is a fault of the program: please report it with the job’s log.',
  });
}
