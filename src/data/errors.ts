import { AutomlError } from '../contracts/failure';

/** A failure of the user's file or query: never retryable, always with a hint that says what to do. */
export function dataError(code: string, message: string, hint: string, cause?: unknown): AutomlError {
  return new AutomlError({ category: 'data', code, message, hint }, { cause });
}

/** A correction that the file refutes. `path` names it within `DatasetOverrides`, so that it is told beside its control. */
export class OverrideError extends AutomlError {
  constructor(
    readonly path: PropertyKey[],
    failure: { code: string; message: string; hint: string },
  ) {
    super({ category: 'data', ...failure });
  }
}
