import { randomUUID } from 'node:crypto';
import { In, IsNull, LessThanOrEqual, Not, type EntityManager } from 'typeorm';
import type { Dataset } from '../contracts/dataset';
import type { DatasetOverrides } from '../contracts/dataset-overrides';
import type { SqlLimits, VersionChanges, VersionKey, VersionOrigin } from '../contracts/datasets';
import type { Failure } from '../contracts/failure';
import { audit } from './audit';
import type { Database } from './database';
import { DatasetRow, DatasetVersionRow } from './dataset.entity';
import { findKey, freeKeys, takeKey, type IdempotentCall } from './idempotency';
import { JobRow } from './job.entity';
import { ConnectionRow, SqlDatasetRow } from './source.entity';
import { now } from './store-base';

export interface NewDataset {
  /** Chosen by the caller where files are placed before. */
  id?: string;
  name: string;
  kind: DatasetRow['kind'];
  source_name: string;
  source_path?: string;
  connection_id?: string;
  query?: string;
  limits?: SqlLimits;
  origin: VersionOrigin;
}

/** What a version became. */
export interface MadeVersion {
  /** `uploads/<id>/…/dataset.csv` */
  file_path: string;
  profile: Dataset;
  changes: VersionChanges | null;
}

export interface DatasetPage {
  datasets: DatasetRow[];
  total: number;
}

/** Data sets and their versions. What is deleted but not purged is not there for any reader. */
export class DatasetStore {
  constructor(readonly database: Database) {}

  /** Makes a data set with its first version, to be prepared. @returns its id; an earlier one for a repeated key. */
  async create(dataset: NewDataset, call?: IdempotentCall, beforeCommit?: () => Promise<void>): Promise<string> {
    const { origin, id = randomUUID(), ...fields } = dataset;
    return await this.database.write(async (manager) => {
      if (call) {
        const holder = await takeKey(manager, call, id);
        if (holder !== id) return holder;
      }
      await beforeCommit?.();
      const time = now();
      await manager.insert(DatasetRow, { ...fields, id, latest_version: 1, created_at: time, updated_at: time });
      await manager.insert(DatasetVersionRow, newVersion({ dataset_id: id, version: 1 }, origin, null));
      return id;
    });
  }

  /**
   * Makes a data set for a job that has not started, which will start with it.
   * @returns undefined, and nothing is made, where the job has started or is gone
   */
  async createForJob(
    jobId: string,
    dataset: NewDataset,
    beforeCommit: () => Promise<void>,
  ): Promise<string | undefined> {
    const { origin, id = randomUUID(), ...fields } = dataset;
    return await this.database.write(async (manager) => {
      const lock = this.database.kind === 'postgres' ? ({ mode: 'pessimistic_write' } as const) : undefined;
      const job = await manager.findOne(JobRow, {
        where: { id: jobId, status: 'created', deleted_at: IsNull() },
        lock,
      });
      if (!job) return undefined;
      await beforeCommit();
      const time = now();
      await manager.insert(DatasetRow, { ...fields, id, latest_version: 1, created_at: time, updated_at: time });
      await manager.insert(DatasetVersionRow, newVersion({ dataset_id: id, version: 1 }, origin, null));
      await manager.update(JobRow, { id: jobId }, { dataset_id: id, dataset_version: 1, updated_at: time });
      return id;
    });
  }

  /** What an earlier call with this key made. */
  async findCreated(call: IdempotentCall): Promise<string | undefined> {
    return await this.database.read((manager) => findKey(manager, call));
  }

  /** Hands out the next number, of callers at once to each another one. @returns undefined where there is no data set. */
  async addVersion(id: string, origin: VersionOrigin, parent: number | null): Promise<number | undefined> {
    return await this.database.write(async (manager) => {
      const dataset = await this.lock(manager, id);
      if (!dataset) return undefined;
      const version = dataset.latest_version + 1;
      await manager.update(DatasetRow, { id }, { latest_version: version, updated_at: now() });
      await manager.insert(DatasetVersionRow, newVersion({ dataset_id: id, version }, origin, parent));
      return version;
    });
  }

