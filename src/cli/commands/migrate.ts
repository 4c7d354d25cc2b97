import type { Config } from '../../config';
import { Database } from '../../entities';
import { EXIT, type ExitCode } from '../exit-codes';

/** Brings the database's tables up to date, as every process does when it starts. */
export async function migrate(config: Config): Promise<ExitCode> {
  const database = await Database.open(config.databaseUrl);
  await database.close();
  process.stdout.write('The database is up to date.\n');
  return EXIT.completed;
}
