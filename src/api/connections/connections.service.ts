import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Config } from '../../config';
import type { ConnectionView, CreateConnection } from '../../contracts/connections';
import { createSecrets, type Secrets } from '../../data/secrets';
import { createSqlSources, type SqlConnection, type SqlSources } from '../../data/sql';
import { audit, ConnectionRow, Database, takeKey } from '../../entities';
import { RequestError, notFound } from '../common/problem';
import { CONFIG } from '../common/tokens';

/** Databases to read from. Passwords are stored encrypted and leave only towards their database. */
@Injectable()
export class ConnectionsService {
  readonly sources: SqlSources;
  private readonly secrets: Secrets;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: Config,
  ) {
    this.sources = createSqlSources(config.sqlSources);
    this.secrets = createSecrets(config);
  }

  /** @returns the id; the same for the same key and body. */
  async create(create: z.infer<typeof CreateConnection>, idempotencyKey: string | undefined): Promise<string> {
    if (create.type !== 'sqlite' && !create.host) {
      const hint = 'Add the host name or address of the database server.';
      throw new RequestError(422, 'host_missing', `A ${create.type} connection needs a host.`, hint);
    }
    const { password, ...plain } = create;
    const encrypted_password = password === undefined ? null : await this.secrets.encrypt(password);
    const id = randomUUID();
    return await this.database.write(async (manager) => {
      if (idempotencyKey !== undefined) {
        const holder = await takeKey(manager, { scope: 'connections', key: idempotencyKey, body: create }, id);
        if (holder !== id) return holder;
      }
      await manager.insert(ConnectionRow, { ...plain, id, encrypted_password, created_at: new Date().toISOString() });
      await audit(manager, 'create_connection', null, { connection_id: id, name: create.name, type: create.type });
      return id;
    });
  }

  async list(): Promise<z.infer<typeof ConnectionView>[]> {
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

  /** What a driver needs to connect, the password included. @throws {RequestError} 404 */
  async open(id: string): Promise<SqlConnection> {
    const row = await this.database.read((manager) => manager.findOneBy(ConnectionRow, { id }));
    if (!row) throw notFound('connection', id);
    const { type, host, port, database, username, encrypted_password } = row;
    const password = encrypted_password === null ? null : await this.secrets.decrypt(encrypted_password);
    return { type, host, port, database, username, password };
  }
}
