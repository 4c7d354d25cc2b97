import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { activityInfo } from '@temporalio/activity';
import type { Config } from '../config';
import type { DatasetOverrides } from '../contracts/dataset-overrides';
import type { Dataset } from '../contracts/dataset';
import type { VersionKey, VersionOrigin } from '../contracts/datasets';
import { AutomlError, type Failure } from '../contracts/failure';
import { prepareDataset } from '../data';
import { applyEdits, canonicalOverrides, mergeOverrides } from '../data/edits';
import { writeRowIndex } from '../data/pages';
import type { Secrets } from '../data/secrets';
import { openConnection, type SqlSources } from '../data/sql';
import { storedUploadPath, uploadedFile, type DatasetRow, type DatasetStore, type MadeVersion } from '../entities';
import { connectionGone } from './errors';
import { whileAlive } from './liveness';
import { VersionProgress } from './version-progress';

/** A database that can't be reached is tried this often: somebody waits for the answer. */
const SQL_ATTEMPTS = 3;
const CANONICAL_FILE = 'dataset.csv';

export interface DatasetDependencies {
  config: Pick<Config, 'uploadDir' | 'maxUploadBytes'>;
  datasets: DatasetStore;
  secrets: Secrets;
  sources: SqlSources;
}

/** The steps that make versions of data sets. */
export interface DatasetActivities {
  /**
   * Makes a version's file and profile. Each attempt works in a folder of its own and the row names the one that
   * counts, so that attempts that overlap never mix; what others left is removed.
   */
  makeVersion(key: VersionKey): Promise<void>;
  endVersion(key: VersionKey, failure: Failure | null): Promise<void>;
}

export function createDatasetActivities(deps: DatasetDependencies): DatasetActivities {
  return {
    makeVersion: (key) => makeVersion(deps, key),
    async endVersion(key, failure) {
      await removeAttempts(deps, key);
      await deps.datasets.endVersion(key, failure);
    },
  };
}

