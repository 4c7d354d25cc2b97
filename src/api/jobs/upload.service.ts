import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Config } from '../../config';
import type { DatasetOverrides } from '../../contracts/dataset-overrides';
import type { JobView, Uploaded } from '../../contracts/jobs';
import { DatasetStore, storedUploadPath, uploadedFile } from '../../entities';
import { moveOnce } from '../common/files';
import { IncomingFiles, type IncomingFile } from '../common/incoming-files';
import { RequestError } from '../common/problem';
import { CONFIG } from '../common/tokens';
import { overridesField } from '../datasets/overrides-field';
import { VersionsService } from '../datasets/versions.service';
import { JobsService } from './jobs.service';
import type { z } from 'zod';

/** Takes a file for a job: into quarantine, a first look, and only then, together with the claim, to its place. */
@Injectable()
export class UploadService {
  constructor(
    private readonly jobs: JobsService,
    private readonly incoming: IncomingFiles,
    private readonly datasets: DatasetStore,
    private readonly versions: VersionsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Reads the request's file and starts the job, or only prepares the file for it. @throws {RequestError} 4xx, 507 */
  async receive(
    jobId: string,
    http: { request: Request; response: Response },
    start: boolean,
  ): Promise<z.infer<typeof Uploaded>> {
    const job = await this.jobs.get(jobId);
    if (job.status !== 'created') throw alreadyStarted(job);
    return await this.incoming.take(http, async (file) => {
      const overrides = overridesField(file.fields);
      return start ? await this.start(job, file, overrides) : await this.prepare(job, file, overrides);
    });
  }

  private async start(job: JobView, file: IncomingFile, overrides: DatasetOverrides | undefined) {
    const dataset_path = storedUploadPath(job.id, file.safeName);
    const place = uploadedFile(this.config.uploadDir, dataset_path);
    await mkdir(path.dirname(place), { recursive: true });
    const claimed = await this.jobs.start(job, {
      from: 'analysis',
      allowedStatuses: ['created'],
      action: 'upload',
      dataset: {
        dataset_path,
        dataset_name: file.name,
        dataset_bytes: file.bytes,
        dataset_id: null,
        dataset_version: null,
        dataset_overrides: overrides ?? null,
      },
      // In the claim's transaction: of two uploads at once, only the one that has the job places its file.
      beforeCommit: () => moveOnce(file.path, place),
    });
    if (!claimed) throw alreadyStarted(await this.jobs.get(job.id));
    const message = 'The file is uploaded and the job is queued.';
    return { message, file_path: dataset_path, dataset_id: null, dataset_version: null };
  }

  /** The job stays as it is, and gets a data set that it will start with. */
  private async prepare(job: JobView, file: IncomingFile, overrides: DatasetOverrides | undefined) {
    const id = randomUUID();
    const source_path = storedUploadPath(id, file.safeName);
    const place = uploadedFile(this.config.uploadDir, source_path);
    const dataset = { id, name: file.name, kind: 'upload', source_name: file.name, source_path } as const;
    const origin = { kind: 'upload', ...(overrides ? { overrides } : {}) } as const;
    const made = await this.datasets.createForJob(job.id, { ...dataset, origin }, async () => {
      await mkdir(path.dirname(place), { recursive: true });
      await moveOnce(file.path, place);
    });
    if (made === undefined) throw alreadyStarted(await this.jobs.get(job.id));
    await this.versions.make({ dataset_id: id, version: 1 });
    const message = 'The file is uploaded and being read; look at it, correct it, then start the job.';
    return { message, file_path: source_path, dataset_id: id, dataset_version: 1 };
  }
}

function alreadyStarted(job: JobView): RequestError {
  const hint = 'Create a new job for another file.';
  return new RequestError(409, 'already_uploaded', `The job has its data already (status ${job.status}).`, hint);
}
