import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Config } from '../../config';
import type { CreateSqlDataset } from '../../contracts/connections';
import { readRows } from '../../data';
import {
  Database,
  SqlDatasetRow,
  findKey,
  storedUploadPath,
  takeKey,
  uploadedFile,
  type IdempotentCall,
} from '../../entities';
import { ConnectionsService } from '../connections/connections.service';
import { notFound } from '../common/problem';
import { CONFIG } from '../common/tokens';

const FILE_NAME = 'query.csv';

/** Results of SQL queries, stored as files: what a job is started with does not change under it. */
@Injectable()
export class DatasetsService {
  /** Exports in progress by their key: a repeated call waits for the first one instead of asking the database again. */
  private readonly exports = new Map<string, Promise<SqlDatasetRow>>();

  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Runs the query and stores its rows. @throws {AutomlError} with what the database said */
  async create(create: z.infer<typeof CreateSqlDataset>, key: string | undefined): Promise<SqlDatasetRow> {
    if (key === undefined) return await this.export(create, undefined);
    const call: IdempotentCall = { scope: 'datasets/sql', key, body: create };
    const known = await this.database.read((manager) => findKey(manager, call));
    if (known !== undefined) return await this.get(known);
    const name = JSON.stringify(call);
    const running = this.exports.get(name) ?? this.export(create, call).finally(() => this.exports.delete(name));
    this.exports.set(name, running);
    return await running;
  }

  async list(): Promise<SqlDatasetRow[]> {
    return await this.database.read((manager) => manager.find(SqlDatasetRow, { order: { created_at: 'ASC' } }));
  }

  /** @throws {RequestError} 404 */
  async get(id: string): Promise<SqlDatasetRow> {
    const row = await this.database.read((manager) => manager.findOneBy(SqlDatasetRow, { id }));
    if (!row) throw notFound('data set', id);
    return row;
  }

  /** The first `limit` rows, as text. */
  async preview(id: string, limit: number) {
    const row = await this.get(id);
    const { columns, rows } = await readRows(this.fileOf(row), { offset: 0, limit });
    return { columns, data: rows, row_count: row.row_count, column_count: row.column_count };
  }

  async remove(id: string): Promise<void> {
    const row = await this.get(id);
    await this.database.write((manager) => manager.delete(SqlDatasetRow, { id }));
    await rm(path.dirname(this.fileOf(row)), { recursive: true, force: true });
  }

  private async export(
    create: z.infer<typeof CreateSqlDataset>,
    call: IdempotentCall | undefined,
  ): Promise<SqlDatasetRow> {
    const { name, connection_id, query } = create;
    const connection = await this.connections.open(connection_id);
    const id = randomUUID();
    const file_path = storedUploadPath(id, FILE_NAME);
    const file = uploadedFile(this.config.uploadDir, file_path);
    try {
      const limits = { bytes: this.config.maxUploadBytes };
      const { rows, columns, bytes } = await this.connections.sources.exportQuery(connection, query, file, limits);
      const size = { row_count: rows, column_count: columns, file_bytes: bytes };
      const created_at = new Date().toISOString();
      const holder = await this.database.write(async (manager) => {
        const taken = call ? await takeKey(manager, call, id) : id;
        if (taken === id)
          await manager.insert(SqlDatasetRow, { id, name, connection_id, query, file_path, ...size, created_at });
        return taken;
      });
      if (holder !== id) await rm(path.dirname(file), { recursive: true, force: true });
      return await this.get(holder);
    } catch (error) {
      await rm(path.dirname(file), { recursive: true, force: true });
      throw error;
    }
  }

  private fileOf(row: SqlDatasetRow): string {
    return uploadedFile(this.config.uploadDir, row.file_path);
  }
}
