import { constants, existsSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AutomlError } from '../contracts/failure';
import type { JobRun, JobView } from '../contracts/jobs';
import { PHASES, SCRIPT_PHASES, TRAINING_STAGES, type ScriptPhase } from '../contracts/status';
import { profileOf, uploadedFile } from '../entities';
import type { Dependencies } from './dependencies';
import { missingOutput } from './errors';
import { StoredSteps } from './stored-steps';
import { ARTIFACT_OF_PHASE, FIGURES, Workspace, draftOf, publish, scriptOf, sha256 } from './workspace';

/**
 * Copies the files that a fork builds on. Each appears whole or not at all, and only if it is the very file that the
 * copied rows speak of: the parent may have been run again since. Copies, not links: an artefact that is linked from
 * elsewhere counts as tampered with, and either job may be deleted. A repeated call copies again what is there.
 */
export async function inheritFiles(deps: Dependencies, run: JobRun): Promise<void> {
  const { store, config } = deps;
  const steps = new StoredSteps(deps);
  const job = await steps.job(run);
  if (!job.parent_job_id || !(await store.awaitsInheritance(job.id))) return;
  const parent = new Workspace(config.codingDir, job.parent_job_id);
  const own = new Workspace(config.codingDir, job.id);
  const has = (phase: (typeof PHASES)[number]) => PHASES.indexOf(phase) < PHASES.indexOf(job.forked_from!);

  await copyUpload(deps, job);
  if (has('analysis')) {
    const { dataset } = await steps.analysis(job.id);
    await copyVerified(parent.dataset, own.dataset, dataset.sha256);
    await copyVerified(parent.file('dataset.json'), own.file('dataset.json'), null);
  }
  for (const phase of SCRIPT_PHASES.filter(has)) await copyArtifact(deps, { phase, job, parent, own });
  await store.markInherited(job.id);
}

async function copyUpload({ config }: Dependencies, job: JobView): Promise<void> {
  const stored = job.dataset_path ?? '';
  const inParent = uploadedFile(config.uploadDir, stored.replace(job.id, job.parent_job_id!));
  const own = uploadedFile(config.uploadDir, stored);
  if (existsSync(profileOf(inParent))) await copyVerified(profileOf(inParent), profileOf(own), null);
  await copyVerified(inParent, own, null);
}

interface Inherited {
  phase: ScriptPhase;
  job: JobView;
  parent: Workspace;
  own: Workspace;
}

/** The artefact where users look for it, its published copy, and the scripts with their configuration. */
async function copyArtifact(deps: Dependencies, { phase, job, parent, own }: Inherited): Promise<void> {
  const { config, store } = deps;
  const executions = await store.listOutputs(job.id, phase, 'execution');
  const newest = executions.at(-1);
  const { kind, file } = ARTIFACT_OF_PHASE[phase];
  const artifacts = (newest?.value as { artifacts?: { kind: string; sha256: string }[] } | undefined)?.artifacts;
  const listed = artifacts?.find((artifact) => artifact.kind === kind);
  if (!newest || !listed) throw missingOutput(job.id, `${phase} artefact`);

  await copyVerified(parent.file(file), own.file(file), listed.sha256);
  const folder = kind === 'model' ? config.modelsDir : config.resultsDir;
  await publish(own.file(file), path.join(folder, job.id, file));
  const stages = phase === 'training' ? TRAINING_STAGES : [undefined];
  const ofRuns = stages.flatMap((stage) => {
    const folder = own.attemptFolder(phase, newest.attempt, stage);
    return [scriptOf(phase, stage), 'config.json'].map((name) => path.join(folder, name));
  });
  const further = phase === 'visualization' ? [FIGURES] : [];
  for (const name of [scriptOf(phase), ...ofRuns, ...further]) {
    if (existsSync(parent.file(name))) await publish(parent.file(name), own.file(name));
  }
}

/** @throws {AutomlError} `parent_gone`, or `parent_changed` where the copy is not the file with this hash */
async function copyVerified(source: string, destination: string, hash: string | null): Promise<void> {
  const draft = await draftOf(destination);
  try {
    await copyFile(source, draft, constants.COPYFILE_FICLONE);
    if (hash !== null && (await sha256(draft)) !== hash) throw changed(source);
    await rename(draft, destination);
  } catch (error) {
    await rm(draft, { force: true });
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? gone(source, error) : error;
  }
}

function gone(file: string, cause: unknown): AutomlError {
  const message = `${path.basename(file)} of the job that was forked is not there any more.`;
  const hint = 'Fork a job that still has its files, or create a new job.';
  return new AutomlError({ category: 'data', code: 'parent_gone', message, hint }, { cause });
}

function changed(file: string): AutomlError {
  return new AutomlError({
    category: 'data',
    code: 'parent_changed',
    message: `${path.basename(file)} of the job that was forked has changed since: that job was run again.`,
    hint: 'Fork it again once it is final.',
  });
}
