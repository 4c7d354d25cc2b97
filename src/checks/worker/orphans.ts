import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../config';
import { isScoreId } from '../../contracts/scores';
import { createEngine } from '../../engines';
import type { ExecutionEngine } from '../../engines/engine';
import { Database, DatasetRow, JobRow, SqlDatasetRow } from '../../entities';
import { StateFile } from '../../launcher/state';
import { checkOf, type Check, type Examination } from '../check';

const SHOWN = 5;

const check = checkOf('orphans', 'Orphans');

/** What belongs to no job: runs at the engine, and folders. */
export const orphans: Examination = async ({ config }) => {
  const file = config.databaseUrl.replace('sqlite:', '');
  if (config.databaseUrl.startsWith('sqlite:') && !existsSync(file)) return check.ok('nothing was made yet');
  let database: Database | undefined;
  try {
    database = await Database.open(config.databaseUrl);
    return await orphansAmong(config, database, await createEngine(config, () => undefined));
  } catch (error) {
    return unknown(error);
  } finally {
    await database?.close();
  }
};

/** The same, for who has a database and an engine open already. */
export async function orphansAmong(config: Config, database: Database, engine: ExecutionEngine): Promise<Check> {
  try {
    const owners = await ownersIn(database);
    const runs = await runsOf(engine, owners);
    const folders = foldersOf(config).filter(({ owner }) => !owners.has(owner));
    const found = [...runs, ...folders.map(({ folder }) => path.relative(config.dataDir, folder))];
    if (found.length === 0) return check.ok('every run and every folder belongs to a job');
    const names = found.slice(0, SHOWN).join(', ') + (found.length > SHOWN ? ` and ${found.length - SHOWN} more` : '');
    const isRunning = new StateFile(config.runDir).running() !== undefined;
    const reaped = isRunning ? 'The worker removes such runs within seconds' : 'The next start removes such runs';
    return check.warning(
      `belongs to no job: ${names}`,
      `${reaped}; delete such folders once you need nothing of them.`,
    );
  } catch (error) {
    return unknown(error);
  }
}

function unknown(error: unknown): Check {
  return check.warning(`could not be looked for: ${(error as Error).message}`, 'See the other checks.');
}

/** Ids of jobs and data sets, those that wait for their purge included. */
async function ownersIn(database: Database): Promise<Set<string>> {
  return await database.read(async (manager) => {
    const jobs = await manager.find(JobRow, { select: { id: true } });
    const datasets = await manager.find(DatasetRow, { select: { id: true } });
    const results = await manager.find(SqlDatasetRow, { select: { id: true } });
    return new Set([...jobs, ...datasets, ...results].map((row) => row.id));
  });
}

async function runsOf(engine: ExecutionEngine, owners: Set<string>): Promise<string[]> {
  return (await engine.list())
    .filter((run) => !owners.has(run.job_id) && !isScoreId(run.job_id))
    .map((run) => run.name);
}

function foldersOf(config: Config): { owner: string; folder: string }[] {
  const below = (folder: string) => (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []);
  return [config.codingDir, config.uploadDir, config.modelsDir, config.resultsDir].flatMap((parent) =>
    below(parent)
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => ({ owner: name.replace(/^pipeline_/, ''), folder: path.join(parent, name) })),
  );
}
