import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { dataError } from '../errors';

/**
 * The real path of a file that lies under the folder, symbolic links followed.
 * @throws {AutomlError} `file_not_allowed`, naming the kind of file that was looked for.
 */
export async function allowedFile(file: string, folder: string, kind: string): Promise<string> {
  const root = await realpath(folder).catch(() => folder);
  const refused = dataError(
    'file_not_allowed',
    `There is no ${kind} "${path.basename(file)}" in the folder for file sources.`,
    'Put the file into the folder that SQLITE_SOURCES_DIR names and enter its name.',
  );
  const resolved = await realpath(path.resolve(root, file)).catch(() => undefined);
  if (resolved === undefined || !resolved.startsWith(root + path.sep)) throw refused;
  if (!(await stat(resolved)).isFile()) throw refused;
  return resolved;
}
