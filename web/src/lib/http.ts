import type { ErrorCategory, Problem } from './types';

/** An answer of the API that is an error, or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string,
    readonly category: ErrorCategory = 'system',
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
      return new ApiError(status, problem.code ?? 'unknown', problem.detail, problem.hint ?? '', problem.category);
    }
  } catch {
    // Not JSON: fall through.
  }
  return new ApiError(status, 'unexpected_answer', `HTTP ${status}`, '');
}

/** Calls the API. @throws {ApiError} for every answer outside 2xx, and for none. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, 'no_answer', 'no answer', '');
  }
  if (!response.ok) throw problemOf(response.status, await response.text().catch(() => ''));
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, { headers: { Accept: 'application/json' }, signal });
  return (await response.json()) as T;
}

export async function sendJson<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await request(path, {
    method,
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** An id for `Idempotency-Key`; `crypto.randomUUID` exists in secure contexts only, and a plain http address is none. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
