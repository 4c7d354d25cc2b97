import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { CompleteAsyncError } from '@temporalio/activity';
import { AutomlError, cut, type Failure } from '../contracts/failure';

/**
 * The one place where an activity's error becomes what Temporal sees: typed, cut, and retryable or not.
 * An error nobody classified is tried again: most of them are passing faults, and the attempts are bounded.
 */
export function toApplicationFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof CompleteAsyncError) return error;
  if (error instanceof AutomlError) {
    return applicationFailure(error.failure, !error.retryable, error.retryAfterSeconds);
  }
  if (error instanceof Error && error.name === 'AbortError') return new CancelledFailure(error.message);
  return applicationFailure(unexpected(error), false);
}

/** @param retryAfterSeconds where whoever failed has said when to come back */
function applicationFailure(
  failure: Failure,
  nonRetryable: boolean,
  retryAfterSeconds?: number | undefined,
): ApplicationFailure {
  return ApplicationFailure.create({
    type: failure.code,
    message: failure.message,
    nonRetryable,
    details: [failure],
    ...(retryAfterSeconds === undefined ? {} : { nextRetryDelay: Math.ceil(retryAfterSeconds * 1000) }),
  });
}

function unexpected(error: unknown): Failure {
  return {
    category: 'system',
    code: 'unexpected_error',
    message: cut(`Something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}`, 500),
    hint: 'It is tried again by itself. If the job fails in the end, the logs of the worker say more; then retry it.',
  };
}

/** Wraps every activity so that nothing unclassified leaves it. */
export function classified<A extends object>(activities: A): A {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...input: unknown[]) => {
      try {
        return await activity(...input);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as A;
}