  async get(id: string): Promise<DatasetRow | undefined> {
    const row = await this.database.read((manager) => manager.findOneBy(DatasetRow, { id, deleted_at: IsNull() }));
    return row ?? undefined;
  }

  /** Newest first. */
  async list({ offset, limit }: { offset: number; limit: number }): Promise<DatasetPage> {
    const [datasets, total] = await this.database.read((manager) =>
      manager.findAndCount(DatasetRow, {
        where: { deleted_at: IsNull() },
        order: { created_at: 'DESC', id: 'DESC' },
        skip: offset,
        take: limit,
      }),
    );
    return { datasets, total };
  }

  /** Versions of these data sets, oldest first, without their profiles. */
  async versions(ids: string[]): Promise<DatasetVersionRow[]> {
    if (ids.length === 0) return [];
    return await this.database.read((manager) =>
      manager.find(DatasetVersionRow, { where: { dataset_id: In(ids) }, order: { version: 'ASC' } }),
    );
  }

  async version({ dataset_id, version }: VersionKey): Promise<DatasetVersionRow | undefined> {
    const row = await this.database.read((manager) => manager.findOneBy(DatasetVersionRow, { dataset_id, version }));
    return row ?? undefined;
  }

  /** Whether a version is the uploaded file as it was read, however often corrected: no edit and no query is in it. */
  async readsUpload(key: VersionKey): Promise<boolean> {
    let version = await this.version(key);
    while (version?.origin.kind === 'schema' && version.parent_version !== null) {
      version = await this.version({ dataset_id: key.dataset_id, version: version.parent_version });
    }
    return version?.origin.kind === 'upload';
  }

  /** A saved connection, its password encrypted. */
  async connection(id: string): Promise<ConnectionRow | undefined> {
    return (await this.database.read((manager) => manager.findOneBy(ConnectionRow, { id }))) ?? undefined;
  }

  /** Corrections that came with a job's own upload. */
  async overridesOfJob(id: string): Promise<DatasetOverrides | null> {
    const job = await this.database.read((manager) =>
      manager.findOne(JobRow, { select: { id: true, dataset_overrides: true }, where: { id } }),
    );
    return job?.dataset_overrides ?? null;
  }

  /** Null until the version is ready. */
  async profile({ dataset_id, version }: VersionKey): Promise<Dataset | null> {
    const row = await this.database.read((manager) =>
      manager.findOne(DatasetVersionRow, {
        select: { dataset_id: true, version: true, profile: true },
        where: { dataset_id, version },
      }),
    );
    return row?.profile ?? null;
  }

  async setProgress(key: VersionKey, progress: number): Promise<void> {
    await this.database.write((manager) =>
      manager.update(DatasetVersionRow, { ...key, status: 'preparing' }, { progress: Math.round(progress) }),
    );
  }

  /**
   * Makes the version ready, once: of two attempts that both got here, the first one counts.
   * @returns false, and nothing is changed, where the version is decided already or its data set is gone.
   */
  async finishVersion(key: VersionKey, made: MadeVersion): Promise<boolean> {
    return await this.database.write(async (manager) => {
      const open = await this.openVersion(manager, key);
      if (!open) return false;
      const { profile, file_path, changes } = made;
      const size = { bytes: profile.bytes, row_count: profile.rows, column_count: profile.columns.length };
      const done = { status: 'ready', progress: 100, finished_at: now() } as const;
      const fields = { ...done, ...size, file_path, sha256: profile.sha256, profile, changes };
      await manager.update(DatasetVersionRow, key, fields as never);
      await manager.update(DatasetRow, { id: key.dataset_id }, { updated_at: now() });
      if (open.dataset.kind === 'sql') await listSqlDataset(manager, open.dataset, { ...size, file_path });
      const { origin } = open.version;
      if (origin.kind === 'schema' && origin.job_id !== undefined) {
        const waiting = { id: origin.job_id, status: 'created', dataset_id: key.dataset_id } as const;
        await manager.update(JobRow, waiting, { dataset_version: key.version });
      }
      return true;
    });
  }

