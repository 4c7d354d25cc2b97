import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { dataError } from '../errors';
import { allowedFile } from './files';

/** No extension and no secret comes from outside, and a query leaves room for the trainings. */
const SETTINGS = {
  memory_limit: '600MB',
  max_temp_directory_size: '4GB',
  threads: '2',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_persistent_secrets: 'false',
};
type Kind = 'database' | 'parquet';
const KIND = 'DuckDB or Parquet file';
const TEMPORARY = /^automl-duckdb-(\d+)-/;
const INTERRUPT_MILLISECONDS = 50;
/** DuckDB reads a path with any of these as a pattern, which could match files outside the folder through links. */
const PATTERN = /[*?[\]{}]/;

/** A file that a query may read, and who may stop it. */
export interface FileAccess {
  file: string;
  folder: string;
  signal: AbortSignal;
}

/** Runs `work` on a database file or on a Parquet file's view, read-only and cut off from every other file. */
export async function withDuckDbFile<T>(
  { file, folder, signal }: FileAccess,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const resolved = await allowedFile(file, folder, KIND);
  const kind = await kindOf(resolved);
  if (kind === undefined) throw unreadable(file);
  // Its own: queries may read all that lies in the folder for temporary files, whatever else is closed to them.
  const temporary = await temporaryFolder();
  try {
    const instance = await openInstance(resolved, kind, temporary);
    try {
      const connection = await instance.connect();
      try {
        if (kind === 'parquet') await viewOf(connection, resolved, path.parse(file).name);
        await lockDown(connection);
        return await interruptible(connection, signal, work);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** An empty folder that bears this process's id; those of processes that were killed are swept first. */
async function temporaryFolder(): Promise<string> {
  for (const entry of await readdir(tmpdir())) {
    const owner = TEMPORARY.exec(entry)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await rm(path.join(tmpdir(), entry), { recursive: true, force: true });
  }
  return mkdtemp(path.join(tmpdir(), `automl-duckdb-${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function openInstance(file: string, kind: Kind, temporary: string): Promise<DuckDBInstance> {
  const settings = { ...SETTINGS, temp_directory: temporary };
  try {
    if (kind === 'parquet') return await DuckDBInstance.create(':memory:', settings);
    return await DuckDBInstance.create(file, { ...settings, access_mode: 'READ_ONLY' });
  } catch (error) {
    throw isLocked(error) ? error : unreadable(file, error);
  }
}

/** From the file's first bytes: DuckDB itself would guess from the name, and look for an extension to open others. */
async function kindOf(file: string): Promise<Kind | undefined> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(12), 0, 12, 0);
    if (buffer.toString('latin1', 0, 4) === 'PAR1') return 'parquet';
    return buffer.toString('latin1', 8, 12) === 'DUCK' ? 'database' : undefined;
  } finally {
    await handle.close();
  }
}

/** The file's rows under its own name; its comment holds their number for the catalogue. */
async function viewOf(connection: DuckDBConnection, file: string, name: string): Promise<void> {
  if (PATTERN.test(file)) {
    throw dataError('file_not_allowed', 'The file or a folder above it has *, ?, [ or { in its name.', 'Rename it.');
  }
  const source = `'${file.replaceAll("'", "''")}'`;
  const view = `"${name.replaceAll('"', '""')}"`;
  try {
    await connection.run(`CREATE VIEW ${view} AS SELECT * FROM read_parquet(${source}, hive_partitioning = false)`);
    const count = await connection.runAndReadAll(`SELECT sum(num_rows) FROM parquet_file_metadata(${source})`);
    await connection.run(`COMMENT ON VIEW ${view} IS '${String(count.getRows()[0]?.[0])}'`);
  } catch (error) {
    throw unreadable(path.basename(file), error);
  }
  await connection.run(`SET allowed_paths = [${source}]`);
}

async function lockDown(connection: DuckDBConnection): Promise<void> {
  await connection.run('SET enable_external_access = false');
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('SET lock_configuration = true');
}

async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  let interrupting: NodeJS.Timeout | undefined;
  const interrupt = () => {
    // Again and again: an interrupt that comes just before a statement starts does not stop it.
    interrupting = setInterval(() => connection.interrupt(), INTERRUPT_MILLISECONDS);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    signal.throwIfAborted();
    return await work(connection);
  } finally {
    signal.removeEventListener('abort', interrupt);
    clearInterval(interrupting);
  }
}

function isLocked(error: unknown): boolean {
  return /Could not set lock/.test((error as Error).message);
}

function unreadable(file: string, cause?: unknown): Error {
  return dataError(
    'not_a_database',
    `The file "${path.basename(file)}" can't be read as a DuckDB database or a Parquet file.`,
    'Check that it is a complete, unencrypted file, written by a DuckDB that is not newer than this one.',
    cause,
  );
}
