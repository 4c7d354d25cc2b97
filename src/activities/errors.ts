import { ApplicationFailure } from '@temporalio/common';
import { AutomlError } from '../contracts/failure';

/** The job was deleted, or a newer run took over: this run has nothing more to do. */
export function superseded(jobId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Job ${jobId} was deleted or is worked on by a newer run.`, 'superseded');
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
