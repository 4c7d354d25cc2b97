import type { Client } from '@temporalio/client';
import { DRAFT_NOT_IN_TIME, DRAFT_SECONDS, type DraftedQuery, type DraftRequest } from '../contracts/drafts';
import type { Failure } from '../contracts/failure';
import { answerOf } from './answers';

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
    const workflowId = idOf(id);
    const awaited = {
      workflowId,
      seconds: DRAFT_SECONDS,
      notInTime: DRAFT_NOT_IN_TIME,
      cancelled: CANCELLED,
      lost: LOST,
    };
    return await answerOf(this.client, awaited, gone);
  }
}

const CANCELLED: Failure = {
  category: 'data',
  code: 'draft_cancelled',
  message: 'The drafting was cancelled.',
  hint: 'Ask again where the query is still wanted.',
};

const LOST: Failure = {
  category: 'system',
  code: 'draft_lost',
  message: 'The query was being written, but its result did not arrive.',
  hint: 'Try again; if it stays, look at /health/ready for what is missing.',
};

function idOf(id: string): string {
  return `automl-draft-${id}`;
}
