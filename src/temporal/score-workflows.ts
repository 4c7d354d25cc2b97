import type { Client } from '@temporalio/client';
import type { Failure } from '../contracts/failure';
import { SCORE_NOT_IN_TIME, SCORE_SECONDS, type ScoreRequest, type ScoreSummary } from '../contracts/scores';
import { answerOf } from './answers';
import { ignoreNotFound } from './not-found';

/** The workflows that score rows; one a call, named after it. */
export class ScoreWorkflows {
  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  async start(request: ScoreRequest): Promise<void> {
    await this.client.workflow.start('scoreRows', {
      workflowId: idOf(request.score_id),
      taskQueue: this.taskQueue,
      args: [request],
      workflowExecutionTimeout: SCORE_SECONDS * 1000,
      staticSummary: `Score rows with the model of job ${request.job_id}`,
    });
  }

  /**
   * @param gone ends the scoring
   * @throws {AutomlError} why there is no answer
   */
  async result(scoreId: string, gone: AbortSignal): Promise<ScoreSummary> {
    const workflowId = idOf(scoreId);
    const awaited = {
      workflowId,
      seconds: SCORE_SECONDS,
      notInTime: SCORE_NOT_IN_TIME,
      cancelled: CANCELLED,
      lost: LOST,
    };
    return await answerOf(this.client, awaited, gone);
  }

  /** @throws where Temporal is away. */
  async isRunning(scoreId: string): Promise<boolean> {
    const about = await this.client.workflow.getHandle(idOf(scoreId)).describe().catch(ignoreNotFound);
    return about?.status.name === 'RUNNING';
  }
}

const CANCELLED: Failure = {
  category: 'data',
  code: 'score_cancelled',
  message: 'The scoring was cancelled.',
  hint: 'Ask again where the answer is still wanted.',
};

const LOST: Failure = {
  category: 'system',
  code: 'score_lost',
  message: 'The rows were being scored, but the answer did not arrive.',
  hint: 'Try again; if it stays, look at /health/ready for what is missing.',
};

function idOf(scoreId: string): string {
  return `automl-${scoreId}`;
}
