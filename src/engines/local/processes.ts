import { readFileSync, readdirSync } from 'node:fs';

/** Ticks a second of the times in /proc; fixed in Linux's interface to programs. */
const TICKS_PER_SECOND = 100;

/** A process beyond doubt: the kernel reuses pids, but not a pid with its start time. */
export interface ProcessId {
  pid: number;
  /** Field 22 of /proc/<pid>/stat, in ticks since boot. */
  start_time: number;
}

interface ProcessEntry extends ProcessId {
  parent: number;
  session: number;
  cpuSeconds: number;
}

/** What is known of a pid now; undefined where none is alive under it (a zombie is dead). */
export function readProcess(pid: number): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command's name stands in brackets and may hold anything: fields count from after the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const ticks = field(14) + field(15) + field(16) + field(17);
  return {
    pid,
    start_time: field(22),
    parent: field(4),
    session: field(6),
    cpuSeconds: ticks / TICKS_PER_SECOND,
  };
}

export function isAlive(id: ProcessId): boolean {
  return readProcess(id.pid)?.start_time === id.start_time;
}

/**
 * Every live process of an execution: the descendants of `root`, whoever shares its session, and, with a marker,
 * whoever carries it in the environment, for a process can leave both its parent and its session.
 */
export function treeOf(root: ProcessId | undefined, marker?: string): ProcessEntry[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const rootAlive = root !== undefined && all.some((entry) => sameProcess(entry, root));
  const members = new Set<number>(rootAlive ? [root.pid] : []);
  for (const entry of all) {
    const sharesSession = rootAlive && entry.session === root.pid;
    if (sharesSession || (marker !== undefined && hasMarker(entry.pid, marker))) members.add(entry.pid);
  }
  // Pids don't order parents before children: repeat until nothing is added.
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const entry of all) if (members.has(entry.parent)) members.add(entry.pid);
  }
  return all.filter((entry) => members.has(entry.pid));
}

/** CPU seconds so far (finished children included where their parents waited) and memory now, of a set of processes. */
export function usageOf(processes: ProcessEntry[]): { cpuSeconds: number; memoryBytes: number } {
  return {
    cpuSeconds: processes.reduce((sum, entry) => sum + entry.cpuSeconds, 0),
    memoryBytes: processes.reduce((sum, entry) => sum + residentBytes(entry.pid), 0),
  };
}

/** Sends SIGKILL until none of the tree is left: when it resolves, the execution is proved dead. */
export async function killTree(root: ProcessId | undefined, marker: string): Promise<void> {
  for (let left = treeOf(root, marker); left.length > 0; left = treeOf(root, marker)) {
    for (const entry of left) sendSignal(entry, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function sendSignal(id: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Anonymous and shared memory in bytes: pages of mapped files are the page cache's, as a container counts it. */
function residentBytes(pid: number): number {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 0;
  }
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return (kilobytes('RssAnon') + kilobytes('RssShmem')) * 1024;
}

function hasMarker(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(marker);
  } catch {
    return false;
  }
}

function sameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.pid === b.pid && a.start_time === b.start_time;
}
