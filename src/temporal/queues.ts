/** Executions have a queue of their own, so that slots bound them and nothing else. */
export function executionQueue(taskQueue: string): string {
  return `${taskQueue}-execution`;
}

/** So have data sets: the making of one may take a gigabyte of memory. */
export function datasetQueue(taskQueue: string): string {
  return `${taskQueue}-datasets`;
}

/** And drafts of queries: somebody waits a minute at most, which a pull of hours or a wave of jobs must not use up. */
export function draftQueue(taskQueue: string): string {
  return `${taskQueue}-drafts`;
}

/** And scorings: somebody waits for one, and trainings may fill their own queue for hours. */
export function scoreQueue(taskQueue: string): string {
  return `${taskQueue}-scores`;
}
