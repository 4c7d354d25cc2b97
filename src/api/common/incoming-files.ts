import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import type { Config } from '../../config';
import { refuseForeignContent, refuseForeignText } from '../../data/content';
import { RequestError } from './problem';
import { CONFIG } from './tokens';

/** Bytes that must stay free on the disk beside an upload. */
const SPARE_BYTES = 64 * 1024 ** 2;
/** What a multipart body may be larger than its file: boundaries and part headers. */
const ENVELOPE_BYTES = 64 * 1024;
/** An upload of which nothing came for so long has no client any more, whatever the connection says. */
const STALLED_MS = 120_000;
/** How much of the file's start is looked at before the job is started; the analysis looks at all of it. */
const HEAD_BYTES = 64 * 1024;
/** A file of another host in quarantine this old belongs to an upload that no process works on any more. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** The longest text field that comes with a file. */
const FIELD_BYTES = 1024 ** 2;

/** A file that came in and lies in quarantine. */
export interface IncomingFile {
  /** Absolute; whoever keeps the file moves it away. */
  path: string;
  bytes: number;
  /** As the user knows it. */
  name: string;
  /** Safe in any file system and shell. */
  safeName: string;
  /** What came with it in other fields of the form. */
  fields: Record<string, string>;
}

/** Takes files from requests: into quarantine and a first look, before anything is done with them. */
@Injectable()
export class IncomingFiles implements OnModuleInit {
  private readonly quarantine: string;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    // A host runs one API of an installation: what lies here when one starts is of one that was killed.
    this.quarantine = path.join(config.uploadDir, '.quarantine', hostname());
  }

  /** Removes what a killed process left half uploaded; another host's only when it is surely dead. */
  async onModuleInit(): Promise<void> {
    await rm(this.quarantine, { recursive: true, force: true });
    await mkdir(this.quarantine, { recursive: true });
    const all = path.dirname(this.quarantine);
    for (const entry of await readdir(all, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const about = await stat(file).catch(() => undefined);
      if (about && Date.now() - about.mtimeMs > ABANDONED_MS) await rm(file, { force: true });
    }
  }

  /**
   * Reads the request's file and lets `use` have it; afterwards it is gone, unless it was moved away.
   * @throws {RequestError} 4xx, 507
   */
  async take<Result>(
    { request, response }: { request: Request; response: Response },
    use: (file: IncomingFile) => Promise<Result>,
  ): Promise<Result> {
    await this.refuseEarly(request);
    const file = await this.read(request, response);
    try {
      await look(file.path, file.size);
      const fields = { ...(request.body as Record<string, string> | undefined) };
      const { path: place, size: bytes, originalname } = file;
      return await use({
        path: place,
        bytes,
        name: displayName(originalname),
        safeName: safeName(originalname),
        fields,
      });
    } finally {
      await rm(file.path, { force: true });
    }
  }

  /** A place for a file of ours beside those that came in; gone after `use`. */
  async scratch<Result>(use: (place: string) => Promise<Result>): Promise<Result> {
    const place = path.join(this.quarantine, randomUUID());
    try {
      return await use(place);
    } finally {
      await rm(place, { force: true });
    }
  }

  /** What the headers tell already need not travel first. */
  private async refuseEarly(request: Request): Promise<void> {
    if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
      const hint = 'Send the file as multipart/form-data in the field `file`.';
      throw new RequestError(415, 'multipart_expected', 'The upload is not multipart/form-data.', hint);
    }
    const bytes = Number(request.headers['content-length'] ?? 0);
    if (bytes > this.config.maxUploadBytes + ENVELOPE_BYTES) throw this.tooLarge();
    const { bavail, bsize } = await statfs(this.quarantine);
    if (bavail * bsize < bytes + SPARE_BYTES) {
      const hint = 'Free some space on the disk that holds DATA_DIR.';
      throw new RequestError(507, 'disk_full', 'There is not enough free disk space for the file.', hint);
    }
  }

  private async read(request: Request, response: Response): Promise<Express.Multer.File> {
    const storage = multer.diskStorage({
      destination: this.quarantine,
      filename: (_request, _file, done) => done(null, randomUUID()),
    });
    const limits = {
      fileSize: this.config.maxUploadBytes,
      files: 1,
      fields: 8,
      parts: 9,
      fieldSize: FIELD_BYTES,
      headerPairs: 20,
    };
    const parse = multer({ storage, limits, defParamCharset: 'utf8' }).single('file');
    request.setTimeout(STALLED_MS, () => request.destroy());
    await new Promise<void>((resolve, reject) => {
      parse(request, response, (error: unknown) => (error ? reject(this.uploadError(error)) : resolve()));
    }).finally(() => request.setTimeout(0));
    if (request.file) return request.file;
    throw new RequestError(400, 'file_missing', 'The upload has no file.', 'Send the file in the field `file`.');
  }

  private uploadError(error: unknown): unknown {
    const { code, message } = error as { code?: string; message?: string };
    if (code === 'LIMIT_FILE_SIZE') return this.tooLarge();
    if (code === 'ENOSPC') {
      return new RequestError(
        507,
        'disk_full',
        'The disk is full.',
        'Free some space on the disk that holds DATA_DIR.',
      );
    }
    if (error instanceof MulterError || /multipart|boundary|unexpected end|malformed|aborted/i.test(message ?? '')) {
      const hint = 'Send exactly one file as multipart/form-data in the field `file`.';
      return new RequestError(400, 'upload_malformed', `The upload can't be read: ${message}.`, hint);
    }
    return error;
  }

  private tooLarge(): RequestError {
    const most = Math.floor(this.config.maxUploadBytes / 1024 ** 2);
    return new RequestError(
      413,
      'file_too_large',
      `The file is larger than the ${most} MB that are allowed.`,
      'Upload fewer rows or columns, or raise MAX_UPLOAD_MB.',
    );
  }
}

/** A first look, so that a mistake is told at once. @throws {AutomlError} of category `data` */
async function look(file: string, bytes: number): Promise<void> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    refuseForeignContent(head);
    const text = decode(head);
    if (text.trim() === '' && bytes <= HEAD_BYTES) {
      throw new RequestError(422, 'empty_file', 'The file is empty.', 'Upload a CSV file with a header and rows.');
    }
    refuseForeignText(text);
    const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
    if (lines.length < 2 && bytes <= HEAD_BYTES) {
      const hint = 'Upload a CSV file with at least one row below its header.';
      throw new RequestError(422, 'header_only', 'The file has a header but no rows.', hint);
    }
  } finally {
    await handle.close();
  }
}

/** The text of a file's start in its probable encoding; a character that is cut at its end is left out. */
function decode(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le').decode(head, { stream: true });
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be').decode(head, { stream: true });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return head.toString('latin1');
  }
}

/** The last part of whatever path the client sent, without control characters. */
function displayName(name: string): string {
  const last = name.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  return Array.from(last.replace(/\p{C}/gu, '').trim()).slice(0, 200).join('') || 'dataset.csv';
}

/** A name that is safe in any file system and shell, and still tells which file it was. */
function safeName(name: string): string {
  const { name: stem, ext } = path.parse(displayName(name));
  const plain = (text: string, most: number) =>
    Array.from(text.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '_').replace(/^[._-]+/, ''))
      .slice(0, most)
      .join('');
  const extension = plain(ext.slice(1), 10);
  return `${plain(stem, 40) || 'dataset'}.${extension || 'csv'}`;
}
