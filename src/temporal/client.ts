import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { WorkflowIdReusePolicy } from '@temporalio/client';
import type { Config } from '../config';
import { cut } from '../contracts/failure';
import { workflowIdOf, type JobRun } from '../contracts/jobs';
import { DatasetWorkflows } from './dataset-workflows';
import { DraftWorkflows } from './draft-workflows';
import { ScoreWorkflows } from './score-workflows';
import { ignoreNotFound } from './not-found';

export const SEARCH_ATTRIBUTES = ['AutomlStatus', 'AutomlPhase', 'AutomlTarget'] as const;

/** What both the API and the worker need of Temporal: start, cancel, signal and look at a job's workflow. */
export class JobWorkflows {
  readonly datasets: DatasetWorkflows;
  readonly drafts: DraftWorkflows;
  readonly scores: ScoreWorkflows;
  private searchable: Promise<boolean> | undefined;

  constructor(
    readonly client: Client,
    private readonly config: Config,
  ) {
    this.datasets = new DatasetWorkflows(client, config.temporal.taskQueue);
    this.drafts = new DraftWorkflows(client, config.temporal.taskQueue);
    this.scores = new ScoreWorkflows(client, config.temporal.taskQueue);
  }

  /** Connects lazily: a Temporal server that is away is noticed at the first call, not here. */
  static connect(config: Config): JobWorkflows {
    const { address, namespace, apiKey, tls } = config.temporal;
    const connection = Connection.lazy({
      address,
      tls: tls || undefined,
      apiKey,
      metadata: apiKey ? { 'temporal-namespace': namespace } : undefined,
    });
    return new JobWorkflows(new Client({ connection, namespace }), config);
  }

  /**
   * Starts a run; a run that is started already stays as it is. The first run rejects any earlier workflow of the
   * job; later ones are guarded by `run_no`, which the database hands out once.
   */
  async start(run: JobRun, about: { name: string; target: string | null }): Promise<void> {
    const policy: WorkflowIdReusePolicy = run.run_no === 1 ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE';
    const searchAttributes = (await this.hasSearchAttributes())
      ? { AutomlStatus: ['queued'], AutomlPhase: [run.from], AutomlTarget: [cut(about.target ?? 'inferred', 100)] }
      : undefined;
    try {
      await this.client.workflow.start('automlJob', {
        workflowId: workflowIdOf(run.job_id),
        taskQueue: this.config.temporal.taskQueue,
        args: [run],
        workflowIdReusePolicy: policy,
        workflowIdConflictPolicy: 'FAIL',
        memo: { run_no: run.run_no, from: run.from },
        searchAttributes,
        staticSummary: cut(
          `${about.name}: ${about.target ?? 'target to be inferred'}`.replace(/[^\x20-\x7e]/g, '?'),
          150,
        ),
        staticDetails: `Job \`${run.job_id}\`, run ${run.run_no}, from ${run.from}. [Open in the app](${this.jobUrl(run.job_id)})`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Starts the deletion of a job that its row hides already; starting twice is starting once. */
  async startPurge(jobId: string): Promise<void> {
    try {
      await this.client.workflow.start('purgeJob', {
        workflowId: `automl-purge-${jobId}`,
        taskQueue: this.config.temporal.taskQueue,
        args: [{ job_id: jobId }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Delete job ${jobId}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Asks the running workflow to cancel; no running workflow is no error. */
  async cancel(jobId: string): Promise<void> {
    await this.client.workflow.getHandle(workflowIdOf(jobId)).cancel().catch(ignoreNotFound);
  }

  /** Tells the running workflow something. @returns false where none is running to hear it. */
  async signal(jobId: string, name: string, ...args: unknown[]): Promise<boolean> {
    try {
      await this.client.workflow.getHandle(workflowIdOf(jobId)).signal(name, ...args);
      return true;
    } catch (error) {
      ignoreNotFound(error);
      return false;
    }
  }

  /** Ends the running workflow where it stands; what it ran must be stopped by the caller. */
  async terminate(jobId: string, reason: string): Promise<void> {
    await this.client.workflow.getHandle(workflowIdOf(jobId)).terminate(reason).catch(ignoreNotFound);
  }

  /** The newest run that Temporal knows, undefined where it knows none. @throws where Temporal is away. */
  async latest(jobId: string): Promise<{ running: boolean; run_no: number; status: string } | undefined> {
    try {
      const about = await this.client.workflow.getHandle(workflowIdOf(jobId)).describe();
      const { run_no: runNo } = (about.memo ?? {}) as { run_no?: number };
      return { running: about.status.name === 'RUNNING', run_no: runNo ?? 0, status: about.status.name };
    } catch (error) {
      ignoreNotFound(error);
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.client.connection.close();
  }

  private jobUrl(jobId: string): string {
    const { host, port } = this.config;
    return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/jobs/${jobId}`;
  }

  /** Whether the server has our search attributes; asked once, and again where the server did not answer. */
  private async hasSearchAttributes(): Promise<boolean> {
    this.searchable ??= this.findSearchAttributes().catch((error: unknown) => {
      this.searchable = undefined;
      throw error;
    });
    return await this.searchable;
  }

  private async findSearchAttributes(): Promise<boolean> {
    const { customAttributes } = await this.client.connection.operatorService.listSearchAttributes({
      namespace: this.config.temporal.namespace,
    });
    return SEARCH_ATTRIBUTES.every((name) => customAttributes && name in customAttributes);
  }
}
