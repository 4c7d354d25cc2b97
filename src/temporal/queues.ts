/** Executions have a queue of their own, so that slots bound them and nothing else. */
export function executionQueue(taskQueue: string): string {
  return `${taskQueue}-execution`;
}
