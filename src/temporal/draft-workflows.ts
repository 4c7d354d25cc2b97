import {
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
  WorkflowFailedError,
  type Client,
} from '@temporalio/client';
import { DRAFT_NOT_IN_TIME, DRAFT_SECONDS, type DraftedQuery, type DraftRequest } from '../contracts/drafts';
import { AutomlError, Failure } from '../contracts/failure';

/** How long after the workflow's own end its result may still be on its way. */
const GRACE_SECONDS = 10;

/** The workflows that write queries from words; one a call. */
export class DraftWorkflows {
  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  async start(id: string, request: DraftRequest): Promise<void> {
    await this.client.workflow.start('draftQuery', {
      workflowId: idOf(id),
      taskQueue: this.taskQueue,
      args: [request],
      workflowExecutionTimeout: DRAFT_SECONDS * 1000,
      staticSummary: `Write a query for connection ${request.connection_id}`,
    });
  }

  /**
   * @param gone ends the drafting
   * @throws {AutomlError} why there is none
   */
  async result(id: string, gone: AbortSignal): Promise<DraftedQuery> {
    const handle = this.client.workflow.getHandle(idOf(id));
    // Where that fails, the draft ends within its minute.
    const cancel = () => void handle.cancel().catch(() => undefined);
    if (gone.aborted) cancel();
    gone.addEventListener('abort', cancel, { once: true });
    const deadline = Date.now() + (DRAFT_SECONDS + GRACE_SECONDS) * 1000;
    try {
      return await this.client.withDeadline(deadline, async () => (await handle.result()) as DraftedQuery);
    } catch (error) {
      throw new AutomlError(failureOf(error), { cause: error });
    } finally {
      gone.removeEventListener('abort', cancel);
    }
  }
}

const CANCELLED: Failure = {
  category: 'data',
  code: 'draft_cancelled',
  message: 'The drafting was cancelled.',
  hint: 'Ask again where the query is still wanted.',
};

function failureOf(error: unknown): Failure {
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (cause instanceof TimeoutFailure) return DRAFT_NOT_IN_TIME;
  if (cause instanceof CancelledFailure) return CANCELLED;
  const typed = Failure.safeParse(cause instanceof ApplicationFailure ? cause.details?.[0] : undefined);
  if (typed.success) return typed.data;
  return {
    category: 'system',
    code: 'draft_lost',
    message: 'The query was being written, but its result did not arrive.',
    hint: 'Try again; if it stays, look at /health/ready for what is missing.',
  };
}

function idOf(id: string): string {
  return `automl-draft-${id}`;
}
