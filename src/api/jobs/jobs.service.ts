import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { JobRun, JobView, StatusChange } from '../../contracts/jobs';
import { FINAL_STATUSES, PHASES, isFinal, type Phase } from '../../contracts/status';
import { JobStore, type RunClaim } from '../../entities';
import type { Logger } from '../../logger';
import type { JobWorkflows } from '../../temporal/client';
import { RequestError, notFound } from '../common/problem';
import { TemporalCalls } from '../common/temporal-calls';
import { LOGGER } from '../common/tokens';

type Change = z.infer<typeof StatusChange>;

/** A job's life as its user steers it. Rows change first; Temporal follows, now or when it is back. */
@Injectable()
export class JobsService {
  constructor(
    private readonly store: JobStore,
    private readonly temporal: TemporalCalls,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** @throws {RequestError} 404 */
  async get(id: string): Promise<JobView> {
    const job = await this.store.getJob(id);
    if (!job) throw notFound('job', id);
    return job;
  }

  /** Claims the job's next run for this caller alone, and starts it. @returns false where the status forbids it. */
  async start(job: JobView, claim: RunClaim): Promise<boolean> {
    const run = await this.store.claimRun(job.id, claim);
    if (run) await this.startClaimed(job, run);
    return run !== undefined;
  }

  /** Starts a run that is claimed already; where Temporal does not answer, the reconciler does it later. */
  async startClaimed(job: JobView, run: JobRun): Promise<void> {
    const target = run.from === 'analysis' ? job.requested_target_column : job.target_column;
    const started = await this.temporal.done((workflows) => workflows.start(run, { name: job.name, target }));
    if (!started) this.log.warn('Temporal does not answer: the worker starts the job later', { job_id: job.id });
  }

  /** @param prepare what the run is to begin with is stored by it, once it is clear that the job may run again */
  async retry(id: string, from: Phase | undefined, prepare?: () => Promise<void>): Promise<Change> {
    const job = await this.get(id);
    if (!isFinal(job.status)) throw running(job);
    if (job.dataset_path === null) {
      throw new RequestError(
        409,
        'no_dataset',
        'The job has no data to run on.',
        'Create a new job and upload a file.',
      );
    }
    if (job.status === 'completed' && from === undefined) {
      const hint = 'Say from which phase with `{"from": "training"}`, or create a new job.';
      throw new RequestError(409, 'already_completed', 'The job is completed: there is nothing to retry.', hint);
    }
    const start = await this.startingPhase(job, from);
    await prepare?.();
    const claimed = await this.start(job, { from: start, allowedStatuses: FINAL_STATUSES, action: 'retry' });
    if (!claimed) throw running(await this.get(id));
    return { message: `The job starts again from ${start}.`, previous_status: job.status };
  }

  async cancel(id: string): Promise<Change> {
    const before = await this.store.requestCancel(id);
    if (!before) throw notFound('job', id);
    const { previous_status, run_no } = before;
    if (isFinal(previous_status)) {
      throw new RequestError(
        409,
        'already_final',
        `The job is ${previous_status} already.`,
        'Nothing is left to cancel.',
      );
    }
    if (run_no === 0) return { message: 'The job is cancelled.', previous_status };
    await this.temporal.done((workflows) => this.cancelRun(workflows, id, run_no));
    return { message: 'The job is being cancelled.', previous_status };
  }

  async remove(id: string): Promise<void> {
    if (!(await this.store.markDeleted(id))) throw notFound('job', id);
    await this.temporal.done((workflows) => workflows.startPurge(id));
  }

  /** A run that has no workflow, because Temporal was away when it was claimed, has nobody else to end it. */
  private async cancelRun(workflows: JobWorkflows, id: string, runNo: number): Promise<void> {
    await workflows.cancel(id);
    const known = await workflows.latest(id);
    if (known && (known.running || known.run_no >= runNo)) return;
    await this.store.updateJob({ job_id: id, run_no: runNo }, { status: 'cancelled' });
  }

  /** Where a retry begins: as asked, or at the phase that did not finish; never after one that has no output. */
  private async startingPhase(job: JobView, from: Phase | undefined): Promise<Phase> {
    const finished = await this.store.finishedPhases(job.id);
    const first = PHASES[Math.min(finished.length, PHASES.length - 1)]!;
    const wanted = from ?? job.phase ?? first;
    if (PHASES.indexOf(wanted) <= PHASES.indexOf(first)) return wanted;
    if (from === undefined) return first;
    const message = `The job can't start from ${from}: ${first} has not finished.`;
    throw new RequestError(409, 'phase_not_reached', message, `Retry from "${first}" or an earlier phase.`);
  }
}

function running(job: JobView): RequestError {
  const message = job.status === 'created' ? 'The job has not started yet.' : `The job is running (${job.status}).`;
  const hint = job.status === 'created' ? 'Upload a file to start it.' : 'Wait until it is final, or cancel it first.';
  return new RequestError(409, 'job_not_final', message, hint);
}
