import { cancellationDetails } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { AutomlError } from '../contracts/failure';

/** The job was deleted, or a newer run took over: this run has nothing more to do. */
export function superseded(jobId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Job ${jobId} was deleted or is worked on by a newer run.`, 'superseded');
}

/** A deleted job's files are still to be copied by a fork, within moments: the purge is tried again. */
export function forksWaiting(jobId: string): AutomlError {
  return new AutomlError(
    {
      category: 'system',
      code: 'forks_waiting',
      message: `A fork of job ${jobId} has not copied its files yet.`,
      hint: 'The deletion goes on by itself once it has.',
    },
    { retryable: true },
  );
}

/** What an earlier step must have stored is not there: the database was changed behind our back. */
export function missingOutput(jobId: string, what: string): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'missing_output',
    message: `The stored ${what} of job ${jobId} is not there.`,
    hint: 'Retry the job from an earlier phase, for example {"from": "analysis"}.',
  });
}

/** Whether somebody wants the step to end; a worker that shuts down or a time-out is no such wish. */
export function wasCancelled(error: unknown): boolean {
  const details = cancellationDetails();
  const asked = details?.cancelRequested || details?.notFound;
  return Boolean(asked) && error instanceof CancelledFailure;
}

/** A saved connection that something was to be read from was deleted meanwhile. */
export function connectionGone(): AutomlError {
  const hint = 'Save the connection again, and use the new one.';
  return new AutomlError({ category: 'data', code: 'connection_gone', message: 'The connection was deleted.', hint });
}