async function makeVersion(deps: DatasetDependencies, key: VersionKey): Promise<void> {
  const { datasets } = deps;
  const dataset = await datasets.get(key.dataset_id);
  const version = await datasets.version(key);
  if (!dataset || version?.status !== 'preparing') return;
  await removeAttempts(deps, key);
  const name = attemptName(key.version);
  const folder = path.join(deps.config.uploadDir, dataset.id, name);
  await mkdir(folder, { recursive: true });
  const progress = new VersionProgress((percent) => datasets.setProgress(key, percent));
  try {
    const making = new Making(deps, { dataset, origin: version.origin, parent: version.parent_version, folder });
    const made = await whileAlive((signal) =>
      making.run(progress, signal).catch((error: unknown) => {
        // However a reader says that it was stopped.
        signal.throwIfAborted();
        throw error;
      }),
    );
    await progress.settled();
    const file_path = storedUploadPath(dataset.id, `${name}/${CANONICAL_FILE}`);
    if (!(await datasets.finishVersion(key, { ...made, file_path })))
      await rm(folder, { recursive: true, force: true });
  } catch (error) {
    await progress.settled();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Another one for each attempt, those of a workflow that was started again included. */
function attemptName(version: number): string {
  const { attempt, workflowExecution } = activityInfo();
  return `v${version}-${workflowExecution?.runId.slice(0, 8) ?? 'alone'}-${attempt}`;
}

async function removeAttempts({ config, datasets }: DatasetDependencies, key: VersionKey): Promise<void> {
  const folder = path.join(config.uploadDir, key.dataset_id);
  const names = await readdir(folder).catch(() => []);
  const attempts = names.filter((name) => name.startsWith(`v${key.version}-`));
  // An attempt that was thought dead may have won while this one began: then its files are the version's.
  if (attempts.length === 0 || (await datasets.version(key))?.status === 'ready') return;
  for (const name of attempts) await rm(path.join(folder, name), { recursive: true, force: true });
}

interface Task {
  dataset: DatasetRow;
  origin: VersionOrigin;
  parent: number | null;
  folder: string;
}

/** A CSV file to prepare, and how it is to be read. */
interface Source {
  file: string;
  overrides: DatasetOverrides;
  changes: MadeVersion['changes'];
  /** Ours: removed once it is prepared. */
  temporary: boolean;
}

class Making {
  constructor(
    private readonly deps: DatasetDependencies,
    private readonly task: Task,
  ) {}

  async run(progress: VersionProgress, signal: AbortSignal): Promise<Omit<MadeVersion, 'file_path'>> {
    const { folder, dataset } = this.task;
    const source = await this.source(signal);
    progress.begin(source.temporary ? 30 : 0);
    const destination = path.join(folder, CANONICAL_FILE);
    const { file, overrides, changes } = source;
    const onProgress = (share: number) => progress.report(share);
    const input = { source: file, sourceName: dataset.source_name, destination, overrides, onProgress, signal };
    const profile = await prepareDataset(input);
    if (source.temporary) await rm(file);
    await writeRowIndex(destination);
    return { profile, changes };
  }

  private async source(signal: AbortSignal): Promise<Source> {
    const { origin } = this.task;
    switch (origin.kind) {
      case 'sql':
        return await this.pull(signal);
      case 'edits': {
        const base = await this.base();
        const file = path.join(this.task.folder, 'edited.csv');
        const edited = await applyEdits({ ...base, edits: origin.edits, destination: file, signal });
        return { file, overrides: edited.overrides, changes: edited.changes, temporary: true };
      }
      case 'schema':
        return (await this.readsUpload()) ? this.uploaded(origin.overrides) : await this.reread(origin.overrides);
      case 'upload':
        return this.uploaded(origin.overrides ?? {});
    }
  }

  private uploaded(overrides: DatasetOverrides): Source {
    const file = uploadedFile(this.deps.config.uploadDir, this.task.dataset.source_path ?? '');
    return { file, overrides, changes: null, temporary: false };
  }

  /** Corrections of what was pulled or edited are made on that, not on a source that would be another table. */
  private async reread(overrides: DatasetOverrides): Promise<Source> {
    const { source, base } = await this.base();
    const known = canonicalOverrides(base.columns);
    return {
      file: source,
      overrides: mergeOverrides(known, { columns: overrides.columns }),
      changes: null,
      temporary: false,
    };
  }

  private async pull(signal: AbortSignal): Promise<Source> {
    const { datasets, secrets, sources, config } = this.deps;
    const { connection_id, query, limits } = this.task.dataset;
    const stored = await datasets.connection(connection_id ?? '');
    if (!stored) throw connectionGone();
    const file = path.join(this.task.folder, 'query.csv');
    const bounds = { ...limits, bytes: Math.min(limits?.bytes ?? Infinity, config.maxUploadBytes) };
    try {
      const connection = await openConnection(stored, secrets);
      await sources.exportQuery(connection, query ?? '', file, bounds, signal);
    } catch (error) {
      const isLast = activityInfo().attempt >= SQL_ATTEMPTS;
      throw error instanceof AutomlError && error.retryable && isLast ? new AutomlError(error.failure) : error;
    }
    return { file, overrides: canonicalOverrides(null), changes: null, temporary: true };
  }

  private async readsUpload(): Promise<boolean> {
    const { dataset, parent } = this.task;
    if (parent === null) return dataset.source_path !== null;
    return await this.deps.datasets.readsUpload({ dataset_id: dataset.id, version: parent });
  }

  private async base(): Promise<{ source: string; base: Dataset }> {
    const key = { dataset_id: this.task.dataset.id, version: this.task.parent ?? 0 };
    const version = await this.deps.datasets.version(key);
    const base = await this.deps.datasets.profile(key);
    if (!version?.file_path || !base) throw baseMissing(key.version);
    return { source: uploadedFile(this.deps.config.uploadDir, version.file_path), base };
  }
}

function baseMissing(version: number): AutomlError {
  return new AutomlError({
    category: 'data',
    code: 'base_not_ready',
    message: `Version ${version}, which this one builds on, is not ready.`,
    hint: 'Choose a version that is ready as the base.',
  });
}
