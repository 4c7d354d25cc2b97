import path from 'node:path';
import type { Config } from '../../config';
import { AutomlError } from '../../contracts/failure';
import { StateFile } from '../../launcher/state';
import { backUp } from '../backup/backup';
import { restore } from '../backup/restore';
import { EXIT, type ExitCode } from '../exit-codes';
import { urlsOfApi } from '../session';

const say = (message: string) => process.stderr.write(`${message}\n`);

/** Copies all data of this installation, while it runs or not. */
export async function backup(
  config: Config,
  folder: string,
  { withKey, json }: { withKey: boolean; json: boolean },
): Promise<ExitCode> {
  const destination = path.resolve(folder);
  const manifest = await backUp(config, destination, { withKey, version: config.version, say });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const { files: _files, ...about } = manifest;
  if (json) print(JSON.stringify({ folder: destination, files: manifest.files.length, bytes, ...about }));
  else {
    print(`${destination}: ${manifest.files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
    print(`${manifest.jobs} jobs, ${manifest.jobs_in_flight} of them in flight: they go on where it is restored.`);
    if (manifest.with_key) print('It holds the key of the stored passwords: keep it as you would keep those.');
    if (manifest.temporal === 'external') print('Temporal runs elsewhere: back its database up by its own means.');
  }
  return EXIT.completed;
}

/** @throws {AutomlError} `still_running`, and all that `restore` throws */
export async function restoreBackup(config: Config, folder: string, { force }: { force: boolean }): Promise<ExitCode> {
  if (new StateFile(config.runDir).running() || (await urlsOfApi(config))) throw stillRunning(config);
  const { manifest, aside } = await restore(config, path.resolve(folder), { force, say });
  print(`Restored the backup of ${manifest.made_at}: ${manifest.jobs} jobs, ${manifest.jobs_in_flight} in flight.`);
  if (aside) print(`What was there before is in ${aside}.`);
  if (!manifest.with_key) print('The backup has no key: stored passwords must be entered again.');
  print('Start it with `npm start`: jobs in flight go on by themselves.');
  return EXIT.completed;
}

function stillRunning(config: Config): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'still_running',
    message: `The system still runs on ${config.dataDir}.`,
    hint: 'Stop it first (Ctrl-C, or SIGTERM to the launcher).',
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
