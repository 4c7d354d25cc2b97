import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { Failure } from '../contracts/failure';

/** A script phase that no further attempt can finish; raised by the workflow itself. */
export function phaseFailure(failure: Failure): ApplicationFailure {
  return ApplicationFailure.create({
    type: failure.code,
    message: failure.message,
    nonRetryable: true,
    details: [failure],
  });
}

/** The typed failure inside whatever an activity or the workflow threw. */
export function failureOf(error: unknown): Failure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const typed = Failure.safeParse(cause.details?.[0]);
    if (typed.success) return typed.data;
  }
  if (cause instanceof TimeoutFailure) {
    return {
      category: 'system',
      code: 'step_timed_out',
      message: `A step did not end in its time (${cause.timeoutType}).`,
      hint: 'See whether the worker is running and not overloaded (automl doctor), then retry the job.',
    };
  }
  return {
    category: 'system',
    code: 'unexpected_error',
    message: `Something unexpected stopped the job: ${String(cause instanceof Error ? cause.message : cause).slice(0, 500)}`,
    hint: 'Retry the job. If it happens again, the logs of the worker say more.',
  };
}

/** The activities end every conversation long before this; it only keeps a mistake from going on for ever. */
export const TOO_MANY_TURNS: Failure = {
  category: 'system',
  code: 'too_many_turns',
  message: 'An agent asked for more turns than it may have.',
  hint: 'Retry the job; if it happens again, report it, for it is a mistake of ours.',
};
