import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { Dataset } from '../../contracts/dataset';
import type { DatasetOverrides } from '../../contracts/dataset-overrides';
import type { JobDataset, VersionKey } from '../../contracts/datasets';
import type { CreateJob, JobView } from '../../contracts/jobs';
import { readPage } from '../../data/pages';
import { DatasetStore, JobStore, profileOf, storedUploadPath, uploadedFile } from '../../entities';
import { moveOnce } from '../common/files';
import { RequestError } from '../common/problem';
import { CONFIG } from '../common/tokens';
import { DatasetsService, overridesOf } from '../datasets/datasets.service';
import { VersionsService } from '../datasets/versions.service';
import { newestReady } from '../datasets/views';
import { JobsService } from './jobs.service';

const COPY = 'dataset.csv';

/** What jobs learn from: which version of which data set, what it looks like, and its correction before the start. */
@Injectable()
export class JobDatasetsService {
  constructor(
    private readonly jobs: JobsService,
    private readonly store: JobStore,
    private readonly stored: DatasetStore,
    private readonly datasets: DatasetsService,
    private readonly versions: VersionsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Makes the job; with a data set it starts at once. */
  async create(create: CreateJob, idempotencyKey: string | undefined): Promise<JobView> {
    const chosen =
      create.dataset_id === undefined ? undefined : await this.choose(create.dataset_id, create.dataset_version);
    const job = await this.store.createJob(create, idempotencyKey);
    if (chosen && job.status === 'created') await this.startWith(job, chosen);
    return job;
  }

  /** Starts a job whose data was uploaded to be looked at first. @throws {RequestError} 404, 409 */
  async start(id: string): Promise<JobView> {
    const job = await this.jobs.get(id);
    if (job.status !== 'created') throw started(job);
    if (!(await this.startWith(job, pointed(job)))) throw started(await this.jobs.get(id));
    return await this.jobs.get(id);
  }

  /** What the job has read, or will read. @throws {RequestError} 404; 409 where nothing of it is known yet */
  async view(id: string, page: { offset: number; limit: number }): Promise<JobDataset> {
    const job = await this.jobs.get(id);
    const own = await this.analysed(job);
    if (own) return { ...own, ...(await this.page(own.file, page)) };
    if (job.dataset_id === null && job.dataset_path !== null) {
      throw new RequestError(409, 'dataset_not_ready', 'The data is being analysed.', 'Ask again in a moment.');
    }
    const key = pointed(job);
    const version = await this.versions.get(key);
    const about = {
      ...key,
      status: version.status,
      progress: version.progress,
      error: version.error,
      overrides: overridesOf(version.origin),
      profile: await this.stored.profile(key),
      row_count: version.row_count ?? 0,
    };
    if (version.file_path === null) return { ...about, offset: page.offset, columns: [], rows: [] };
    return { ...about, ...(await this.page(uploadedFile(this.config.uploadDir, version.file_path), page)) };
  }

  /**
   * Reads the job's data anew with these corrections besides the earlier ones. The job takes the new version once it is
   * ready; where the corrections do not fit the file, the job's data stays as it was.
   */
  async correct(id: string, overrides: DatasetOverrides, page: { offset: number; limit: number }): Promise<JobDataset> {
    const job = await this.jobs.get(id);
    if (job.status !== 'created') throw started(job);
    const key = pointed(job);
    const merged = await this.datasets.corrections(await this.versions.get(key), overrides);
    const made = await this.datasets.begin(
      key.dataset_id,
      { kind: 'schema', overrides: merged, job_id: id },
      key.version,
    );
    await this.versions.ready(made);
    return await this.view(id, page);
  }

  private async choose(id: string, version: number | undefined): Promise<VersionKey> {
    await this.datasets.get(id);
    const wanted = version ?? newestReady(await this.stored.versions([id]))?.version ?? 1;
    await this.versions.readyNow({ dataset_id: id, version: wanted });
    return { dataset_id: id, version: wanted };
  }

  /** Gives the job a copy of its own, so that nothing that happens to the data set harms it. */
  private async startWith(job: JobView, key: VersionKey): Promise<boolean> {
    const { file_path, bytes } = await this.versions.readyNow(key);
    const { name } = await this.datasets.get(key.dataset_id);
    const profile = await this.stored.profile(key);
    const dataset_path = storedUploadPath(job.id, COPY);
    const place = uploadedFile(this.config.uploadDir, dataset_path);
    const copy = `${place}.${randomUUID()}`;
    await mkdir(path.dirname(place), { recursive: true });
    try {
      await copyFile(uploadedFile(this.config.uploadDir, file_path), copy, constants.COPYFILE_FICLONE);
      await writeFile(profileOf(copy), JSON.stringify(profile));
      return await this.jobs.start(job, {
        from: 'analysis',
        allowedStatuses: ['created'],
        action: 'dataset',
        dataset: {
          ...{ dataset_path, dataset_name: name, dataset_bytes: bytes },
          ...{ dataset_id: key.dataset_id, dataset_version: key.version },
        },
        beforeCommit: async () => {
          await moveOnce(profileOf(copy), profileOf(place));
          await moveOnce(copy, place);
        },
      });
    } finally {
      await rm(copy, { force: true });
      await rm(profileOf(copy), { force: true });
    }
  }

  /** What the analysis has made of the job's data; undefined before that. */
  private async analysed(job: JobView) {
    const file = path.join(this.config.codingDir, `pipeline_${job.id}`, 'dataset.csv');
    const text = await readFile(file.replace(/csv$/, 'json'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const profile = Dataset.parse(JSON.parse(text));
    const overrides = await this.stored.overridesOfJob(job.id);
    const { dataset_id, dataset_version: version } = job;
    const done = { status: 'ready', progress: 100, error: null } as const;
    return { dataset_id, version, ...done, overrides, profile, row_count: profile.rows, file };
  }

  private async page(file: string, { offset, limit }: { offset: number; limit: number }) {
    return { offset, ...(await readPage(file, { offset, limit })) };
  }
}

/** The version that a job waits to be started with. */
function pointed({ dataset_id, dataset_version }: JobView): VersionKey {
  if (dataset_id !== null && dataset_version !== null) return { dataset_id, version: dataset_version };
  throw new RequestError(409, 'no_dataset', 'The job has no data yet.', 'Upload a file with `?start=false` first.');
}

function started({ status }: JobView): RequestError {
  const hint = 'Make a new job from the data set, or fork this one from its analysis.';
  return new RequestError(409, 'already_started', `The job has started already (status ${status}).`, hint);
}
