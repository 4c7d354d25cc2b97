/** For `.catch`: a workflow that Temporal does not know is no error. @throws any other error as it is. */
export function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
}
