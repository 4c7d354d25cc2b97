import { setTimeout as pause } from 'node:timers/promises';
import type { JobRun } from './contracts/jobs';
import { isScoreId } from './contracts/scores';
import type { DatasetReconciler } from './dataset-reconciler';
import type { JobStore, UnfinishedJob } from './entities';
import type { ExecutionEngine, ExecutionHandle } from './engines/engine';
import { PHASES, isFinal, type Phase } from './contracts/status';
import { PAUSE_SIGNAL, RESUME_SIGNAL } from './contracts/steps';
import type { Logger } from './logger';
import type { JobWorkflows } from './temporal/client';

const PAUSE_MS = 3000;
/** A row this young is still in its maker's hands: the API saves first and starts then. */
const GRACE_SECONDS = 5;

/**
 * Closes the gaps that no transaction spans: starts what was saved but not started, or what Temporal no longer
 * knows; repeats a pause, resume or cancel that it did not hear; ends rows whose workflow ended without them; deletes
 * what waits to be deleted; and removes executions that provably belong to no living job.
 */
export class Reconciler {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  /** Of jobs whose workflow was told to pause or go on: the row's time then, so that each state is told once. */
  private told = new Map<string, string>();

  constructor(
    private readonly deps: {
      store: JobStore;
      workflows: JobWorkflows;
      engine: ExecutionEngine;
      log: Logger;
      ofDatasets?: DatasetReconciler;
    },
  ) {}

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.turn().catch((error: unknown) => {
        this.deps.log.debug('The reconciler waits for a service', { error: String(error) });
      });
      await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One turn; each job on its own, so that one that fails does not keep the others waiting. */
  async turn(): Promise<void> {
    const { store, workflows } = this.deps;
    const jobs = await store.jobsToReconcile(GRACE_SECONDS);
    this.told = new Map(jobs.flatMap(({ job_id: id }) => (this.told.has(id) ? [[id, this.told.get(id)!]] : [])));
    for (const job of jobs) await this.reconcile(job);
    for (const jobId of await store.deletedJobs()) await workflows.startPurge(jobId);
    await this.deps.ofDatasets?.turn();
    await this.reap();
  }

  private async reconcile(job: UnfinishedJob): Promise<void> {
    const { workflows, log } = this.deps;
    const { job_id, run_no } = job;
    const known = await workflows.latest(job_id);
    if (known && known.run_no >= run_no) {
      if (!known.running) await this.closeRow(job, known.status);
      else if (job.cancel_requested) await workflows.cancel(job_id);
      else await this.repeatPause(job);
      return;
    }
    if (job.cancel_requested) return await this.closeRow(job, 'CANCELLED');
    const run: JobRun = { job_id, run_no, from: known ? job.from : await this.resumeFrom(job) };
    log.info('Starting what was saved but not started', { ...run });
    await workflows.start(run, { name: job.name, target: job.target_column });
  }

  /** The row says what the user wants; both signals may come any number of times. */
  private async repeatPause({ job_id, status, pause_requested, updated_at }: UnfinishedJob): Promise<void> {
    const paused = status === 'paused';
    if (pause_requested === paused || this.told.get(job_id) === updated_at) return;
    await this.deps.workflows.signal(job_id, pause_requested ? PAUSE_SIGNAL : RESUME_SIGNAL);
    this.told.set(job_id, updated_at);
  }

  /** Temporal knows nothing of the job: its database was lost, or the job never got there. */
  private async resumeFrom(job: UnfinishedJob): Promise<Phase> {
    const finished = await this.deps.store.finishedPhases(job.job_id);
    const next = PHASES.find((phase) => !finished.includes(phase)) ?? 'final_check';
    return PHASES.indexOf(next) > PHASES.indexOf(job.from) ? next : job.from;
  }

  /** The workflow ended without writing its end: terminated by an operator, or its last write never came through. */
  private async closeRow(run: JobRun, status: string): Promise<void> {
    const cancelled = status === 'CANCELLED';
    await this.deps.store.updateJob(run, {
      status: cancelled ? 'cancelled' : 'failed',
      finished_at: new Date().toISOString(),
      doing: null,
      error: cancelled
        ? null
        : {
            category: 'system',
            code: 'workflow_ended',
            message: `The job's workflow ended from outside (${status.toLowerCase()}).`,
            hint: 'Retry the job; it goes on from the last finished phase.',
          },
    });
  }

  private async reap(): Promise<void> {
    const { engine, store, log } = this.deps;
    const deleted = await store.deletedJobs();
    for (const handle of await engine.list()) {
      if (isScoreId(handle.job_id)) {
        await this.reapScoring(handle);
        continue;
      }
      const job = await store.getJob(handle.job_id);
      const gone = !job && !deleted.includes(handle.job_id);
      if (!gone && !(job && isFinal(job.status))) continue;
      log.info('Removing an execution that belongs to no living job', { name: handle.name });
      await engine.remove(handle);
    }
  }

  /** A scoring's run goes with its workflow, which ends within minutes whatever happens. */
  private async reapScoring(handle: ExecutionHandle): Promise<void> {
    if (await this.deps.workflows.scores.isRunning(handle.job_id)) return;
    this.deps.log.info('Removing a scoring that nobody waits for', { name: handle.name });
    await this.deps.engine.remove(handle);
  }
}
