import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { SCORE_NOT_IN_TIME, SCORE_SECONDS, type ScoreRequest, type ScoreSummary } from '../contracts/scores';
import { failureOf, phaseFailure } from './failures';
import { SCORE_RESERVE_SECONDS } from './limits';
import { scoresOn } from './proxies';

/** New rows and a model that is trained: one run in the engine, found again by every retry. */
export async function scoreRows(request: ScoreRequest): Promise<ScoreSummary> {
  try {
    return await scoresOn(workflowInfo().taskQueue, SCORE_SECONDS - SCORE_RESERVE_SECONDS).runScoring(request);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failure = failureOf(error);
    throw phaseFailure(failure.code === 'step_timed_out' ? SCORE_NOT_IN_TIME : failure);
  }
}
