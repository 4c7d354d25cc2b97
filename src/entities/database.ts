import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { AutomlError } from '../contracts/failure';
import { classifyDatabaseError, isContention, isReadOnly } from './database-errors';
import { ENTITIES } from './entities';
import { FirstTables1763900000000 } from './migrations/1763900000000-first-tables';
import { Forks1764028800000 } from './migrations/1764028800000-forks';
import { AuditAppendOnly1764040000000 } from './migrations/1764040000000-audit-append-only';
import { AgentTurns1764036000000 } from './migrations/1764036000000-agent-turns';
import { Datasets1764037000000 } from './migrations/1764037000000-datasets';
import { ChangedLimits1764050000000 } from './migrations/1764050000000-changed-limits';
import { Questions1764060010000 } from './migrations/1764060010000-questions';
import { SortableJobs1764062000000 } from './migrations/1764062000000-sortable-jobs';
import { ExecutionStages1764065000000 } from './migrations/1764065000000-execution-stages';
import { Workers1764070000000 } from './migrations/1764070000000-workers';

/** How long SQLite itself waits for another process's lock, milliseconds. */
const BUSY_TIMEOUT_MS = 5000;
/** A transaction that lost a race for a lock is tried again this often, with growing pauses. */
const WRITE_ATTEMPTS = 5;
/** Any number, the same in every process: who holds it migrates. */
const MIGRATION_LOCK = 7_203_611_941;

const MIGRATIONS = [
  FirstTables1763900000000,
  Forks1764028800000,
  AgentTurns1764036000000,
  Datasets1764037000000,
  AuditAppendOnly1764040000000,
  ChangedLimits1764050000000,
  Questions1764060010000,
  SortableJobs1764062000000,
  ExecutionStages1764065000000,
  Workers1764070000000,
];
/** In the order they run. */
export const KNOWN_MIGRATIONS: readonly string[] = MIGRATIONS.map((migration) => migration.name);
const SHARED = { entities: ENTITIES, migrations: MIGRATIONS, synchronize: false };

/**
 * The database of one process. Reads go anywhere; every write goes through `write`.
 *
 * TypeORM has one connection for each SQLite data source, on which concurrent transactions would run into each
 * other. So there are two data sources: one that only reads, and one whose transactions take turns.
 */
export class Database {
  private turn: Promise<unknown> = Promise.resolve();
  private reconnecting: Promise<void> | undefined;
  private readonly writing = new AsyncLocalStorage<true>();

  /** Over data sources that are connected and migrated; `open` makes them. */
  constructor(
    readonly kind: 'sqlite' | 'postgres',
    private readonly reader: DataSource,
    private readonly writer: DataSource,
  ) {}

  /**
   * Opens the database and brings its tables up to date; any number of processes may do so at once.
   * @param url `sqlite:/absolute/path` or `postgres://…`, as `Config.databaseUrl` has it.
   * @throws {AutomlError} of category `system` where it can't be opened or migrated.
   */
  static async open(url: string): Promise<Database> {
    try {
      return url.startsWith('sqlite:') ? await openSqlite(url.slice('sqlite:'.length)) : await openPostgres(url);
    } catch (error) {
      throw classifyDatabaseError(error);
    }
  }

  /** Reads what is committed. @throws {AutomlError} where the database can't be read. */
  async read<Result>(query: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    try {
      if (this.reconnecting || !this.reader.isInitialized) await this.reconnect();
      return await query(this.reader.manager);
    } catch (error) {
      throw classifyDatabaseError(error);
    }
  }

