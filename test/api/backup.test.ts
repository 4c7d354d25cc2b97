import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { backUp } from '../../src/cli/backup/backup';
import { restore } from '../../src/cli/backup/restore';
import { loadConfig, type Config } from '../../src/config';
import { createSecrets } from '../../src/data';
import { Database, JobStore, uploadedFile } from '../../src/entities';
import { refuseUnfinishedRestore, unfinishedRestore } from '../../src/launcher/unfinished-restore';
import { postgresBinaries, postgresServer, type TestServer } from './support/databases';
import { CSV, filesUnder } from './support/api';

const UI = { temporalUiUrl: 'http://127.0.0.1:8233', namespace: 'default' };
const say = () => undefined;

let folder: string;
let config: Config;
let jobId: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'automl-backup-'));
  config = configFor('one');
  jobId = await fill(config);
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

function configFor(name: string, more: NodeJS.ProcessEnv = {}): Config {
  return loadConfig({ DATA_DIR: path.join(folder, name), ...more });
}

/** An installation with one job in flight, files of every folder, and things that no backup may take. */
async function fill(on: Config): Promise<string> {
  const database = await Database.open(on.databaseUrl);
  const store = new JobStore(database, UI);
  const { id } = await store.createJob({ name: 'Sales', prompt: 'Forecast', target_column: 'sales' });
  const dataset_path = `uploads/${id}/sales.csv`;
  const dataset = { dataset_path, dataset_name: 'sales.csv', dataset_bytes: CSV.length };
  await store.claimRun(id, { from: 'analysis', allowedStatuses: ['created'], action: 'upload', dataset });
  await database.close();
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const out = path.join(on.codingDir, `pipeline_${id}`, 'attempts', 'training-1', 'out');
  write(uploadedFile(on.uploadDir, dataset_path), CSV);
  write(path.join(out, 'checkpoints', 'manifest.json'), '{}');
  write(path.join(out, 'checkpoints', 'GBM_1'), 'a model');
  write(path.join(out, 'model.zip.77.partial'), 'half');
  write(path.join(on.uploadDir, '.quarantine', 'x', 'y'), 'half an upload');
  write(path.join(folder, 'secret'), 'of the host');
  symlinkSync(path.join(folder, 'secret'), path.join(out, 'stolen.txt'));
  await createSecrets({ credentialKeyFile: on.credentialKeyFile }).encrypt('open sesame');
  return id;
}

async function namesOf(on: Config): Promise<string[]> {
  const database = await Database.open(on.databaseUrl);
  const page = await new JobStore(database, UI).listJobs({ limit: 10 });
  await database.close();
  return page.jobs.map((job) => `${job.name} ${job.status}`);
}

const make = (name = 'backup', withKey = true) =>
  backUp(config, path.join(folder, name), { withKey, version: config.version, say });
const putInto = (on: Config, force = false) => restore(on, path.join(folder, 'backup'), { force, say });

it('brings rows, files and key to another place, and takes nothing half made and no link', async () => {
  expect(await make()).toMatchObject({ jobs: 1, jobs_in_flight: 1, database: 'sqlite', with_key: true });
  const other = configFor('two');
  await putInto(other);
  expect(await namesOf(other)).toEqual(['Sales queued']);
  expect(await filesUnder(other.codingDir)).toEqual(
    ['GBM_1', 'manifest.json'].map((name) => `pipeline_${jobId}/attempts/training-1/out/checkpoints/${name}`),
  );
  expect(await filesUnder(other.uploadDir)).toEqual([`${jobId}/sales.csv`]);
  expect(readFileSync(other.credentialKeyFile)).toEqual(readFileSync(config.credentialKeyFile));
  expect(statSync(other.credentialKeyFile).mode & 0o777).toBe(0o600);
  expect(existsSync(unfinishedRestore(other))).toBe(false);
});

it('leaves the key out where asked, and is readable by its owner alone', async () => {
  const manifest = await make('backup', false);
  expect(manifest.files.map((file) => file.path)).not.toContain('credential.key');
  expect(statSync(path.join(folder, 'backup')).mode & 0o077).toBe(0);
});

it('never writes over another backup, and clears what a killed one left', async () => {
  mkdirSync(path.join(folder, 'backup.4711.partial'));
  await make();
  expect(existsSync(path.join(folder, 'backup.4711.partial'))).toBe(false);
  await expect(make()).rejects.toMatchObject({ failure: { code: 'backup_exists' } });
});

it.each([
  ['a changed file', (backup: string) => writeFileSync(path.join(backup, 'automl.db'), 'x')],
  ['no manifest', async (backup: string) => await rm(path.join(backup, 'manifest.json'))],
  [
    'a manifest that leads elsewhere',
    (backup: string) => rewrite(backup, (text) => text.replace('"automl.db"', '"../secret"')),
  ],
])('is refused whole with %s', async (_, harm) => {
  await make();
  await harm(path.join(folder, 'backup'));
  const other = configFor('two');
  await expect(putInto(other)).rejects.toMatchObject({ failure: { code: 'backup_damaged' } });
  expect(existsSync(other.dataDir)).toBe(false);
});

it('is refused by an older version and another kind of database', async () => {
  await make();
  const postgres = configFor('two', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  await expect(putInto(postgres)).rejects.toMatchObject({ failure: { code: 'backup_other_database' } });
  rewrite(path.join(folder, 'backup'), (text) => text.replace('FirstTables', 'TablesOfTomorrow'));
  await expect(putInto(configFor('two'))).rejects.toMatchObject({ failure: { code: 'backup_too_new' } });
});

it('replaces data only when forced, and then keeps it aside', async () => {
  await make();
  await expect(putInto(config)).rejects.toMatchObject({ failure: { code: 'data_exists' } });
  const { aside } = await putInto(config, true);
  expect(await namesOf(config)).toEqual(['Sales queued']);
  expect(existsSync(path.join(aside!, 'automl_system.db'))).toBe(true);
});

it('that was interrupted keeps everything from starting, and is begun anew', async () => {
  await make();
  const other = configFor('two');
  mkdirSync(other.codingDir, { recursive: true });
  writeFileSync(path.join(other.codingDir, 'half'), 'half');
  writeFileSync(unfinishedRestore(other), 'backup');
  expect(() => refuseUnfinishedRestore(other)).toThrow('interrupted');
  await putInto(other);
  expect(await filesUnder(other.codingDir)).not.toContain('half');
  expect(() => refuseUnfinishedRestore(other)).not.toThrow();
});

const bin = postgresBinaries();
// PostgreSQL's binaries may be missing: the tier then says that this block was skipped.
(bin ? describe : describe.skip)('of a PostgreSQL database', () => {
  let server: TestServer;
  beforeAll(async () => (server = await postgresServer(bin!)), 60_000);
  afterAll(async () => await server?.stop());

  it('goes through a dump of it', async () => {
    config = configFor('three', { DATABASE_URL: await server.url() });
    await fill(config);
    expect(await make()).toMatchObject({ database: 'postgres', jobs: 1 });
    const other = configFor('four', { DATABASE_URL: await server.url() });
    await putInto(other);
    expect(await namesOf(other)).toEqual(['Sales queued']);
  });
});

function rewrite(backup: string, change: (text: string) => string): void {
  const file = path.join(backup, 'manifest.json');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
