import { CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { VersionKey } from '../contracts/datasets';
import { failureOf, phaseFailure } from './failures';
import { datasetsOn } from './proxies';

/** Makes one version of a data set ready, or says on its row why not. */
export async function datasetVersion(key: VersionKey): Promise<void> {
  const datasets = datasetsOn(workflowInfo().taskQueue);
  try {
    await datasets.makeVersion(key);
  } catch (error) {
    const failure = isCancellation(error) ? null : failureOf(error);
    await CancellationScope.nonCancellable(() => datasets.endVersion(key, failure));
    throw failure ? phaseFailure(failure) : error;
  }
}
