import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const CHUNK_BYTES = 8 * 1024 ** 2;

/** A small disk of a test's own, in memory: it can be full, and read-only. Only root can make one. */
export class SmallDisk {
  private fillers = 0;

  private constructor(readonly folder: string) {}

  static make(megabytes: number): SmallDisk {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'automl-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'automl-test', folder]);
    return new SmallDisk(folder);
  }

  /** Takes all the room that is left, to the last byte. */
  fill(): void {
    for (;;) {
      const { bavail, bsize } = statfsSync(this.folder);
      const bytes = Math.min(CHUNK_BYTES, bavail * bsize);
      if (bytes <= 0) return;
      try {
        writeFileSync(path.join(this.folder, `filler-${(this.fillers += 1)}`), Buffer.alloc(bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        return;
      }
    }
  }

  free(): void {
    for (; this.fillers > 0; this.fillers -= 1) {
      rmSync(path.join(this.folder, `filler-${this.fillers}`), { force: true });
    }
  }

  /** @returns false while a process has a file open for writing */
  remount(how: 'ro' | 'rw'): boolean {
    try {
      execFileSync('mount', ['-o', `remount,${how}`, this.folder], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