  /** Ends a version that will not become ready; without an error it was cancelled. */
  async endVersion(key: VersionKey, error: Failure | null): Promise<void> {
    const ended = { status: error ? 'failed' : 'cancelled', error, finished_at: now() } as const;
    await this.database.write((manager) =>
      manager.update(DatasetVersionRow, { ...key, status: 'preparing' }, ended as never),
    );
  }

  /** Notes that a version is not wanted any more. @returns false where it is decided already. */
  async requestCancel(key: VersionKey): Promise<boolean> {
    return await this.database.write(async (manager) => {
      if (!(await this.openVersion(manager, key))) return false;
      await manager.update(DatasetVersionRow, key, { cancel_requested_at: now() });
      return true;
    });
  }

  async rename(id: string, name: string): Promise<boolean> {
    return await this.database.write(async (manager) => {
      if (!(await this.lock(manager, id))) return false;
      await manager.update(DatasetRow, { id }, { name, updated_at: now() });
      await manager.update(SqlDatasetRow, { id }, { name });
      return true;
    });
  }

  /** Hides the data set from every reader at once; the worker removes rows and files. Jobs have copies of their own. */
  async markDeleted(id: string): Promise<boolean> {
    return await this.database.write(async (manager) => {
      const dataset = await this.lock(manager, id);
      if (!dataset) return false;
      await audit(manager, 'delete_dataset', null, { id, name: dataset.name });
      await manager.update(DatasetRow, { id }, { deleted_at: now() });
      await manager.delete(SqlDatasetRow, { id });
      await freeKeys(manager, 'datasets', id);
      await freeKeys(manager, 'datasets/sql', id);
      return true;
    });
  }

  /** Ids of data sets that are hidden and wait for their purge. */
  async deleted(): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager.find(DatasetRow, { select: { id: true }, where: { deleted_at: Not(IsNull()) } }),
    );
    return rows.map(({ id }) => id);
  }

  /** Removes the rows of a hidden data set; one that is gone is no error. */
  async purge(id: string): Promise<void> {
    await this.database.write(async (manager) => {
      await manager.delete(DatasetVersionRow, { dataset_id: id });
      await manager.delete(DatasetRow, { id });
    });
  }

  /** Versions that should be being made. */
  async unfinished(olderThanSeconds: number): Promise<(VersionKey & { cancelled: boolean })[]> {
    const before = new Date(Date.now() - olderThanSeconds * 1000).toISOString();
    const where = { status: 'preparing', created_at: LessThanOrEqual(before) } as const;
    const rows = await this.database.read((manager) => manager.find(DatasetVersionRow, { where }));
    return rows.map(({ dataset_id, version, cancel_requested_at }) => ({
      dataset_id,
      version,
      cancelled: cancel_requested_at !== null,
    }));
  }

  private async lock(manager: EntityManager, id: string): Promise<DatasetRow | null> {
    // On SQLite the transaction itself is the lock.
    const lock = this.database.kind === 'postgres' ? ({ mode: 'pessimistic_write' } as const) : undefined;
    return await manager.findOne(DatasetRow, { where: { id, deleted_at: IsNull() }, lock });
  }

  private async openVersion(manager: EntityManager, key: VersionKey) {
    const dataset = await this.lock(manager, key.dataset_id);
    const version = dataset && (await manager.findOneBy(DatasetVersionRow, { ...key, status: 'preparing' }));
    return version ? { dataset, version } : undefined;
  }
}

function newVersion({ dataset_id, version }: VersionKey, origin: VersionOrigin, parent: number | null) {
  return {
    ...{ dataset_id, version, origin, parent_version: parent },
    status: 'preparing' as const,
    progress: 0,
    created_at: now(),
  } as never;
}

/** The table that readers of SQL data sets know: the newest state of each. */
async function listSqlDataset(
  manager: EntityManager,
  dataset: DatasetRow,
  size: { file_path: string; bytes: number; row_count: number; column_count: number },
): Promise<void> {
  const { id, name, connection_id, query, created_at } = dataset;
  const { bytes: file_bytes, ...rest } = size;
  const row = { id, name, connection_id: connection_id ?? '', query: query ?? '', ...rest, file_bytes, created_at };
  await manager.upsert(SqlDatasetRow, row, ['id']);
}
