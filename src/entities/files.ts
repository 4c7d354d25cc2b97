import path from 'node:path';

/**
 * Where an uploaded file is, from the path that a job or SQL data set has stored (`uploads/<id>/<file>`): stored
 * paths are relative to the folder that holds the upload folder, wherever UPLOAD_DIR puts it.
 */
export function uploadedFile(uploadDir: string, storedPath: string): string {
  const [, ...rest] = storedPath.split('/');
  return path.join(uploadDir, ...rest);
}

/** The stored form of an uploaded file's path. */
export function storedUploadPath(ownerId: string, fileName: string): string {
  return `uploads/${ownerId}/${fileName}`;
}

/** The profile that lies beside a job's copy of a data set version: what was decided about it is not decided again. */
export function profileOf(file: string): string {
  return `${file}.profile.json`;
}
