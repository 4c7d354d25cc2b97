import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type Docker from 'dockerode';
import type { Config } from '../../config';
import { RUNTIME_CONTRACT } from '../../contracts/execution';
import { AutomlError, cut } from '../../contracts/failure';
import { docker, dockerUnless } from './errors';

/** Images of this name are ours to build; any other is the user's own, built FROM ours. */
const OWN_REPOSITORY = 'automl-h2o';
const CONTRACT_LABEL = 'automl.runtime-contract';
const SOURCE_LABEL = 'automl.runtime-source';
/** In runtime/h2o but not part of the image. */
const LEFT_OUT = ['tests', 'example', 'extras', '__pycache__'];

/**
 * Makes sure that the configured image is there and speaks this version's contract: the default image is built
 * when missing or made from other sources than these.
 * @throws {AutomlError} `image_missing`, `image_unbuildable` or `image_incompatible`.
 */
export async function ensureImage(
  client: Docker,
  config: Config,
  onProgress: (message: string) => void,
): Promise<void> {
  const { image } = config.execution;
  let labels = await labelsOf(client, image);
  if (image.split(':')[0] === OWN_REPOSITORY) {
    const source = await sourceHash(config);
    if (labels?.[SOURCE_LABEL] === source) return;
    onProgress(
      labels
        ? `The runtime's sources have changed: building the image ${image} anew.`
        : `Building the image ${image}, which takes a few minutes the first time.`,
    );
    await build(client, config, source, onProgress);
    labels = await labelsOf(client, image);
  }
  checkContract(image, labels);
}

/** One sentence on the image, for a check that changes nothing; undefined where all is well. */
export async function imageProblem(client: Docker, config: Config): Promise<string | undefined> {
  const { image } = config.execution;
  const labels = await labelsOf(client, image);
  if (!labels && image.split(':')[0] === OWN_REPOSITORY) return `The image ${image} will be built at the first start.`;
  try {
    checkContract(image, labels);
    return undefined;
  } catch (error) {
    return (error as AutomlError).failure.message;
  }
}

async function labelsOf(client: Docker, image: string): Promise<Record<string, string> | undefined> {
  const info = await dockerUnless([404], () => client.getImage(image).inspect());
  return info && (info.Config.Labels ?? {});
}

function checkContract(image: string, labels: Record<string, string> | undefined): void {
  if (!labels) {
    throw new AutomlError({
      category: 'system',
      code: 'image_missing',
      message: `The Docker image ${image} is not there.`,
      hint: 'Build it FROM automl-h2o:latest (see runtime/h2o/example/Dockerfile), or unset DOCKER_IMAGE.',
    });
  }
  const found = labels[CONTRACT_LABEL];
  if (found === String(RUNTIME_CONTRACT)) return;
  throw new AutomlError({
    category: 'system',
    code: 'image_incompatible',
    message: `The Docker image ${image} has the runtime contract ${found ?? 'of none of our images'}, not ${RUNTIME_CONTRACT}.`,
    hint: 'Build it anew FROM the current automl-h2o:latest (see runtime/h2o/example/Dockerfile), or unset DOCKER_IMAGE.',
  });
}

async function build(
  client: Docker,
  config: Config,
  source: string,
  onProgress: (message: string) => void,
): Promise<void> {
  const { image, baseImage, proxies } = config.execution;
  const context = await mkdtemp(path.join(tmpdir(), 'automl-image-'));
  try {
    await stageContext(config, context);
    const stream = await docker(() =>
      client.buildImage(
        { context, src: ['.'] },
        {
          t: image,
          buildargs: { BASE_IMAGE: baseImage, ...proxies },
          labels: { [SOURCE_LABEL]: source },
          // The host's own view of name servers and package mirrors is the one known to work.
          networkmode: 'host',
          rm: true,
          forcerm: true,
        },
      ),
    );
    await follow(client, stream, config, onProgress);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

interface BuildRow {
  stream?: string;
  status?: string;
  error?: string;
}

/** Reports each step; the last lines of a failed build are what says why. */
async function follow(
  client: Docker,
  stream: NodeJS.ReadableStream,
  config: Config,
  onProgress: (message: string) => void,
): Promise<void> {
  const last: string[] = [];
  const rows = await new Promise<BuildRow[]>((resolve, reject) => {
    client.modem.followProgress(
      stream,
      (error: Error | null, output: BuildRow[]) =>
        error ? reject(unbuildable(error.message, last, config)) : resolve(output),
      (row: BuildRow) => {
        const text = (row.stream ?? '').trim();
        if (!text) return;
        last.push(text);
        if (last.length > 8) last.shift();
        if (text.startsWith('Step ')) onProgress(text);
      },
    );
  });
  const error = rows.find((row) => row.error)?.error;
  if (error) throw unbuildable(error, last, config);
}

function unbuildable(error: string, last: string[], config: Config): AutomlError {
  const { image, baseImage } = config.execution;
  return new AutomlError({
    category: 'system',
    code: /no space left on device/i.test(error) ? 'no_disk_space' : 'image_unbuildable',
    message: `The Docker image ${image} can't be built from ${baseImage}: ${cut(error, 400)} ${cut(last.join(' | '), 800)}`,
    hint:
      `Check that ${baseImage} can be pulled or is there and that package mirrors can be reached; name another base in ` +
      'DOCKER_BASE_IMAGE (scripts/docker-engine.sh makes one without a registry), or set EXECUTION_ENGINE=local.',
  });
}

async function stageContext(config: Config, context: string): Promise<void> {
  const root = path.join(config.root, 'runtime', 'h2o');
  for (const file of await sourcesIn(root)) {
    await mkdir(path.dirname(path.join(context, file)), { recursive: true });
    await copyFile(path.join(root, file), path.join(context, file));
  }
  const { caBundle } = config.execution;
  const certificates = caBundle && existsSync(caBundle) ? await readFile(caBundle) : '';
  await writeFile(path.join(context, 'ca-bundle.crt'), certificates);
}

/** Changes when a file of the image or its base does. */
async function sourceHash(config: Config): Promise<string> {
  const root = path.join(config.root, 'runtime', 'h2o');
  const hash = createHash('sha256').update(config.execution.baseImage);
  for (const file of await sourcesIn(root)) {
    hash.update(`\0${file}\0`).update(await readFile(path.join(root, file)));
  }
  return hash.digest('hex');
}

/** Relative paths of the image's files, sorted. */
async function sourcesIn(root: string, folder = ''): Promise<string[]> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.') && !name.endsWith('.pyc') && !LEFT_OUT.includes(name))
      .map(async (entry) => {
        const file = path.posix.join(folder, entry.name);
        if (entry.isDirectory()) return sourcesIn(root, file);
        return entry.isFile() ? [file] : [];
      }),
  );
  return files.flat().sort();
}
