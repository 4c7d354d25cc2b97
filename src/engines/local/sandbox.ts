import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionSpec } from '../engine';
import { bindsOf, INNER_WORKSPACE } from '../layout';
import { findProgram, type PythonRuntime } from './python';

const run = promisify(execFile);

/** Not root's and no login user's; inside the sandbox only, outside the files belong to the worker's user. */
const INNER_ID = '10001';
const TMP_BYTES = 1024 * 1024 * 1024;
const SHARED_BYTES = 64 * 1024 * 1024;
/** What programs expect of a system: where libraries are, which time zone, and Debian's home of Java's settings. */
const SYSTEM_FILES = [
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  // Matplotlib asks fontconfig for fonts, which complains without its configuration.
  '/etc/fonts',
  '/etc/alternatives',
];

/** Whether bubblewrap isolates here; `reason` says why not, in half a sentence. */
export type Isolation = Bubblewrap | { works: false; reason: string };

interface Bubblewrap {
  works: true;
  program: string;
  /** Whether this version can keep the script from making user namespaces of its own. */
  disableUserns: boolean;
}

/** Tries the sandbox with the very runtime it is for. */
export async function probeIsolation(runtime: PythonRuntime, searchPath: string): Promise<Isolation> {
  const program = findProgram('bwrap', searchPath);
  if (!program) return { works: false, reason: 'bubblewrap (`bwrap`) is not installed' };
  try {
    const help = (await run(program, ['--help'])).stdout;
    const bubblewrap: Bubblewrap = { works: true, program, disableUserns: help.includes('--disable-userns') };
    const trial = [...systemArguments(runtime, bubblewrap), runtime.python, '-I', '-c', 'pass'];
    await run(program, trial, { timeout: 30_000 });
    return bubblewrap;
  } catch (error) {
    const complaint = (error as { stderr?: string }).stderr?.trim().split('\n').pop() || (error as Error).message;
    return { works: false, reason: `bubblewrap does not work here (${complaint})` };
  }
}

/** The command that runs the script under bubblewrap, seeing only what its specification names. */
export function sandboxCommand(runtime: PythonRuntime, spec: ExecutionSpec, bubblewrap: Bubblewrap): string[] {
  const binds = bindsOf(spec).flatMap(({ source, target, writable }) => [
    writable ? '--bind' : '--ro-bind',
    source,
    target,
  ]);
  const folder = path.posix.join(INNER_WORKSPACE, spec.folder);
  return [
    bubblewrap.program,
    ...systemArguments(runtime, bubblewrap),
    ...binds,
    ...['--remount-ro', '/', '--chdir', folder],
    ...limitedCommand(runtime, spec),
  ];
}

/** The script at low priority, without core dumps, and with no file above the quota. */
export function limitedCommand(runtime: PythonRuntime, spec: ExecutionSpec): string[] {
  const blocks = spec.limits.output_quota_mb * 2048;
  const limits = `ulimit -c 0; ulimit -f ${blocks}; ulimit -n 4096 2>/dev/null; exec nice -n 10 "$@"`;
  return ['/bin/sh', '-c', limits, 'sh', runtime.python, '-u', spec.script];
}

/** The environment of a script: nothing of ours is passed on, so no key can be. */
export function cleanEnvironment(runtime: PythonRuntime, temporary: string): Record<string, string> {
  const javaPath = runtime.javaHome ? [path.join(runtime.javaHome, 'bin')] : [];
  return {
    PATH: [path.dirname(runtime.python), ...javaPath, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    LANG: 'C.UTF-8',
    HOME: temporary,
    TMPDIR: temporary,
    MPLCONFIGDIR: path.join(temporary, 'matplotlib'),
    USER: 'automl',
    LOGNAME: 'automl',
    PYTHONPATH: runtime.library,
    PYTHONDONTWRITEBYTECODE: '1',
    ...(runtime.javaHome ? { JAVA_HOME: runtime.javaHome } : {}),
  };
}

/**
 * Where there is no sandbox, the same relative paths as inside one: a folder with the script's files copied and
 * the inputs and the output linked. @returns the script's folder in it.
 */
export function stageView(view: string, spec: ExecutionSpec): string {
  const folder = path.join(view, spec.folder);
  mkdirSync(folder, { recursive: true });
  const source = path.join(spec.workspace, spec.folder);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    if (entry.isFile()) copyFileSync(path.join(source, entry.name), path.join(folder, entry.name));
  }
  for (const bind of bindsOf(spec).slice(1)) {
    const link = path.join(view, path.posix.relative(INNER_WORKSPACE, bind.target));
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(bind.source, link);
  }
  return folder;
}

/**
 * Everything but the job itself. `--die-with-parent` binds the sandbox to the supervisor, which outlives the worker:
 * a supervisor that dies takes its script along, so that nothing runs without a guard.
 */
function systemArguments(runtime: PythonRuntime, { disableUserns }: Bubblewrap): string[] {
  const readOnly = (file: string) => (existsSync(file) ? ['--ro-bind', file, file] : []);
  const systemFolders = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'].flatMap((folder) =>
    lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()
      ? ['--symlink', readlinkSync(folder), folder]
      : readOnly(folder),
  );
  const javaSettings = readdirSync('/etc').filter((name) => /^java(-|$)/.test(name));
  const needed = [...runtime.folders, runtime.library].filter(
    (folder) => !folder.startsWith('/usr/') && folder !== '/usr',
  );
  return [
    '--unshare-all',
    '--unshare-user',
    ...(disableUserns ? ['--disable-userns'] : []),
    ...['--uid', INNER_ID, '--gid', INNER_ID, '--hostname', 'automl'],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--proc', '/proc', '--dev', '/dev', '--size', String(SHARED_BYTES), '--tmpfs', '/dev/shm'],
    ...['--remount-ro', '/dev', '--size', String(TMP_BYTES), '--tmpfs', '/tmp'],
    ...readOnly('/usr'),
    ...systemFolders,
    ...[...SYSTEM_FILES, ...javaSettings.map((name) => path.join('/etc', name))].flatMap(readOnly),
    ...needed.flatMap(readOnly),
  ];
}
