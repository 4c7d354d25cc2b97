import { AutomlError } from '../contracts/failure';

/** A failure of the user's file or query: never retryable, always with a hint that says what to do. */
export function dataError(code: string, message: string, hint: string, cause?: unknown): AutomlError {
  return new AutomlError({ category: 'data', code, message, hint }, { cause });
}
