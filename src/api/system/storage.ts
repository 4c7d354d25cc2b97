import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config';
import type { Storage, StoragePlace } from '../../contracts/system';

/** The disk is walked this rarely: a folder of ten thousand jobs has a million files. */
const HOLDS_MS = 3 * 60_000;
/** As `stat` counts them, whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

/** What takes the disk, measured in the background: nobody waits for a walk through all files. */
export class StorageMeter {
  private last: Storage | null = null;
  private measuring: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly config: Config) {}

  /** What was measured last, null before that; a new measurement begins where it is old. */
  state(now = Date.now()): Storage | null {
    const isFresh = this.last !== null && now - Date.parse(this.last.measured_at) < HOLDS_MS;
    if (!isFresh) void this.measure();
    return this.last;
  }

  /** Walks through everything; who asks meanwhile waits for the same walk. */
  measure(): Promise<void> {
    this.measuring ??= this.walk()
      .catch(() => undefined)
      .finally(() => (this.measuring = undefined));
    return this.measuring;
  }

  /** Ends a walk that is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.measuring;
  }

  private async walk(): Promise<void> {
    const { uploadDir, codingDir, modelsDir, resultsDir, dataDir, databaseUrl } = this.config;
    const folders = { uploads: uploadDir, jobs: codingDir, models: modelsDir, results: resultsDir };
    const known = new Set(Object.values(folders));
    const sizes: [StoragePlace, number][] = [];
    for (const [name, folder] of Object.entries(folders) as [StoragePlace, string][]) {
      sizes.push([name, await this.sizeOf(folder)]);
    }
    const database = await databaseSize(databaseUrl);
    const all = await this.sizeOf(dataDir, known);
    const inside = databaseUrl.startsWith(`sqlite:${dataDir}${path.sep}`) ? database : 0;
    sizes.push(['database', database], ['other', Math.max(0, all - inside)]);
    if (this.stopped) return;
    this.last = { measured_at: new Date().toISOString(), places: sizes.map(([name, bytes]) => ({ name, bytes })) };
  }

  /** Bytes on the disk of all files under a folder, less what is in folders left out; what vanishes meanwhile is nothing. */
  private async sizeOf(folder: string, leftOut: ReadonlySet<string> = new Set()): Promise<number> {
    let total = 0;
    const open = [folder];
    for (let next = open.pop(); next !== undefined && !this.stopped; next = open.pop()) {
      const entries = await opendir(next).catch(() => undefined);
      if (!entries) continue;
      for await (const entry of entries) {
        const file = path.join(next, entry.name);
        if (!entry.isDirectory()) total += await bytesOf(file);
        else if (!leftOut.has(file)) open.push(file);
      }
    }
    return total;
  }
}

/** A link is what it takes itself, not what it points to. */
async function bytesOf(file: string): Promise<number> {
  const about = await lstat(file).catch(() => undefined);
  return (about?.blocks ?? 0) * BLOCK_BYTES;
}

/** With what SQLite keeps beside its file; a server's database lies elsewhere and counts nothing here. */
async function databaseSize(url: string): Promise<number> {
  if (!url.startsWith('sqlite:')) return 0;
  const file = url.slice('sqlite:'.length);
  const sizes = await Promise.all(['', '-wal', '-shm'].map((end) => bytesOf(file + end)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
