import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { audit, ConnectionRow, Database, takeKey } from '../../entities';
import type { ConnectionView, CreateConnection, PreviewQuery, SqlTable } from '../../contracts/connections';
import { openConnection, readOnlyStatement, tableStatement, type SqlConnection, type SqlSources } from '../../data/sql';
import type { Secrets } from '../../data/secrets';
import { RequestError, notFound } from '../common/problem';
import { SECRETS, SQL_SOURCES } from '../common/tokens';
import { connectionParts } from './connection-parts';

/** Databases to read from. Passwords are stored encrypted and leave only towards their database. */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    @Inject(SECRETS) private readonly secrets: Secrets,
    @Inject(SQL_SOURCES) readonly sources: SqlSources,
  ) {}

  /** @returns the id; the same for the same key and body. */
  async create(create: CreateConnection, idempotencyKey: string | undefined): Promise<string> {
    const { password, ...plain } = connectionParts(create);
    const encrypted_password = password === undefined ? null : await this.secrets.encrypt(password);
    const id = randomUUID();
    return await this.database.write(async (manager) => {
      if (idempotencyKey !== undefined) {
        const holder = await takeKey(manager, { scope: 'connections', key: idempotencyKey, body: create }, id);
        if (holder !== id) return holder;
      }
      const created_at = new Date().toISOString();
      await manager.insert(ConnectionRow, { ...plain, name: create.name, id, encrypted_password, created_at });
      await audit(manager, 'create_connection', null, { connection_id: id, name: create.name, type: plain.type });
      return id;
    });
  }

  async list(): Promise<ConnectionView[]> {
    const rows = await this.database.read((manager) => manager.find(ConnectionRow, { order: { created_at: 'ASC' } }));
    return rows.map(({ encrypted_password, ...view }) => ({ ...view, has_password: encrypted_password !== null }));
  }

  async test(id: string) {
    return await this.sources.testConnection(await this.open(id));
  }

  async remove(id: string): Promise<void> {
    const done = await this.database.write(async (manager) => {
      const { affected } = await manager.delete(ConnectionRow, { id });
      if (affected) await audit(manager, 'delete_connection', null, { connection_id: id });
      return affected;
    });
    if (!done) throw notFound('connection', id);
  }

  async tables(id: string) {
    return await this.sources.tables(await this.open(id));
  }

  async columns(id: string, { schema = null, name }: SqlTable) {
    const columns = await this.sources.columns(await this.open(id), { schema, name });
    if (columns.length === 0) throw notFound('table', name);
    return columns;
  }

  /** The first rows of a query or table, as text. */
  async preview(id: string, { limit, ...selection }: PreviewQuery) {
    const connection = await this.open(id);
    return await this.sources.preview(connection, statementOf(connection.type, selection), limit);
  }

  /**
   * The one statement that a request names, checked as far as it can be without its database.
   * @throws {RequestError} 404 for the connection, 422
   */
  async statement(id: string, selection: Pick<PreviewQuery, 'query' | 'table'>): Promise<string> {
    const { type } = await this.get(id);
    const statement = statementOf(type, selection);
    readOnlyStatement(statement, type);
    return statement;
  }

  /** @throws {RequestError} 404 */
  private async open(id: string): Promise<SqlConnection> {
    return await openConnection(await this.get(id), this.secrets);
  }

  /** The saved connection, its password encrypted. @throws {RequestError} 404 */
  async get(id: string): Promise<ConnectionRow> {
    const row = await this.database.read((manager) => manager.findOneBy(ConnectionRow, { id }));
    if (!row) throw notFound('connection', id);
    return row;
  }
}

function statementOf(type: SqlConnection['type'], { query, table }: Pick<PreviewQuery, 'query' | 'table'>): string {
  if (query !== undefined && table === undefined) return query;
  if (table !== undefined && query === undefined) {
    return tableStatement(type, { schema: table.schema ?? null, name: table.name });
  }
  throw new RequestError(422, 'query_or_table', 'Name a query or a table, and not both.', 'Give `query` or `table`.');
}
