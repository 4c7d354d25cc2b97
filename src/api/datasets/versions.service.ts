import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { VersionKey } from '../../contracts/datasets';
import { AutomlError } from '../../contracts/failure';
import { DatasetStore, type DatasetVersionRow } from '../../entities';
import { RequestError, notFound } from '../common/problem';
import { TemporalCalls } from '../common/temporal-calls';

const POLL_MS = 150;
/** How long a caller who waits is kept waiting; the making goes on after that. */
const PATIENCE_MS = 15 * 60_000;

/** Has versions made by the worker, and waits for them. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly datasets: DatasetStore,
    private readonly temporal: TemporalCalls,
  ) {}

  /** @returns false where Temporal does not answer: the worker starts the making later. */
  async make(key: VersionKey): Promise<boolean> {
    return await this.temporal.done((workflows) => workflows.datasets.make(key));
  }

  /** @returns false where the version is decided already. */
  async cancel(key: VersionKey): Promise<boolean> {
    if (!(await this.datasets.requestCancel(key))) return false;
    await this.temporal.done((workflows) => workflows.datasets.cancel(key));
    return true;
  }

  /** The version once it is ready. @throws {AutomlError} why it is not; {RequestError} 503 where it takes too long */
  async ready(key: VersionKey): Promise<DatasetVersionRow> {
    const giveUp = Date.now() + PATIENCE_MS;
    for (;;) {
      const version = await this.get(key);
      if (version.status === 'ready') return version;
      if (version.status !== 'preparing') throw refusal(version);
      if (Date.now() > giveUp) {
        const hint = `Look at GET /datasets/${key.dataset_id}/versions/${key.version} later.`;
        throw new RequestError(503, 'still_preparing', 'The data is still being prepared.', hint);
      }
      await pause(POLL_MS);
    }
  }

  /** @throws {RequestError} 404 */
  async get(key: VersionKey): Promise<DatasetVersionRow> {
    const version = await this.datasets.version(key);
    if (!version) throw notFound('data set version', `${key.dataset_id}/${key.version}`);
    return version;
  }

  /** @throws {RequestError} 404, 409 with the version's own error where it has one */
  async readyNow(key: VersionKey): Promise<DatasetVersionRow & { file_path: string }> {
    const version = await this.get(key);
    const { status, file_path } = version;
    if (status === 'ready' && file_path !== null) return { ...version, file_path };
    const why = version.error ? ` ${version.error.message}` : '';
    const hint = version.error?.hint ?? 'Wait until its status is ready.';
    throw new RequestError(409, 'version_not_ready', `Version ${version.version} is ${status}.${why}`, hint);
  }
}

function refusal({ version, error }: DatasetVersionRow): Error {
  if (error) return new AutomlError(error);
  return new RequestError(409, 'version_cancelled', `Version ${version} was cancelled.`, 'Make another version.');
}
