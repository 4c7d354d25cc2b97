import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config';
import { AutomlError } from '../../contracts/failure';
import { Database, JobRow, KNOWN_MIGRATIONS } from '../../entities';
import { unfinishedRestore } from '../../launcher/unfinished-restore';
import { folders } from './backup';
import { restorePostgres } from './databases';
import { copyRegular, copyTree, describeFile } from './files';
import { MANIFEST_FILE, Manifest, PARTS } from './manifest';

/** SQLite's own files beside a database: those of the old one must not meet the new one. */
const SQLITE_SUFFIXES = ['-wal', '-shm', '-journal'];

/**
 * Puts a backup in the place of this installation's data; nothing may run meanwhile. Every hash is checked before
 * anything is written. A marker stands from the first to the last step: with it in place nothing starts, and a
 * restore that was interrupted is simply run again.
 * @param force move what is there aside, into a folder beside it, instead of refusing
 * @throws {AutomlError} `backup_damaged`, `backup_too_new`, `backup_other_database`, `data_exists`
 */
export async function restore(
  config: Config,
  source: string,
  { force, say }: { force: boolean; say(message: string): void },
): Promise<{ manifest: Manifest; aside: string | null }> {
  const manifest = await readManifest(source);
  refuseForeign(config, manifest);
  say('Checking the backup …');
  await verify(source, manifest);

  const marker = unfinishedRestore(config);
  const repeated = existsSync(marker);
  const inTheWay = repeated ? [] : await placesTaken(config);
  if (inTheWay.length > 0 && !force) throw dataExists(config, inTheWay);
  await mkdir(config.dataDir, { recursive: true });
  await writeFile(marker, source);
  const aside = inTheWay.length > 0 ? await moveAside(config, inTheWay) : null;
  await put(config, source, { manifest, say });
  await rm(marker);
  return { manifest, aside };
}

async function put(
  config: Config,
  source: string,
  { manifest, say }: { manifest: Manifest; say(message: string): void },
): Promise<void> {
  for (const [name, place] of folders(config)) {
    say(`${name} …`);
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true });
    await copyTree(path.join(source, name), place, name);
  }
  if (manifest.with_key) await copyRegular(path.join(source, PARTS.key), config.credentialKeyFile);
  if (manifest.temporal === 'embedded' && config.temporal.embedded) {
    say('Temporal …');
    await putSqlite(path.join(source, PARTS.temporal), config.temporal.databaseFile);
  }
  say('The database …');
  if (manifest.database === 'postgres') {
    await restorePostgres(config.databaseUrl, path.join(source, PARTS.databaseDump));
  } else {
    await putSqlite(path.join(source, PARTS.database), config.databaseUrl.replace('sqlite:', ''));
  }
}

/** No file where the backup has none: then there was no such database yet. */
async function putSqlite(from: string, to: string): Promise<void> {
  for (const suffix of ['', ...SQLITE_SUFFIXES]) await rm(`${to}${suffix}`, { force: true });
  await mkdir(path.dirname(to), { recursive: true });
  await copyRegular(from, to);
}

async function readManifest(source: string): Promise<Manifest> {
  const file = path.join(source, MANIFEST_FILE);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw damaged(`${source} has no ${MANIFEST_FILE}: it is no backup, or an unfinished one.`);
  try {
    return Manifest.parse(JSON.parse(text));
  } catch {
    throw damaged(`${file} can't be read as a backup's manifest.`);
  }
}

function refuseForeign(config: Config, manifest: Manifest): void {
  const unknown = manifest.migrations.filter((name) => !KNOWN_MIGRATIONS.includes(name));
  if (unknown.length > 0) {
    throw new AutomlError({
      category: 'system',
      code: 'backup_too_new',
      message: `The backup was made by version ${manifest.version}, whose tables are newer than this version's.`,
      hint: 'Install that version or a newer one, then restore.',
    });
  }
  const kind = config.databaseUrl.startsWith('sqlite:') ? 'sqlite' : 'postgres';
  if (manifest.database !== kind) {
    throw new AutomlError({
      category: 'system',
      code: 'backup_other_database',
      message: `The backup is of a ${manifest.database} database, but DATABASE_URL names a ${kind} one.`,
      hint: 'Set DATABASE_URL to a database of the same kind.',
    });
  }
}

/** Paths come from a file that anyone may have written: none may lead out of the backup. */
async function verify(source: string, manifest: Manifest): Promise<void> {
  for (const { path: name, bytes, sha256 } of manifest.files) {
    const file = path.resolve(source, name);
    if (!file.startsWith(path.resolve(source) + path.sep)) throw damaged(`The manifest names ${name}.`);
    const found = await describeFile(file).catch(() => undefined);
    if (!found) throw damaged(`${name} is missing.`);
    if (found.bytes !== bytes || found.sha256 !== sha256) throw damaged(`${name} is not the file that was backed up.`);
  }
}

/** What of this installation's data is there already. */
async function placesTaken(config: Config): Promise<string[]> {
  const isSqlite = config.databaseUrl.startsWith('sqlite:');
  const databases = [config.temporal.databaseFile, ...(isSqlite ? [config.databaseUrl.replace('sqlite:', '')] : [])];
  const files = [...databases, config.credentialKeyFile].filter((file) => existsSync(file));
  const filled: string[] = [];
  for (const [, folder] of folders(config)) {
    if ((await readdir(folder).catch(() => [])).length > 0) filled.push(folder);
  }
  if (!isSqlite && (await hasJobs(config.databaseUrl))) filled.push('the PostgreSQL database');
  return [...files, ...filled];
}

async function hasJobs(url: string): Promise<boolean> {
  const database = await Database.open(url);
  try {
    return await database.read((manager) => manager.existsBy(JobRow, {}));
  } finally {
    await database.close();
  }
}

/** What a restore replaces is never deleted, but for a PostgreSQL database, which its dump replaces. */
async function moveAside(config: Config, places: string[]): Promise<string> {
  const aside = path.join(config.dataDir, `replaced-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  await mkdir(aside, { recursive: true, mode: 0o700 });
  for (const place of places.filter((each) => path.isAbsolute(each))) {
    for (const suffix of ['', ...SQLITE_SUFFIXES]) {
      const from = `${place}${suffix}`;
      if (existsSync(from)) await rename(from, path.join(aside, path.basename(from)));
    }
  }
  return aside;
}

function damaged(message: string): AutomlError {
  const hint = 'Take another backup; nothing was changed here.';
  return new AutomlError({ category: 'system', code: 'backup_damaged', message, hint });
}

function dataExists(config: Config, places: string[]): AutomlError {
  const names = places.map((place) => path.relative(config.dataDir, place)).join(', ');
  return new AutomlError({
    category: 'system',
    code: 'data_exists',
    message: `${config.dataDir} has data already: ${names}.`,
    hint: 'Restore into another DATA_DIR, or use --force, which moves that data aside.',
  });
}
