import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetStore } from './entities';
import type { JobWorkflows } from './temporal/client';

/** A row this young is still in its maker's hands: the API saves first and starts then. */
const GRACE_SECONDS = 5;

/** Starts versions that were saved but not started, repeats cancellations, and removes what is deleted. */
export class DatasetReconciler {
  constructor(
    private readonly deps: {
      datasets: DatasetStore;
      workflows: Pick<JobWorkflows, 'datasets'>;
      uploadDir: string;
    },
  ) {}

  /** One turn; a repeated one changes nothing. */
  async turn(): Promise<void> {
    const { datasets, workflows } = this.deps;
    const deleted = await datasets.deleted();
    for (const { cancelled, ...key } of await datasets.unfinished(GRACE_SECONDS)) {
      if (deleted.includes(key.dataset_id)) continue;
      const isRunning = await workflows.datasets.isRunning(key);
      if (isRunning && cancelled) await workflows.datasets.cancel(key);
      else if (!isRunning && cancelled) await datasets.endVersion(key, null);
      else if (!isRunning) await workflows.datasets.make(key);
    }
    for (const id of deleted) await this.purge(id);
  }

  /** Files first, rows last, so that a repeated purge finds all; not before everything that writes there has ended. */
  private async purge(id: string): Promise<void> {
    const { datasets, workflows, uploadDir } = this.deps;
    let busy = false;
    for (const { version } of (await datasets.versions([id])).filter(({ status }) => status === 'preparing')) {
      const key = { dataset_id: id, version };
      if (!(await workflows.datasets.isRunning(key))) continue;
      busy = true;
      await workflows.datasets.cancel(key);
    }
    if (busy) return;
    await rm(path.join(uploadDir, id), { recursive: true, force: true });
    await datasets.purge(id);
  }
}
