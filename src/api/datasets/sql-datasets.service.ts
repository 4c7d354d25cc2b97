import { Injectable } from '@nestjs/common';
import type { CreateSqlDataset } from '../../contracts/connections';
import type { VersionKey } from '../../contracts/datasets';
import { readRows } from '../../data';
import { Database, DatasetStore, SqlDatasetRow, type DatasetVersionRow, type IdempotentCall } from '../../entities';
import { ConnectionsService } from '../connections/connections.service';
import { notFound } from '../common/problem';
import { temporalAway } from '../common/temporal-calls';
import { DatasetsService } from './datasets.service';
import { VersionsService } from './versions.service';

const SOURCE_NAME = 'query.csv';

/** Data sets from SQL queries. The worker pulls the rows; a caller may wait for them. */
@Injectable()
export class SqlDatasetsService {
  constructor(
    private readonly database: Database,
    private readonly store: DatasetStore,
    private readonly connections: ConnectionsService,
    private readonly datasets: DatasetsService,
    private readonly versions: VersionsService,
  ) {}

  /**
   * Makes a data set from a query; a repeated key gets the first one's.
   * @throws {AutomlError} with what the database said, where the caller waits: then no data set is left
   */
  async create(create: CreateSqlDataset, key: string | undefined, wait: boolean) {
    const { name, connection_id, limits } = create;
    const query = await this.statement(create, key);
    const call: IdempotentCall | undefined =
      key === undefined ? undefined : { scope: 'datasets/sql', key, body: create };
    const dataset = { name, kind: 'sql', source_name: SOURCE_NAME, connection_id, query, limits } as const;
    const id = await this.store.create({ ...dataset, origin: { kind: 'sql' } }, call);
    const version = { dataset_id: id, version: 1 };
    const started = await this.versions.make(version);
    if (!wait) return { name, version: await this.versions.get(version) };
    try {
      if (!started) throw temporalAway('The query was not run');
      return { name, version: await this.versions.ready(version) };
    } catch (error) {
      if ((await this.store.version(version))?.status !== 'ready') await this.store.markDeleted(id);
      throw error;
    }
  }

  /** Runs the query again, into a new version. */
  async refresh(id: string, wait: boolean): Promise<{ name: string; version: DatasetVersionRow }> {
    const { name, kind } = await this.datasets.get(id);
    if (kind !== 'sql') throw notFound('SQL data set', id);
    const key: VersionKey = await this.datasets.begin(id, { kind: 'sql' }, null);
    return { name, version: wait ? await this.versions.ready(key) : await this.versions.get(key) };
  }

  /** Oldest first; those whose rows are there. */
  async list(): Promise<SqlDatasetRow[]> {
    return await this.database.read((manager) => manager.find(SqlDatasetRow, { order: { created_at: 'ASC' } }));
  }

  /** The first `limit` rows of the newest version, as text. */
  async preview(id: string, limit: number) {
    const row = await this.database.read((manager) => manager.findOneBy(SqlDatasetRow, { id }));
    if (!row) throw notFound('data set', id);
    const { columns, rows } = await readRows(this.datasets.stored(row.file_path), { offset: 0, limit });
    return { columns, data: rows, row_count: row.row_count, column_count: row.column_count };
  }

  async remove(id: string): Promise<void> {
    await this.datasets.remove(id);
  }

  /** A repeated call is answered even where its connection is gone since: the data set is there. */
  private async statement(create: CreateSqlDataset, key: string | undefined): Promise<string> {
    try {
      return await this.connections.statement(create.connection_id, create);
    } catch (error) {
      if (key === undefined || create.query === undefined) throw error;
      const known = await this.store.findCreated({ scope: 'datasets/sql', key, body: create });
      if (known === undefined) throw error;
      return create.query;
    }
  }
}
