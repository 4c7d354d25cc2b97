import sqlite3 from 'sqlite3';

/** The installation's database as an onlooker sees it: committed rows, read-only, whoever holds the write lock. */
export class Rows {
  private constructor(private readonly database: sqlite3.Database) {}

  static async open(file: string): Promise<Rows> {
    return new Rows(await open(file, sqlite3.OPEN_READONLY));
  }

  async all<Row = Record<string, unknown>>(sql: string, ...parameters: unknown[]): Promise<Row[]> {
    return await new Promise((resolve, reject) => {
      this.database.all(sql, parameters, (error, rows) => (error ? reject(error) : resolve(rows as Row[])));
    });
  }

  async one<Row = Record<string, unknown>>(sql: string, ...parameters: unknown[]): Promise<Row | undefined> {
    return (await this.all<Row>(sql, ...parameters))[0];
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.database.close(() => resolve()));
  }
}

/** Holds the database against every other writer until it is released. */
export async function lockDatabase(file: string): Promise<() => Promise<void>> {
  const database = await open(file, sqlite3.OPEN_READWRITE);
  const run = (sql: string) =>
    new Promise<void>((resolve, reject) => database.exec(sql, (error) => (error ? reject(error) : resolve())));
  await run('PRAGMA busy_timeout = 5000');
  await run('BEGIN EXCLUSIVE');
  return async () => {
    await run('COMMIT');
    await new Promise<void>((resolve) => database.close(() => resolve()));
  };
}

async function open(file: string, mode: number): Promise<sqlite3.Database> {
  return await new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, mode, (error) => (error ? reject(error) : resolve(database)));
  });
}
