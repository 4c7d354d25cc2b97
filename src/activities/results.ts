import path from 'node:path';
import { activityInfo } from '@temporalio/activity';
import { JobWorkflows } from '../temporal/client';
import type { ExecutionReport } from '../contracts/execution';
import { AutomlError, type Failure } from '../contracts/failure';
import type { JobRun } from '../contracts/jobs';
import { SCRIPT_PHASES, type ScriptPhase } from '../contracts/status';
import type { FinalCheck, StepInput } from '../contracts/steps';
import type { Dependencies } from './dependencies';
import { finalReport } from './final-report';
import { inheritFiles } from './inheritance';
import { whileAlive } from './liveness';
import { forksWaiting } from './errors';
import { keepBest } from './search';
import { StoredSteps } from './stored-steps';
import { sendWebhook } from './webhook';
import { ARTIFACT_OF_PHASE, Workspace, openHostile, removeFolder, sha256 } from './workspace';

/** A webhook that does not answer is tried this often, then given up: it must not keep a job from ending. */
const WEBHOOK_ATTEMPTS = 6;
const MAX_ARTIFACT_BYTES = 4 * 1024 ** 3;
/** How long a deleted job's workflow may take to stop its container before it is terminated, milliseconds. */
const CANCEL_PATIENCE_MS = 60_000;
const POLL_MS = 250;

export type WebhookEvent = 'job.final' | 'job.awaiting_user_input';

/** The steps of ours that touch files, Temporal or the network. */
export interface ResultActivities {
  finalCheck(step: StepInput, failure: Failure | null): Promise<FinalCheck>;
  /** Of the drafts of a training that succeeded, keeps the best. */
  keepBest(step: StepInput, attempts: number[]): Promise<{ attempt: number }>;
  notify(run: JobRun, event: WebhookEvent): Promise<void>;
  /** Gives a fork the files of its parent's finished phases. */
  inherit(run: JobRun): Promise<void>;
  purge(jobId: string): Promise<void>;
}

export function createResultActivities(deps: Dependencies): ResultActivities {
  return {
    finalCheck: (step, failure) => whileAlive(() => finalCheck(deps, step, failure)),
    keepBest: (step, attempts) => whileAlive(() => keepBest(deps, step, attempts)),
    notify: (run, event) => notify(deps, run, event),
    inherit: (run) => whileAlive(() => inheritFiles(deps, run)),
    purge: (jobId) => whileAlive((signal) => purge(deps, jobId, signal)),
  };
}

/** A job is complete when each artefact is there and is the very file that its run was judged by. */
async function finalCheck(deps: Dependencies, step: StepInput, failure: Failure | null): Promise<FinalCheck> {
  const steps = new StoredSteps(deps);
  const job = await steps.job(step);
  const check: FinalCheck = { missing: [], present: [] };
  for (const phase of SCRIPT_PHASES) {
    const there = await hasArtifact(deps, step.job_id, phase);
    (there ? check.present : check.missing).push(ARTIFACT_OF_PHASE[phase].file);
  }
  const report = finalReport({ job, check, failure, result: await steps.trainingResult(step.job_id) });
  await deps.store.addReport(step, {
    key: `final_check-${step.attempt}`,
    stage: 'final_check',
    title: report.title,
    content: report.content,
    metadata: { ...check },
  });
  return check;
}

async function hasArtifact(deps: Dependencies, jobId: string, phase: ScriptPhase): Promise<boolean> {
  const { kind, file } = ARTIFACT_OF_PHASE[phase];
  const passedOver = await deps.store.passedOver(jobId, phase);
  const executions = await deps.store.listOutputs(jobId, phase, 'execution');
  const succeeded = executions
    .filter(({ attempt }) => !passedOver.has(attempt))
    .map(({ value }) => value as ExecutionReport)
    .findLast((run) => run.succeeded);
  const listed = succeeded?.artifacts.find((artifact) => artifact.kind === kind);
  if (!listed) return false;
  const published = new Workspace(deps.config.codingDir, jobId).file(file);
  const opened = await openHostile(published, MAX_ARTIFACT_BYTES);
  if (!opened) return false;
  await opened.handle.close();
  return (await sha256(published)) === listed.sha256;
}

async function notify(deps: Dependencies, run: JobRun, event: WebhookEvent): Promise<void> {
  const job = await deps.store.getJob(run.job_id);
  if (!job?.options.webhook_url || job.run_no !== run.run_no) return;
  try {
    await sendWebhook(job.options.webhook_url, { event, job });
  } catch (error) {
    if (activityInfo().attempt < WEBHOOK_ATTEMPTS && !(error instanceof AutomlError && !error.retryable)) throw error;
    await deps.store.appendLogs(run, [
      {
        key: `webhook-${run.run_no}-${event}`,
        level: 'WARNING',
        message: `The webhook was not delivered: ${error instanceof Error ? error.message : String(error)}`,
        timestamp: new Date().toISOString(),
      },
    ]);
  }
}

/** Stops the workflow and its containers first; then files, and the rows last, so that a repeated purge finds all. */
async function purge(deps: Dependencies, jobId: string, signal: AbortSignal): Promise<void> {
  const { config, engine, store } = deps;
  await stopWorkflow(new JobWorkflows(deps.temporal, config), jobId, signal);
  if (await store.hasWaitingForks(jobId)) throw forksWaiting(jobId);
  for (const handle of await engine.list()) {
    if (handle.job_id === jobId) await engine.remove(handle);
  }
  await removeFolder(new Workspace(config.codingDir, jobId).root);
  for (const folder of [config.uploadDir, config.modelsDir, config.resultsDir]) {
    await removeFolder(path.join(folder, jobId));
  }
  await store.purgeJob(jobId);
}

async function stopWorkflow(workflows: JobWorkflows, jobId: string, signal: AbortSignal): Promise<void> {
  await workflows.cancel(jobId);
  const giveUp = Date.now() + CANCEL_PATIENCE_MS;
  while ((await workflows.latest(jobId))?.running) {
    signal.throwIfAborted();
    if (Date.now() > giveUp) await workflows.terminate(jobId, 'The job was deleted.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
