import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { sendArchive, type ArchiveManifest, type ArchivePart } from './archive';

const JOB = { id: 'job-1', name: 'Sales', status: 'completed' };
const part = (path: string, content: string | undefined): ArchivePart => ({
  ...{ path, compress: path.endsWith('.csv'), modified: new Date('2026-11-25T10:00:00Z') },
  open: async () => (content === undefined ? undefined : Readable.from([Buffer.from(content)])),
});

async function archiveOf(parts: ArchivePart[]): Promise<Map<string, string>> {
  const sink = new PassThrough();
  const [sent] = await Promise.all([buffer(sink), sendArchive(JOB, parts, sink)]);
  const zip = await fromBufferPromise(sent);
  const found = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    found.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  }
  return found;
}

it('has every file, and a manifest that tells their lengths and hashes', async () => {
  const table = 'a,b\n1,é\n'.repeat(20_000);
  const found = await archiveOf([part('model.zip', 'PK'), part('predictions.csv', table), part('empty.txt', '')]);
  expect([...found.keys()]).toEqual(['model.zip', 'predictions.csv', 'empty.txt', 'manifest.json']);
  expect(found.get('predictions.csv')).toBe(table);
  const manifest = JSON.parse(found.get('manifest.json')!) as ArchiveManifest;
  expect(manifest).toMatchObject({ schema_version: 1, job: JOB, missing: [] });
  expect(manifest.files).toEqual(
    ['model.zip', 'predictions.csv', 'empty.txt'].map((path) => ({
      path,
      bytes: Buffer.byteLength(found.get(path)!),
      sha256: createHash('sha256').update(found.get(path)!).digest('hex'),
    })),
  );
});

it('names what was gone when its turn came', async () => {
  const found = await archiveOf([part('model.zip', undefined), part('plot.png', 'x')]);
  const manifest = JSON.parse(found.get('manifest.json')!) as ArchiveManifest;
  expect(manifest.missing).toEqual(['model.zip']);
  expect(manifest.files.map(({ path }) => path)).toEqual(['plot.png']);
});

it.each(['opened', 'read'])('fails where a file cannot be %s, and never ends as if it were whole', async (when) => {
  const broken: ArchivePart = {
    ...part('model.zip', ''),
    open: async () => {
      if (when === 'opened') throw new Error('EIO');
      return new Readable({
        read() {
          this.destroy(new Error('EIO'));
        },
      });
    },
  };
  const sink = new PassThrough();
  sink.resume();
  await expect(sendArchive(JOB, [broken], sink)).rejects.toThrow('EIO');
  expect(sink.writableFinished).toBe(false);
});

it('lets go of the file it was reading when the client goes away', async () => {
  let endless!: Readable;
  const parts: ArchivePart[] = [
    {
      ...part('dataset.csv', ''),
      open: async () =>
        (endless = new Readable({
          read() {
            this.push(Buffer.alloc(65_536, 'x'));
          },
        })),
    },
  ];
  const sink = new PassThrough();
  const sending = sendArchive(JOB, parts, sink);
  sink.once('data', () => sink.destroy(new Error('gone')));
  await expect(sending).rejects.toThrow('gone');
  expect(endless.destroyed).toBe(true);
});
