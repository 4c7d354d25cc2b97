import Docker, { type ContainerInspectInfo } from 'dockerode';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { installationOf } from '../../src/engines/names';
import { describePipeline } from './pipeline';

// Jest decides what runs before anything asynchronous may happen: the socket is what can be looked at by then.
const answers = existsSync(process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock');
const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

/** What a container that trains could see while it ran. */
interface Seen {
  mounts: ContainerInspectInfo['Mounts'];
  files: string[];
  dataset: string;
}

if (answers || process.env['REQUIRE_DOCKER']) {
  const docker = new Docker();
  const seen: Promise<Seen>[] = [];
  // Other installations on this machine have containers of their own.
  let ours: string[];
  let events: Readable;

  async function watch(dataDir: string): Promise<void> {
    ours = [`automl.installation=${installationOf(dataDir)}`];
    const filters = JSON.stringify({ type: ['container'], event: ['start'], label: ours });
    events = (await docker.getEvents({ filters })) as unknown as Readable;
    events.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        const { Actor } = JSON.parse(line) as { Actor: { ID: string; Attributes: { name: string } } };
        if (/-training-1-train-i1$/.test(Actor.Attributes.name)) seen.push(lookInto(docker.getContainer(Actor.ID)));
      }
    });
  }
  afterAll(() => void events?.destroy());

  describePipeline('docker', watch);

  test('where it trains, the sealed rows are nowhere', async () => {
    const [bikes, tumours] = await Promise.all(seen);
    for (const { mounts, files } of [bikes!, tumours!]) {
      const sources = mounts.map(({ Source }) => path.basename(Source));
      // The package that the plan of one of them asks for holds nothing of a job.
      const ofTheJob = sources.filter((name) => !name.startsWith('holidays-'));
      expect(ofTheJob.sort()).toEqual(['out', 'split.json', 'training-1', 'training.csv']);
      expect(mounts.filter(({ RW }) => RW).map(({ Source }) => path.basename(Source))).toEqual(['out']);
      expect(files).toEqual(expect.arrayContaining(['/job/dataset.csv', '/job/split.json']));
      expect(files.filter((file) => /sealed|model\.zip/.test(file))).toEqual([]);
    }
    const rowsOf = (text: string) => text.trim().split('\n').slice(1);
    const days = rowsOf(readFileSync(path.join(EXAMPLES, 'bike_sharing_daily.csv'), 'utf8')).map((row) =>
      row.slice(0, '2011-01-01'.length),
    );
    // A horizon of 14 days, which are sealed: the training's last day is the one before them.
    expect(rowsOf(bikes!.dataset).at(-1)!.replaceAll('"', '')).toMatch(new RegExp(`^${days.sort().at(-15)!}`));
    expect(rowsOf(bikes!.dataset)).toHaveLength(days.length - 14);
    const all = rowsOf(readFileSync(path.join(EXAMPLES, 'breast_cancer.csv'), 'utf8')).length;
    expect(rowsOf(tumours!.dataset).length).toBeLessThan(all * 0.85);
  });

  test('no container is left', async () => {
    expect(seen).toHaveLength(2);
    const left = await docker.listContainers({ all: true, filters: { label: ours } });
    expect(left.flatMap((container) => container.Names)).toEqual([]);
  });
} else {
  test.skip('no Docker engine answers on this machine', () => undefined);
}

async function lookInto(container: Docker.Container): Promise<Seen> {
  const { Mounts: mounts } = await container.inspect();
  const files = (await outputOf(container, ['find', '/job', '-type', 'f'])).split('\n').filter(Boolean);
  return { mounts, files, dataset: await outputOf(container, ['cat', '/job/dataset.csv']) };
}

async function outputOf(container: Docker.Container, Cmd: string[]): Promise<string> {
  const exec = await container.exec({ Cmd, AttachStdout: true, Tty: true });
  return (await buffer(await exec.start({ Tty: true }))).toString().replaceAll('\r\n', '\n');
}
