import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { VersionKey } from '../contracts/datasets';
import { ignoreNotFound } from './not-found';

/** The workflows that make versions of data sets; one a version, named after it. */
export class DatasetWorkflows {
  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  /** Starts the making of a version; starting twice is starting once, and a version that is decided stays as it is. */
  async make(key: VersionKey): Promise<void> {
    try {
      await this.client.workflow.start('datasetVersion', {
        workflowId: idOf(key),
        taskQueue: this.taskQueue,
        args: [key],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Data set ${key.dataset_id}, version ${key.version}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Asks for the making to stop; where nothing runs is no error. */
  async cancel(key: VersionKey): Promise<void> {
    await this.client.workflow.getHandle(idOf(key)).cancel().catch(ignoreNotFound);
  }

  /** @throws where Temporal is away. */
  async isRunning(key: VersionKey): Promise<boolean> {
    const about = await this.client.workflow.getHandle(idOf(key)).describe().catch(ignoreNotFound);
    return about?.status.name === 'RUNNING';
  }
}

function idOf({ dataset_id, version }: VersionKey): string {
  return `automl-dataset-${dataset_id}-v${version}`;
}
