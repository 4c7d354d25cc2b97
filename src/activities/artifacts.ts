import path from 'node:path';
import { parse } from 'csv-parse';
import { fromFd, type Entry, type ZipFile } from 'yauzl';
import type { Artifact, RuntimeResult } from '../contracts/execution';
import { AutomlError, type Failure } from '../contracts/failure';
import type { ScriptPhase } from '../contracts/status';
import { ARTIFACT_OF_PHASE, openHostile, sha256 } from './workspace';

/** Bytes an artefact may have; a model of H2O's is a few MB, a stacked ensemble of large forests some hundred. */
const LIMITS = { model: 2 * 1024 ** 3, predictions: 1024 ** 3, plot: 50 * 1024 ** 2, other: 100 * 1024 ** 2 };
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Checks the phase's own artefact: listed in the result, a regular file, the bytes that the runtime hashed, and
 * really of its kind.
 * @returns its absolute path, or what is wrong with it: the Analyst's business, not an error of ours.
 */
export async function checkArtifact(
  outputFolder: string,
  phase: ScriptPhase,
  result: RuntimeResult,
): Promise<{ file: string } | { failure: Failure }> {
  try {
    return { file: await findArtifact(outputFolder, phase, result) };
  } catch (error) {
    if (error instanceof AutomlError) return { failure: error.failure };
    throw error;
  }
}

/**
 * Checks what a stage of a training leaves for the next ones: listed, regular files with the bytes that were hashed.
 * @returns what is wrong with them, null where nothing is
 */
export async function checkHandedOn(
  outputFolder: string,
  files: readonly string[],
  artifacts: readonly Artifact[],
): Promise<Failure | null> {
  try {
    for (const name of files) {
      const listed = artifacts.find((artifact) => artifact.path === name);
      if (!listed) throw invalid(name, 'is not among the files that the script reported');
      await checkFile(path.join(outputFolder, name), listed, Number.POSITIVE_INFINITY);
    }
    return null;
  } catch (error) {
    if (error instanceof AutomlError) return error.failure;
    throw error;
  }
}

async function findArtifact(outputFolder: string, phase: ScriptPhase, result: RuntimeResult): Promise<string> {
  const { kind, file } = ARTIFACT_OF_PHASE[phase];
  const listed = result.artifacts.find((artifact) => artifact.kind === kind && artifact.path === file);
  if (!listed) throw invalid(file, 'is not among the files that the script reported');
  return await checkFile(path.join(outputFolder, file), listed);
}

/** @param limit in bytes; what one stage hands to the next is bounded by the quota of its folder alone. */
async function checkFile(file: string, listed: Artifact, limit = LIMITS[listed.kind]): Promise<string> {
  const opened = await openHostile(file, limit);
  if (!opened) throw invalid(listed.path, 'is not there although the script reported it');
  await opened.handle.close();
  if (opened.bytes !== listed.bytes || (await sha256(file)) !== listed.sha256) {
    throw invalid(listed.path, 'is not the file that the script reported (size or hash differ)');
  }
  if (listed.kind === 'model') await checkZip(file, listed.path);
  if (listed.kind === 'predictions') await checkCsv(file, listed.path);
  if (listed.kind === 'plot') await checkPng(file, listed.path);
  return file;
}

async function checkZip(file: string, name: string): Promise<void> {
  const opened = await openHostile(file, LIMITS.model);
  if (!opened) throw invalid(name, 'vanished');
  try {
    const entries = await zipEntries(opened.handle.fd);
    if (!entries.includes('manifest.json')) throw invalid(name, 'has no manifest.json');
    const unsafe = entries.find((entry) => path.isAbsolute(entry) || entry.split(/[\\/]/).includes('..'));
    if (unsafe) throw invalid(name, 'holds an entry that points outside the archive');
  } catch (error) {
    throw error instanceof AutomlError ? error : invalid(name, `is not a readable zip archive (${String(error)})`);
  } finally {
    await opened.handle.close();
  }
}

/** The names in a zip archive's directory. */
function zipEntries(fd: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    fromFd(fd, { autoClose: false, lazyEntries: false }, (error: Error | null, zip?: ZipFile) => {
      if (error || !zip) return reject(error ?? new Error('no directory'));
      const names: string[] = [];
      zip.on('entry', (entry: Entry) => names.push(entry.fileName));
      zip.on('error', reject);
      zip.on('end', () => resolve(names));
    });
  });
}

async function checkCsv(file: string, name: string): Promise<void> {
  const opened = await openHostile(file, LIMITS.predictions);
  if (!opened) throw invalid(name, 'vanished');
  let rows = 0;
  let header: string[] = [];
  try {
    const parser = opened.handle.createReadStream().pipe(parse({ max_record_size: 1024 * 1024 }));
    for await (const record of parser as AsyncIterable<string[]>) {
      if (rows === 0) header = record;
      rows += 1;
    }
  } catch (error) {
    throw invalid(name, `does not parse as CSV (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!header.includes('forecast') && !header.includes('prediction')) {
    throw invalid(name, 'has neither a forecast nor a prediction column');
  }
  if (rows < 2) throw invalid(name, 'has no rows');
}

async function checkPng(file: string, name: string): Promise<void> {
  const opened = await openHostile(file, LIMITS.plot);
  if (!opened) throw invalid(name, 'vanished');
  try {
    const head = Buffer.alloc(24);
    await opened.handle.read(head, 0, 24, 0);
    const isPng = head.subarray(0, 8).equals(PNG_SIGNATURE) && head.toString('latin1', 12, 16) === 'IHDR';
    if (!isPng || head.readUInt32BE(16) === 0 || head.readUInt32BE(20) === 0) throw invalid(name, 'is not a PNG image');
  } finally {
    await opened.handle.close();
  }
}

function invalid(name: string, problem: string): AutomlError {
  return new AutomlError({
    category: 'execution',
    code: 'invalid_artifact',
    message: `${name} ${problem}.`,
    hint: 'The file was not published. The attempt is repeated where attempts are left.',
  });
}
