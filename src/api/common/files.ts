import { constants } from 'node:fs';
import { open, realpath, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';

export interface ServedFile {
  /** Absolute. */
  file: string;
  /** The folder that it must really be in, links followed. */
  within: string;
  type: string;
  /** The name under which a browser saves it. */
  name: string;
  inline?: boolean;
  /** What is sent instead of the file's own bytes: made of them on the way, under an ETag of its own. */
  converted?: { as: string; through(): ReadWrite[] };
}

type ReadWrite = NodeJS.ReadWriteStream;

/** Whether there is a regular file, not a link, really inside its folder. */
export async function isServable({ file, within }: Pick<ServedFile, 'file' | 'within'>): Promise<boolean> {
  const opened = await openServable({ file, within });
  await opened?.handle.close();
  return opened !== undefined;
}

/** Sends a file that a container made: never a link, never executed by a browser. @returns false where it is not there. */
export async function sendFile(request: Request, response: Response, served: ServedFile): Promise<boolean> {
  const opened = await openServable(served);
  if (!opened) return false;
  const { handle, stats } = opened;
  try {
    response.setHeader('Content-Type', served.type);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Disposition', `${served.inline ? 'inline' : 'attachment'}; filename="${served.name}"`);
    response.setHeader('Cache-Control', 'private, no-cache');
    response.setHeader('ETag', `"${tagOf(stats)}${served.converted ? `-${served.converted.as}` : ''}"`);
    response.setHeader('Last-Modified', stats.mtime.toUTCString());
    if (request.fresh) {
      response.status(304).end();
      return true;
    }
    if (!served.converted) response.setHeader('Content-Length', stats.size);
    if (request.method === 'HEAD' || stats.size === 0) {
      response.end();
      return true;
    }
    const bytes = handle.createReadStream({ autoClose: false, end: stats.size - 1 });
    await pipeline([bytes, ...(served.converted?.through() ?? []), response]).catch(() => {
      // The client went away: nobody is left to tell.
      response.destroy();
    });
    return true;
  } finally {
    await handle.close();
  }
}

function tagOf({ size, mtimeMs }: { size: number; mtimeMs: number }): string {
  return `${size.toString(16)}-${Math.round(mtimeMs).toString(16)}`;
}

/** Moves a file to its place inside a transaction, which may run again: a file that is there by then is no error. */
export async function moveOnce(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await stat(to).catch(() => undefined))) throw error;
  }
}

/** A regular file, no link, that really is inside its folder; undefined where there is none. The caller closes it. */
export async function openServable({ file, within }: Pick<ServedFile, 'file' | 'within'>) {
  try {
    const [folder, root] = await Promise.all([realpath(path.dirname(file)), realpath(within)]);
    if (folder !== root && !folder.startsWith(root + path.sep)) return undefined;
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (stats.isFile()) return { handle, stats };
    await handle.close();
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'ENAMETOOLONG'].includes(code ?? '')) return undefined;
    throw error;
  }
}
