import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** One file of an archive; it is opened when its turn comes, so that few are open at a time. */
export interface ArchivePart {
  path: string;
  /** False for what is compressed already. */
  compress: boolean;
  modified: Date;
  /** Undefined where it is not there any more; then the archive goes without it. */
  open(): Promise<Readable | undefined>;
}

export interface ArchiveManifest {
  schema_version: 1;
  made_at: string;
  job: { id: string; name: string; status: string };
  /** Every other file of the archive, in its order. */
  files: { path: string; bytes: number; sha256: string }[];
  /** Files that were to be in it and were gone when their turn came. */
  missing: string[];
}

/**
 * Sends a ZIP while it is made: nothing of it lies on disk or in memory as a whole. The manifest comes last, for it
 * tells the length and the hash of what went before.
 * @throws whatever the client's or a file's stream throws; what was sent by then is no whole archive.
 */
export async function sendArchive(
  job: ArchiveManifest['job'],
  parts: readonly ArchivePart[],
  destination: NodeJS.WritableStream,
): Promise<void> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const manifest: ArchiveManifest = {
    schema_version: 1,
    made_at: new Date().toISOString(),
    job,
    files: [],
    missing: [],
  };
  zip.on('error', (error: Error) => output.destroy(error));
  let current: Readable | undefined;
  const add = (part: Omit<ArchivePart, 'open'>, read: () => Promise<Readable>) =>
    zip.addReadStreamLazy(part.path, { compress: part.compress, mtime: part.modified, mode: 0o100644 }, (done) => {
      read().then(
        (stream) =>
          done(
            null,
            stream.on('error', (error) => output.destroy(error)),
          ),
        (error: Error) => output.destroy(error),
      );
    });
  for (const part of parts) {
    add(part, async () => {
      const stream = await part.open();
      if (!stream) manifest.missing.push(part.path);
      current = stream;
      return measured(
        stream ?? Readable.from([]),
        (facts) => stream && manifest.files.push({ path: part.path, ...facts }),
      );
    });
  }
  const last = { path: 'manifest.json', compress: true, modified: new Date() };
  add(last, async () => Readable.from([JSON.stringify(manifest, null, 2)]));
  zip.end();
  // A client that goes away leaves the file that was being read open.
  await pipeline(output, destination).finally(() => current?.destroy());
}

/** The same stream, whose length and hash are told when it has ended. */
function measured(stream: Readable, told: (facts: { bytes: number; sha256: string }) => void): Readable {
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer | string, _encoding, done) {
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      hash.update(data);
      bytes += data.length;
      done(null, data);
    },
    flush(done) {
      told({ bytes, sha256: hash.digest('hex') });
      done();
    },
  });
  stream.on('error', (error) => meter.destroy(error));
  return stream.pipe(meter);
}
