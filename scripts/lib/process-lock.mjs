import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What tells a process from a later one with the same number: the boot and the clock tick it started at.
 * @returns {string | undefined} undefined where no such process runs
 */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in field 2 may hold spaces and brackets, so the fields are counted from its end.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`;
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs `work` while no other process holds the lock; a holder that died is stepped over.
 * @param {string} file the lock's path; its folder is made
 * @param {(pid: number) => void} onWait called once when somebody else holds it
 */
export async function withLock(file, work, onWait) {
  const own = { pid: process.pid, started: startOf(process.pid) };
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own));
  let told = false;
  try {
    while (!tryLink(draft, file)) {
      const holder = readHolder(file);
      if (!holder) continue;
      if (startOf(holder.pid) === holder.started) {
        if (!told) onWait(holder.pid);
        told = true;
        await delay(500);
      } else {
        stepOver(file, holder);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Linking a finished file is atomic: no reader ever sees a lock without its holder. */
function tryLink(draft, file) {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return { pid: 0, started: 'unreadable' };
    throw error;
  }
}

/** Removes a dead holder's lock, unless another waiter has just taken it over. */
function stepOver(file, dead) {
  const aside = `${file}.dead-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved && moved.pid !== dead.pid) tryLink(aside, file);
  rmSync(aside, { force: true });
}
