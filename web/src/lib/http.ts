import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './api-types';
import type { ErrorCategory, Problem } from './types';

/** An answer of the API that is an error, or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string,
    readonly category: ErrorCategory = 'system',
    /** What is wrong field by field, where the server says. */
    readonly errors: NonNullable<Problem['errors']> = [],
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** The server did not answer: the same call may work in a moment. */
  get offline(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** Reads an RFC 9457 problem; a body of any other kind (a proxy's page, say) becomes an honest generic error. */
export function problemOf(status: number, body: string): ApiError {
  try {
    const problem = JSON.parse(body) as Partial<Problem>;
    if (typeof problem.detail === 'string') {
      const { code = 'unknown', detail, hint = '', category, errors } = problem;
      return new ApiError(status, code, detail, hint, category, errors);
    }
  } catch {
    // Not JSON: fall through.
  }
  return new ApiError(status, 'unexpected_answer', `HTTP ${status}`, '');
}

/** Turns every answer outside 2xx, and the lack of one, into an ApiError; a caller's own abort stays what it is. */
const failures: Middleware = {
  async onResponse({ response }) {
    if (!response.ok && response.status !== 304) {
      throw problemOf(response.status, await response.text().catch(() => ''));
    }
  },
  onError({ error, request }) {
    if (request.signal.aborted) return error as Error;
    return new ApiError(0, 'no_answer', 'no answer', '');
  },
};

/** The API, typed from web/openapi.json. Every call throws an ApiError unless it succeeds; see `dataOf`. */
export const api = createClient<paths>({ headers: { Accept: 'application/json' } });
api.use(failures);

/** The body of a call that succeeded, for a failed one has thrown. */
export async function dataOf<Data>(call: Promise<{ data?: Data }>): Promise<Data> {
  return (await call).data as Data;
}

/** An id for `Idempotency-Key`; `crypto.randomUUID` exists in secure contexts only, and a plain http address is none. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
