import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config';
import { AutomlError } from '../../contracts/failure';
import { FINAL_STATUSES } from '../../contracts/status';
import { Database, JobRow } from '../../entities';
import { dumpPostgres, snapshotSqlite } from './databases';
import { copyRegular, copyTree, describeFile } from './files';
import { MANIFEST_FILE, PARTS, type Manifest } from './manifest';

/**
 * Copies everything that this installation keeps into a new folder, while jobs run. The order makes it consistent:
 * Temporal first, then our rows, then files. So the rows know all that Temporal believes to be done, and the files are
 * there that the rows speak of; what is newer than its record is made again by steps that all bear a repetition.
 * Nothing appears under the final name before it is whole; what a killed backup left is cleared by the next one.
 * @param destination must not exist yet
 * @throws {AutomlError} `backup_exists`, `pg_dump_failed`, or what the database says
 */
export async function backUp(
  config: Config,
  destination: string,
  options: { withKey: boolean; version: string; say(message: string): void },
): Promise<Manifest> {
  if (existsSync(destination)) throw exists(destination);
  await clearLeftovers(destination);
  const draft = `${destination}.${process.pid}.partial`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const manifest = await fill(config, draft, options);
    await writeDurably(path.join(draft, MANIFEST_FILE), JSON.stringify(manifest, null, 2));
    await rename(draft, destination);
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

async function fill(
  config: Config,
  folder: string,
  { withKey, version, say }: { withKey: boolean; version: string; say(message: string): void },
): Promise<Manifest> {
  const files: Manifest['files'] = [];
  const add = async (name: string) => files.push({ path: name, ...(await describeFile(path.join(folder, name))) });

  const { embedded, databaseFile } = config.temporal;
  if (embedded && existsSync(databaseFile)) {
    say('Temporal …');
    await snapshotSqlite(databaseFile, path.join(folder, PARTS.temporal));
    await add(PARTS.temporal);
  }
  say('The database …');
  const database = await Database.open(config.databaseUrl);
  let about: Pick<Manifest, 'migrations' | 'jobs' | 'jobs_in_flight'>;
  try {
    about = await look(database);
    const part = database.kind === 'sqlite' ? PARTS.database : PARTS.databaseDump;
    const copy = path.join(folder, part);
    if (database.kind === 'sqlite') await snapshotSqlite(config.databaseUrl.replace('sqlite:', ''), copy);
    else await dumpPostgres(config.databaseUrl, copy);
    await add(part);
  } finally {
    await database.close();
  }
  for (const [name, from] of folders(config)) {
    say(`${name} …`);
    files.push(...(await copyTree(from, path.join(folder, name), name)));
  }
  const key = withKey && (await copyRegular(config.credentialKeyFile, path.join(folder, PARTS.key)));
  if (key) files.push({ path: PARTS.key, ...key });
  return {
    ...{ format: 1, made_at: new Date().toISOString(), version, database: database.kind, ...about },
    ...{ temporal: embedded ? 'embedded' : 'external', with_key: Boolean(key), files },
  };
}

/** The folders of a backup and where each belongs. */
export function folders(config: Config): [name: string, place: string][] {
  return [
    [PARTS.uploads, config.uploadDir],
    [PARTS.coding, config.codingDir],
    [PARTS.models, config.modelsDir],
    [PARTS.results, config.resultsDir],
  ];
}

async function look(database: Database): Promise<Pick<Manifest, 'migrations' | 'jobs' | 'jobs_in_flight'>> {
  const rows = await database.read((manager) => manager.find(JobRow, { select: { status: true, run_no: true } }));
  const isFinal = (row: JobRow) => (FINAL_STATUSES as readonly string[]).includes(row.status);
  const jobs_in_flight = rows.filter((row) => row.run_no > 0 && !isFinal(row)).length;
  return { migrations: await database.migrations(), jobs: rows.length, jobs_in_flight };
}

async function clearLeftovers(destination: string): Promise<void> {
  const folder = path.dirname(destination);
  await mkdir(folder, { recursive: true });
  const isLeft = (name: string) => name.startsWith(`${path.basename(destination)}.`) && name.endsWith('.partial');
  for (const name of (await readdir(folder)).filter(isLeft)) {
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

async function writeDurably(file: string, content: string): Promise<void> {
  await writeFile(file, content, { mode: 0o600 });
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
}

function exists(destination: string): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'backup_exists',
    message: `${destination} exists already.`,
    hint: 'Name a folder that is not there yet: a backup never writes over another one.',
  });
}
