import { type ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { AutomlError, type Failure } from '../contracts/failure';
import { classified, toApplicationFailure } from './failures';

const failure: Failure = {
  category: 'data',
  code: 'empty_file',
  message: 'The file is empty.',
  hint: 'Upload another.',
};

test.each([
  ['a failure that stays', new AutomlError(failure), true],
  ['a failure that may pass', new AutomlError(failure, { retryable: true }), false],
] as const)('%s carries its type and details', (_, error, nonRetryable) => {
  expect(toApplicationFailure(error)).toMatchObject({ type: 'empty_file', nonRetryable, details: [failure] });
});

test('what nobody classified is tried again', () => {
  expect(toApplicationFailure(new TypeError('x is undefined'))).toMatchObject({
    type: 'unexpected_error',
    nonRetryable: false,
    details: [{ category: 'system' }],
  });
});

test('an endless message is cut before it enters history', () => {
  const error = toApplicationFailure(new Error('x'.repeat(100_000))) as ApplicationFailure;
  expect(error.message.length).toBeLessThan(600);
});

test('a cancellation stays one', async () => {
  const activities = classified({ wait: () => Promise.reject(new CancelledFailure('asked')) });
  await expect(activities.wait()).rejects.toBeInstanceOf(CancelledFailure);
});
