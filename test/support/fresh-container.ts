import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';

const IMAGE = process.env['DOCKER_IMAGE'] ?? 'automl-h2o:latest';

/**
 * What a model archive makes of rows in a container that has nothing else: no network, no library of ours (Python is
 * isolated from the image's PYTHONPATH), only Python, its packages and Java.
 * @param rows a CSV; without, a forecast goes on from the history in the archive
 * @returns the bytes of predictions.csv
 */
export async function scoreAlone(model: Buffer, rows?: Buffer): Promise<Buffer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'automl-alone-'));
  try {
    const out = path.join(folder, 'out');
    await mkdir(out);
    await chmod(folder, 0o755);
    await chmod(out, 0o777);
    await writeFile(path.join(folder, 'model.zip'), model);
    if (rows) await writeFile(path.join(folder, 'rows.csv'), rows);
    const given = rows ? ['/in/rows.csv'] : [];
    await run(['python3', '-I', '/in/model.zip', ...given, '--output', '/in/out/predictions.csv'], folder);
    return await readFile(path.join(out, 'predictions.csv'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(command: string[], folder: string): Promise<void> {
  const container = await new Docker().createContainer({
    Image: IMAGE,
    Cmd: command,
    WorkingDir: '/tmp',
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      Memory: 2 * 1024 ** 3,
      Tmpfs: { '/tmp': 'rw,exec,size=256m' },
      Binds: [`${folder}:/in`],
    },
  });
  try {
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    if (StatusCode !== 0) throw new Error((await container.logs({ stdout: true, stderr: true })).toString());
  } finally {
    await container.remove({ force: true });
  }
}
