import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';

/** A folder with more entries than this counts as over any quota: no run needs them, and counting them takes long. */
const MAX_ENTRIES = 100_000;

/**
 * Bytes that a folder occupies on disk; links are counted, never followed. Files that vanish while it counts are
 * left out. Infinity where there are too many files to count.
 */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  let entries = 0;
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const directory = await opendir(next).catch(ignoreVanished);
    if (!directory) continue;
    for await (const entry of directory) {
      if (++entries > MAX_ENTRIES) return Infinity;
      const file = path.join(next, entry.name);
      if (entry.isDirectory()) open.push(file);
      const stats = await lstat(file).catch(ignoreVanished);
      if (stats) bytes += occupied(stats);
    }
  }
  return bytes;
}

function occupied(stats: Stats): number {
  return stats.blocks * 512;
}

function ignoreVanished(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES') return undefined;
  throw error;
}
