import { createHash } from 'node:crypto';
import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RuntimeResult } from '../contracts/execution';
import type { ScriptPhase } from '../contracts/status';
import { checkArtifact } from './artifacts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'artifacts-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const KIND = { training: 'model', prediction: 'predictions', visualization: 'plot' } as const;
const FILE = { training: 'model.zip', prediction: 'predictions.csv', visualization: 'forecast_plot.png' } as const;

/** A result that lists the phase's artefact with the size and hash of `content`. */
function listing(phase: ScriptPhase, content: string | Buffer): RuntimeResult {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const bytes = Buffer.byteLength(content);
  return { artifacts: [{ kind: KIND[phase], path: FILE[phase], bytes, sha256 }] } as RuntimeResult;
}

function write(phase: ScriptPhase, content: string | Buffer): string {
  const file = path.join(folder, FILE[phase]);
  writeFileSync(file, content);
  return file;
}

const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
  Buffer.from('IHDR'),
  Buffer.from([0, 0, 2, 0, 0, 0, 1, 0]),
]);
const CSV = 'date,forecast\n2026-01-01,3.5\n';

test.each([
  ['prediction', CSV],
  ['visualization', PNG],
] as const)('a good artefact of %s is taken', async (phase, content) => {
  const file = write(phase, content);
  await expect(checkArtifact(folder, phase, listing(phase, content))).resolves.toEqual({ file });
});

test.each([
  ['visualization', 'text, not a picture', 'is not a PNG image'],
  ['visualization', PNG.subarray(0, 12), 'is not a PNG image'],
  ['prediction', 'date,value\n2026-01-01,1\n', 'neither a forecast nor a prediction column'],
  ['prediction', 'date,forecast\n', 'has no rows'],
  ['prediction', 'date,forecast\n"open quote,1\n', 'does not parse'],
  ['training', 'PK, but not really', 'is not a readable zip archive'],
] as const)('%s: a file that is not what it says is refused', async (phase, content, why) => {
  write(phase, content);
  await expect(checkArtifact(folder, phase, listing(phase, content))).resolves.toMatchObject({
    failure: { category: 'execution', code: 'invalid_artifact', message: expect.stringContaining(why) as string },
  });
});

test('a file that is not the one reported is refused', async () => {
  write('prediction', CSV);
  const other = listing('prediction', 'date,forecast\n2026-01-01,9.9\n');
  await expect(checkArtifact(folder, 'prediction', other)).resolves.toMatchObject({
    failure: { message: expect.stringContaining('size or hash differ') as string },
  });
});

test('what was not reported, or is not there, is refused', async () => {
  const none = { artifacts: [] as unknown } as RuntimeResult;
  await expect(checkArtifact(folder, 'prediction', none)).resolves.toMatchObject({ failure: {} });
  await expect(checkArtifact(folder, 'prediction', listing('prediction', CSV))).resolves.toMatchObject({ failure: {} });
});

test('links out of the folder are refused, soft and hard', async () => {
  const secret = path.join(folder, 'secret');
  writeFileSync(secret, CSV);
  symlinkSync(secret, path.join(folder, FILE.prediction));
  await expect(checkArtifact(folder, 'prediction', listing('prediction', CSV))).resolves.toMatchObject({
    failure: { code: 'unsafe_file' },
  });
  rmSync(path.join(folder, FILE.prediction));
  linkSync(secret, path.join(folder, FILE.prediction));
  await expect(checkArtifact(folder, 'prediction', listing('prediction', CSV))).resolves.toMatchObject({
    failure: { code: 'unsafe_file' },
  });
});
