import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from './manifest';

type Entry = Manifest['files'][number];

/** Names of what is half made: whoever makes it makes it again. */
const HALF_MADE = /(?:\.partial|\.tmp)$/;
const QUARANTINE = '.quarantine';
/** A training's record of its finished models: it names only files that are complete by then, so it is read first. */
const CHECKPOINT_RECORD = 'manifest.json';

/**
 * Copies every regular file below a folder, while others may write there: a file that goes away meanwhile is left
 * out, and a link, which a script may have made, is never followed.
 * @param to absolute; `name` is the folder's name in the backup
 */
export async function copyTree(from: string, to: string, name: string): Promise<Entry[]> {
  const copied: Entry[] = [];
  for (const relative of await filesBelow(from)) {
    const file = path.join(to, relative);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const entry = await copyRegular(path.join(from, relative), file);
    if (entry) copied.push({ path: path.posix.join(name, ...relative.split(path.sep)), ...entry });
  }
  return copied;
}

/** @returns the copy's size and hash; undefined where there is no regular file (any more) */
export async function copyRegular(from: string, to: string): Promise<Omit<Entry, 'path'> | undefined> {
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(ignored);
  if (!source) return undefined;
  try {
    if (!(await source.stat()).isFile()) return undefined;
    const target = await open(to, 'w', 0o600);
    try {
      return await pump(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function pump(source: FileHandle, target: FileHandle): Promise<Omit<Entry, 'path'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source.createReadStream({ autoClose: false })) {
    const data = chunk as Buffer;
    hash.update(data);
    bytes += data.length;
    await target.writeFile(data);
  }
  await target.sync();
  return { bytes, sha256: hash.digest('hex') };
}

export async function describeFile(file: string): Promise<Omit<Entry, 'path'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Relative paths of the regular files below a folder, checkpoints' records first; none where there is no folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ignored);
  const files = (entries ?? [])
    .filter((entry) => entry.isFile() && !HALF_MADE.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((relative) => relative.split(path.sep)[0] !== QUARANTINE);
  const isRecord = (file: string) => path.basename(file) === CHECKPOINT_RECORD;
  return [...files.filter(isRecord), ...files.filter((file) => !isRecord(file))];
}

/** What is gone, or no file that a backup takes. */
function ignored(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ELOOP', 'ENXIO'].includes(error.code ?? '')) return undefined;
  throw error;
}
