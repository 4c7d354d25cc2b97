import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadConfig, type Config } from '../config';
import type { Artifact, RuntimeResult } from '../contracts/execution';
import { publishArtifact } from './published';
import { Workspace } from './workspace';

/** Of a picture of two pixels all that is looked at. */
const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
  Buffer.from('IHDR', 'latin1'),
  Buffer.from([0, 0, 0, 2, 0, 0, 0, 1]),
]);
const artifact = (kind: Artifact['kind'], name: string, content: Buffer): Artifact => ({
  ...{ kind, path: name, bytes: content.length },
  sha256: createHash('sha256').update(content).digest('hex'),
});

describe('figures beside the plot', () => {
  let config: Config;
  let workspace: Workspace;
  beforeEach(async () => {
    config = loadConfig({ DATA_DIR: await mkdtemp(path.join(os.tmpdir(), 'automl-published-')) });
    workspace = new Workspace(config.codingDir, 'one');
  });
  afterEach(() => rm(config.dataDir, { recursive: true, force: true }));

  /** An attempt's run has left these files, and says so of them. */
  async function publishAttempt(attempt: number, further: Artifact[]) {
    const output = workspace.file(workspace.outputFolder('visualization', attempt));
    await mkdir(output, { recursive: true });
    await writeFile(path.join(output, 'forecast_plot.png'), PNG);
    await writeFile(path.join(output, 'figures.zip'), `figures of attempt ${attempt}`);
    await writeFile(path.join(output, '..', 'visualization_script.py'), '');
    const artifacts = [artifact('plot', 'forecast_plot.png', PNG), ...further];
    return await publishArtifact({ config }, { job_id: 'one', phase: 'visualization', attempt }, {
      artifacts,
    } as RuntimeResult);
  }
  const figures = (attempt: number) => artifact('other', 'figures.zip', Buffer.from(`figures of attempt ${attempt}`));

  test('are published where the run reports them, and those of an attempt before go', async () => {
    expect(await publishAttempt(1, [figures(1)])).toBeNull();
    expect(await readFile(workspace.file('figures.zip'), 'utf8')).toBe('figures of attempt 1');
    expect(await publishAttempt(2, [])).toBeNull();
    expect(existsSync(workspace.file('figures.zip'))).toBe(false);
    expect(existsSync(workspace.file('forecast_plot.png'))).toBe(true);
  });

  test('are not published where they are other bytes than those reported', async () => {
    expect(await publishAttempt(1, [{ ...figures(1), sha256: '0'.repeat(64) }])).toMatchObject({
      code: 'invalid_artifact',
    });
    expect(existsSync(workspace.file('figures.zip'))).toBe(false);
  });
});
