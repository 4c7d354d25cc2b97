import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkOf, type Examination } from './check';

const MEGABYTE = 1024 ** 2;
const GIGABYTE = 1024 ** 3;
/** Below this a run can't even write its model and log. */
const LEAST_DISK_BYTES = 500 * MEGABYTE;
const COMFORTABLE_DISK_BYTES = 5 * GIGABYTE;
/** What the three processes of ours use at rest. */
const OWN_MEMORY_MB = 1024;

const BUILT = ['dist/api/main.js', 'dist/worker.js', 'dist/workflow-bundle.js', 'dist/web/index.html'];
const SHIPPED = ['runtime/h2o/automl_runtime/__init__.py', 'runtime/h2o/Dockerfile'];

export const files: Examination = async ({ config }) => {
  const check = checkOf('files', 'Program files');
  const missing = [...BUILT, ...SHIPPED].filter((file) => !existsSync(path.join(config.root, file)));
  if (missing.length === 0) return check.ok('all there');
  const fatal = missing.some((file) => file !== 'dist/web/index.html');
  return fatal
    ? check.error(`missing: ${missing.join(', ')}`, 'Run `npm run setup`.')
    : check.warning('the web app is not built; the API serves without it', 'Run `npm run setup`.');
};

export const directories: Examination = async ({ config }) => {
  const check = checkOf('directories', 'Directories');
  const { dataDir, uploadDir, modelsDir, resultsDir, codingDir, runDir } = config;
  const unwritable = [dataDir, uploadDir, modelsDir, resultsDir, codingDir, runDir].flatMap((folder) => {
    try {
      mkdirSync(folder, { recursive: true });
      const probe = path.join(folder, `.probe-${process.pid}`);
      writeFileSync(probe, '');
      rmSync(probe);
      return [];
    } catch (error) {
      return [`${folder} (${(error as NodeJS.ErrnoException).code})`];
    }
  });
  return unwritable.length === 0
    ? check.ok(`writable under ${dataDir}`)
    : check.error(`can't write: ${unwritable.join(', ')}`, 'Make them writable, or set DATA_DIR to a folder that is.');
};

export const disk: Examination = async ({ config }) => {
  const check = checkOf('disk', 'Disk space');
  const existing = nearestFolder(config.dataDir);
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  const found = `${(free / GIGABYTE).toFixed(1)} GB free at ${config.dataDir}`;
  const remedy = 'Free some space, or set DATA_DIR to a larger disk.';
  if (free < LEAST_DISK_BYTES) return check.error(found, remedy);
  return free < COMFORTABLE_DISK_BYTES ? check.warning(found, remedy) : check.ok(found);
};

export const memory: Examination = async ({ config }) => {
  const check = checkOf('memory', 'Memory');
  const totalMb = Math.floor(usableMemory() / MEGABYTE);
  const { heapMb, memoryMb } = config.execution;
  const found = `${totalMb} MB here; a training may use ${memoryMb} MB, of which ${heapMb} MB heap`;
  if (heapMb > totalMb) return check.error(found, 'Lower H2O_MAX_MEM below the memory of this machine.');
  return memoryMb + OWN_MEMORY_MB > totalMb
    ? check.warning(found, 'Lower H2O_MAX_MEM and CONTAINER_MEMORY_MB, or run on a machine with more memory.')
    : check.ok(found);
};

/** The machine's memory, or less where a control group allows less. */
function usableMemory(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, os.totalmem()) : os.totalmem();
}

function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(path.dirname(folder));
}
