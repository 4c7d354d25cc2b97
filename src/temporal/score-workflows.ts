import {
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
  WorkflowFailedError,
  type Client,
} from '@temporalio/client';
import { AutomlError, Failure } from '../contracts/failure';
import { SCORE_NOT_IN_TIME, SCORE_SECONDS, type ScoreRequest, type ScoreSummary } from '../contracts/scores';

/** How long after the workflow's own end its result may still be on its way. */
const GRACE_SECONDS = 10;

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
    const handle = this.client.workflow.getHandle(idOf(scoreId));
    // Where that fails, the scoring ends within its time.
    const cancel = () => void handle.cancel().catch(() => undefined);
    if (gone.aborted) cancel();
    gone.addEventListener('abort', cancel, { once: true });
    const deadline = Date.now() + (SCORE_SECONDS + GRACE_SECONDS) * 1000;
    try {
      return await this.client.withDeadline(deadline, async () => (await handle.result()) as ScoreSummary);
    } catch (error) {
      throw new AutomlError(failureOf(error), { cause: error });
    } finally {
      gone.removeEventListener('abort', cancel);
    }
  }

  /** @throws where Temporal is away. */
  async isRunning(scoreId: string): Promise<boolean> {
    try {
      return (await this.client.workflow.getHandle(idOf(scoreId)).describe()).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false;
      throw error;
    }
  }
}

const CANCELLED: Failure = {
  category: 'data',
  code: 'score_cancelled',
  message: 'The scoring was cancelled.',
  hint: 'Ask again where the answer is still wanted.',
};

function failureOf(error: unknown): Failure {
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (cause instanceof TimeoutFailure) return SCORE_NOT_IN_TIME;
  if (cause instanceof CancelledFailure) return CANCELLED;
  const typed = Failure.safeParse(cause instanceof ApplicationFailure ? cause.details?.[0] : undefined);
  if (typed.success) return typed.data;
  return {
    category: 'system',
    code: 'score_lost',
    message: 'The rows were being scored, but the answer did not arrive.',
    hint: 'Try again; if it stays, look at /health/ready for what is missing.',
  };
}

function idOf(scoreId: string): string {
  return `automl-${scoreId}`;
}