  /**
   * Runs `change` in one transaction; it may run again from the start when another process wins a lock, so it must
   * touch nothing but `manager`, and only through `find…`, `insert`, `update`, `upsert`, `delete` and query builders
   * (`save` and `remove` open transactions of their own).
   * @throws {AutomlError} where the database can't be written; nothing is written then.
   */
  async write<Result>(change: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    if (this.writing.getStore()) throw new Error('A write inside a write: pass the manager on instead.');
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.writing.run(true, () => (this.kind === 'sqlite' ? this.inTurn(change) : this.apart(change)));
      } catch (error) {
        if (!isContention(error) || attempt === WRITE_ATTEMPTS) throw classifyDatabaseError(error);
        await pause(20 * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  /** Names of the migrations that are in effect, oldest first. */
  async migrations(): Promise<string[]> {
    const rows: { name: string }[] = await this.read((manager) =>
      manager.query('SELECT name FROM migrations ORDER BY id'),
    );
    return rows.map((row) => row.name);
  }

  /** Waits for the write in progress, then closes. */
  async close(): Promise<void> {
    await this.turn.catch(() => undefined);
    if (this.reader !== this.writer && this.reader.isInitialized) await this.reader.destroy();
    if (this.writer.isInitialized) await this.writer.destroy();
  }

  private apart<Result>(change: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.writer.transaction(change);
  }

  private inTurn<Result>(change: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    const result = this.turn.then(async () => {
      if (!this.writer.isInitialized) await this.reconnect();
      return await immediately(this.writer, change);
    });
    this.turn = result
      .catch((error: unknown) => (isReadOnly(error) ? this.reconnect() : undefined))
      .catch(() => undefined);
    return result;
  }

  /**
   * A file that was read-only when it was opened stays so for SQLite as long as any connection of this process has it
   * open: all of them are made anew.
   */
  private async reconnect(): Promise<void> {
    this.reconnecting ??= (async () => {
      for (const source of [this.reader, this.writer]) if (source.isInitialized) await source.destroy();
      await openWriter(this.writer);
      await openReader(this.reader);
    })().finally(() => (this.reconnecting = undefined));
    await this.reconnecting;
  }
}

/**
 * A transaction that takes SQLite's write lock at its start: one that reads first and asks for the lock later fails
 * at once when another process has written in between.
 */
async function immediately<Result>(source: DataSource, change: (manager: EntityManager) => Promise<Result>) {
  await source.query('BEGIN IMMEDIATE');
  try {
    const result = await change(source.manager);
    await source.query('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after a full disk, say; then there is nothing to roll back.
    await source.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function openSqlite(file: string): Promise<Database> {
  if (!path.isAbsolute(file)) {
    throw new AutomlError({
      category: 'system',
      code: 'database_url_invalid',
      message: `The database path "${file}" is not absolute.`,
      hint: 'Set DATABASE_URL to a file name, an absolute path or a postgres:// URL.',
    });
  }
  mkdirSync(path.dirname(file), { recursive: true });
  const options: DataSourceOptions = {
    ...SHARED,
    type: 'sqlite',
    database: file,
    enableWAL: true,
    busyTimeout: BUSY_TIMEOUT_MS,
  };
  const writer = await patiently(() => openWriter(new DataSource(options)));
  // TypeORM changes a table by making it anew: with foreign keys on, dropping the old one would delete every row that
  // refers to it. Inside a transaction, where TypeORM tries, SQLite ignores the switch.
  await writer.query('PRAGMA foreign_keys = OFF');
  // One transaction around the look at what is missing and the making of it.
  await patiently(() => immediately(writer, () => writer.runMigrations({ transaction: 'none' })));
  await writer.query('PRAGMA foreign_keys = ON');
  const reader = await patiently(() => openReader(new DataSource(options)));
  return new Database('sqlite', reader, writer);
}

async function openPostgres(url: string): Promise<Database> {
  const source = await connected({ ...SHARED, type: 'postgres', url, applicationName: 'automl' });
  const runner = source.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations({ transaction: 'all' });
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    await source.destroy();
    throw error;
  } finally {
    await runner.release().catch(() => undefined);
  }
  return new Database('postgres', source, source);
}

async function openWriter(source: DataSource): Promise<DataSource> {
  await source.initialize();
  await source.query('PRAGMA synchronous = NORMAL');
  return source;
}

async function openReader(source: DataSource): Promise<DataSource> {
  await source.initialize();
  await source.query('PRAGMA query_only = ON');
  return source;
}

/** Two processes that open a new SQLite file at once may both be told that it is busy. */
function connected(options: DataSourceOptions): Promise<DataSource> {
  return patiently(() => new DataSource(options).initialize());
}

async function patiently<Result>(open: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      if (!isContention(error) || attempt === WRITE_ATTEMPTS) throw error;
      await pause(20 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
