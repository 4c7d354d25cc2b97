import { z } from 'zod';

/**
 * `data`: the user's table or target; `execution`: the script's run (time-out, memory, lost container);
 * `model`: the trained model; `system`: ours or a service we need (engine, database, model endpoint).
 */
export const ERROR_CATEGORIES = ['data', 'execution', 'model', 'system'] as const;
export const ErrorCategory = z.enum(ERROR_CATEGORIES);
export type ErrorCategory = z.infer<typeof ErrorCategory>;

/** What went wrong, in a form that a person can act on. `code` is stable snake_case, for programs. */
export const Failure = z.object({
  category: ErrorCategory,
  code: z.string().max(80),
  message: z.string().max(2000),
  hint: z.string().max(1000),
});
export type Failure = z.infer<typeof Failure>;

/** A failure as an exception; foreign errors become one of these at the edge where they are first seen. */
export class AutomlError extends Error {
  readonly failure: Failure;
  readonly retryable: boolean;
  /** When to try again, where whoever failed has said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    failure: Failure,
    options: { retryable?: boolean; retryAfterSeconds?: number | undefined; cause?: unknown } = {},
  ) {
    super(failure.message, { cause: options.cause });
    this.name = 'AutomlError';
    this.failure = { ...failure, message: cut(failure.message, 2000), hint: cut(failure.hint, 1000) };
    this.retryable = options.retryable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Cuts a text to `limit` characters, saying so, so that nothing unbounded enters history or the database. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
