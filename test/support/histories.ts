import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { TestWorkflowEnvironment } from '@temporalio/testing';

export const HISTORIES = path.join(__dirname, '..', 'workflows', 'histories');

/** `UPDATE_HISTORIES=1` writes the histories that the replay test reads: of each released shape, once. */
export async function keepHistory(temporal: TestWorkflowEnvironment, name: string, workflowId: string): Promise<void> {
  if (!process.env['UPDATE_HISTORIES']) return;
  const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
  const root = `${path.resolve(__dirname, '..', '..')}/`;
  writeFileSync(path.join(HISTORIES, `${name}.json`), historyToJSON(history).replaceAll(root, ''));
}
