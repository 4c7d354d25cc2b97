import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Config } from '../../config';
import type { DatasetOverrides } from '../../contracts/dataset-overrides';
import type {
  CreateVersion,
  DatasetDetails,
  DatasetDiff,
  DatasetRows,
  DatasetVersionDetails,
  DatasetVersionView,
  VersionKey,
  VersionOrigin,
} from '../../contracts/datasets';
import { checkEdits, mergeOverrides } from '../../data/edits';
import { readPage } from '../../data/pages';
import { DatasetStore, storedUploadPath, uploadedFile, type DatasetRow } from '../../entities';
import { moveOnce, type ServedFile } from '../common/files';
import { IncomingFiles } from '../common/incoming-files';
import { RequestError, notFound } from '../common/problem';
import { CONFIG } from '../common/tokens';
import { overridesField } from './overrides-field';
import { VersionsService } from './versions.service';
import { datasetView, diffOf, newestReady, versionView } from './views';

/** Data sets as their users see them. The API places files and reads pages; the worker makes versions. */
@Injectable()
export class DatasetsService {
  constructor(
    private readonly datasets: DatasetStore,
    private readonly versions: VersionsService,
    private readonly incoming: IncomingFiles,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Stores the request's file as a new data set. @throws {RequestError} 4xx, 507 */
  async upload(http: { request: Request; response: Response }): Promise<DatasetDetails> {
    const id = await this.incoming.take(http, async (file) => {
      const datasetId = randomUUID();
      const source_path = storedUploadPath(datasetId, file.safeName);
      const place = uploadedFile(this.config.uploadDir, source_path);
      const overrides = overridesField(file.fields);
      const name = file.fields['name']?.trim().slice(0, 200) || file.name;
      const origin = { kind: 'upload', ...(overrides ? { overrides } : {}) } as const;
      const dataset = { id: datasetId, name, kind: 'upload', source_name: file.name, source_path, origin } as const;
      return await this.datasets.create(dataset, undefined, async () => {
        await mkdir(path.dirname(place), { recursive: true });
        await moveOnce(file.path, place);
      });
    });
    await this.versions.make({ dataset_id: id, version: 1 });
    return await this.details(id);
  }

  async list(page: { offset: number; limit: number }) {
    const { datasets, total } = await this.datasets.list(page);
    const versions = await this.datasets.versions(datasets.map(({ id }) => id));
    const views = datasets.map((row) =>
      datasetView(
        row,
        versions.filter(({ dataset_id }) => dataset_id === row.id),
      ),
    );
    return { views, total };
  }

  async details(id: string): Promise<DatasetDetails> {
    const row = await this.get(id);
    const versions = await this.datasets.versions([id]);
    const ready = newestReady(versions);
    const profile = ready ? await this.datasets.profile({ dataset_id: id, version: ready.version }) : null;
    return { ...datasetView(row, versions), profile, versions: versions.map(versionView) };
  }

  async rename(id: string, name: string): Promise<DatasetDetails> {
    if (!(await this.datasets.rename(id, name))) throw notFound('data set', id);
    return await this.details(id);
  }

  async remove(id: string): Promise<void> {
    if (!(await this.datasets.markDeleted(id))) throw notFound('data set', id);
  }

  async version(key: VersionKey): Promise<DatasetVersionDetails> {
    await this.get(key.dataset_id);
    return { ...versionView(await this.versions.get(key)), profile: await this.datasets.profile(key) };
  }

  /** Begins a new version from edits or corrections, checked as far as the schema tells. @throws {RequestError} 4xx */
  async addVersion(id: string, create: CreateVersion, wait: boolean): Promise<DatasetVersionView> {
    await this.get(id);
    const base = await this.baseVersion(id, create.base_version);
    const key = await this.begin(id, await this.origin(base, create), base.version);
    return versionView(wait ? await this.versions.ready(key) : await this.versions.get(key));
  }

  /** Hands out a number and has the version made. */
  async begin(id: string, origin: VersionOrigin, parent: number | null): Promise<VersionKey> {
    const version = await this.datasets.addVersion(id, origin, parent);
    if (version === undefined) throw notFound('data set', id);
    const key = { dataset_id: id, version };
    await this.versions.make(key);
    return key;
  }

  async cancel(key: VersionKey): Promise<DatasetVersionView> {
    await this.get(key.dataset_id);
    const version = await this.versions.get(key);
    if (await this.versions.cancel(key)) return versionView(await this.versions.get(key));
    throw new RequestError(
      409,
      'version_decided',
      `Version ${key.version} is ${version.status} already.`,
      'Nothing is left to cancel.',
    );
  }

  async rows(key: VersionKey, page: { offset: number; limit: number }): Promise<DatasetRows> {
    await this.get(key.dataset_id);
    const { file_path, row_count } = await this.versions.readyNow(key);
    const { columns, rows } = await readPage(uploadedFile(this.config.uploadDir, file_path), page);
    return { version: key.version, offset: page.offset, columns, rows, row_count: row_count ?? 0 };
  }

  async file(key: VersionKey): Promise<ServedFile> {
    const { name, id } = await this.get(key.dataset_id);
    const { file_path } = await this.versions.readyNow(key);
    const plain =
      name
        .replace(/\.csv$/i, '')
        .replace(/[^A-Za-z0-9._-]+/g, '_')
        .slice(0, 80) || 'dataset';
    return {
      file: uploadedFile(this.config.uploadDir, file_path),
      within: path.join(this.config.uploadDir, id),
      type: 'text/csv; charset=utf-8',
      name: `${plain}-v${key.version}.csv`,
    };
  }

  async diff(id: string, { from, to }: { from: number; to: number }): Promise<DatasetDiff> {
    await this.get(id);
    const keys = [from, to].map((version) => ({ dataset_id: id, version }));
    const [, newer] = await Promise.all(keys.map((key) => this.versions.readyNow(key)));
    const [before, after] = await Promise.all(keys.map((key) => this.datasets.profile(key)));
    const changes = newer?.parent_version === from ? newer.changes : null;
    return { from, to, ...diffOf(before!, after!), changes };
  }

  /** Besides the earlier ones where the uploaded file is read anew; what was edited or pulled has them in it already. */
  async corrections(base: VersionKey & { origin: VersionOrigin }, overrides: DatasetOverrides) {
    return (await this.datasets.readsUpload(base)) ? mergeOverrides(overridesOf(base.origin), overrides) : overrides;
  }

  /** Where a stored file is. */
  stored(filePath: string): string {
    return uploadedFile(this.config.uploadDir, filePath);
  }

  /** @throws {RequestError} 404 */
  async get(id: string): Promise<DatasetRow> {
    const row = await this.datasets.get(id);
    if (!row) throw notFound('data set', id);
    return row;
  }

  private async baseVersion(id: string, wanted: number | undefined) {
    if (wanted !== undefined) return await this.versions.readyNow({ dataset_id: id, version: wanted });
    const versions = await this.datasets.versions([id]);
    const newest = newestReady(versions) ?? versions.at(-1)!;
    return await this.versions.readyNow({ dataset_id: id, version: newest.version });
  }

  private async origin(base: { dataset_id: string; version: number; origin: VersionOrigin }, create: CreateVersion) {
    const { edits, overrides = {} } = create;
    if (edits) {
      const profile = await this.datasets.profile(base);
      await checkEdits(profile!, edits);
      return { kind: 'edits', edits } as const;
    }
    return { kind: 'schema', overrides: await this.corrections(base, overrides) } as const;
  }
}

/** What a version was corrected by when it was read. */
export function overridesOf(origin: VersionOrigin) {
  return origin.kind === 'upload' || origin.kind === 'schema' ? (origin.overrides ?? {}) : {};
}
