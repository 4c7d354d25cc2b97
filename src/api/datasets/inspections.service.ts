import { writeFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { DatasetInspection, DatasetOverrides } from '../../contracts/dataset-overrides';
import type { VersionKey } from '../../contracts/datasets';
import { inspectRows, readStart, wholeRows } from '../../data';
import { canonicalOverrides, mergeOverrides } from '../../data/edits';
import { DatasetStore } from '../../entities';
import { IncomingFiles } from '../common/incoming-files';
import { DatasetsService } from './datasets.service';
import { overridesField } from './overrides-field';
import { VersionsService } from './versions.service';

interface Look {
  /** Of the whole file; more than there are where only its start was sent. */
  bytes: number;
  overrides: DatasetOverrides | undefined;
}

/** How a table would be read, from its start, with corrections tried out; nothing is kept. */
@Injectable()
export class InspectionsService {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly stored: DatasetStore,
    private readonly versions: VersionsService,
    private readonly incoming: IncomingFiles,
  ) {}

  /** @throws {OverrideError} where a correction does not fit; {AutomlError} where the file is no table */
  async ofUpload(http: { request: Request; response: Response }): Promise<DatasetInspection> {
    return await this.incoming.take(http, async (file) => {
      const claimed = Number(file.fields['bytes'] ?? 0);
      const bytes = Number.isSafeInteger(claimed) ? Math.max(claimed, file.bytes) : file.bytes;
      const found = await this.look(file.path, { bytes, overrides: overridesField(file.fields) });
      return { ...found, dialect_given: false };
    });
  }

  /** As the version that `overrides` would make of this one. @throws as `ofUpload`; {RequestError} 404, 409 */
  async ofVersion(key: VersionKey, overrides: DatasetOverrides): Promise<DatasetInspection> {
    const { source_path } = await this.datasets.get(key.dataset_id);
    const version = await this.versions.readyNow(key);
    if (source_path !== null && (await this.stored.readsUpload(version))) {
      const merged = await this.datasets.corrections(version, overrides);
      const file = this.datasets.stored(source_path);
      const bytes = (await this.stored.profile(key))?.source_bytes ?? 0;
      return { ...(await this.look(file, { bytes, overrides: merged })), dialect_given: false };
    }
    const known = canonicalOverrides((await this.stored.profile(key))?.columns ?? null);
    const merged = mergeOverrides(known, { columns: overrides.columns });
    const file = this.datasets.stored(version.file_path);
    return { ...(await this.look(file, { bytes: version.bytes ?? 0, overrides: merged })), dialect_given: true };
  }

  private async look(file: string, { bytes, overrides }: Look) {
    const start = await readStart(file);
    if (start.length >= bytes) return await inspectRows(file, { overrides });
    return await this.incoming.scratch(async (place) => {
      await writeFile(place, wholeRows(start));
      return await inspectRows(place, { overrides, sampleOnly: true, wholeBytes: bytes });
    });
  }
}
