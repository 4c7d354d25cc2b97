import { APIConnectionError, APIError } from 'openai';
import { AutomlError, cut, type Failure } from '../contracts/failure';
import { AnswerTooLarge } from './limited-fetch';

/** A Retry-After beyond this is not waited for in one go. */
const LONGEST_RETRY_AFTER_SECONDS = 600;
const CHECK = 'automl doctor --models shows what works.';

type Kind = { code: string; retryable: boolean; hint: string };

const KINDS = {
  key: { code: 'model_key_refused', retryable: false, hint: `Check the key of the model endpoint. ${CHECK}` },
  request: {
    code: 'model_request_refused',
    retryable: false,
    hint: `Check the model's name and the endpoint's address. ${CHECK}`,
  },
  quota: { code: 'model_quota_used_up', retryable: false, hint: 'The account behind the key has nothing left.' },
  limited: { code: 'model_rate_limited', retryable: true, hint: 'It is asked again when the endpoint allows it.' },
  away: { code: 'model_unavailable', retryable: true, hint: 'It is asked again; templates carry on in the end.' },
  slow: { code: 'model_timed_out', retryable: true, hint: 'Raise MODEL_CALL_TIMEOUT for a slow model.' },
  broken: { code: 'model_answer_broken', retryable: true, hint: `Is it an OpenAI-compatible endpoint? ${CHECK}` },
  large: { code: 'model_answer_too_large', retryable: false, hint: 'The template carries on.' },
} as const satisfies Record<string, Kind>;

/** The one place where an error of the endpoint or of the `openai` package gets its name. All are category `system`. */
export function classifyModelError(error: unknown, secrets: readonly string[]): AutomlError {
  if (error instanceof AutomlError) return error;
  const kind = kindOf(error);
  const status = error instanceof APIError && error.status ? ` (HTTP ${error.status})` : '';
  const failure: Failure = {
    category: 'system',
    code: kind.code,
    message: `The model endpoint failed${status}: ${withoutSecrets(wordsOf(error), secrets)}`,
    hint: kind.hint,
  };
  return new AutomlError(failure, {
    retryable: kind.retryable,
    ...(kind === KINDS.limited ? { retryAfterSeconds: retryAfterOf(error) } : {}),
  });
}

function kindOf(error: unknown): Kind {
  if (causes(error).some((cause) => cause instanceof AnswerTooLarge)) return KINDS.large;
  if (causes(error).some((cause) => cause.name === 'TimeoutError')) return KINDS.slow;
  if (error instanceof APIConnectionError) return KINDS.away;
  if (!(error instanceof APIError) || error.status === undefined) return KINDS.broken;
  const { status } = error as { status: number };
  if (status === 401 || status === 403) return KINDS.key;
  if (status === 402 || error.code === 'insufficient_quota') return KINDS.quota;
  if (status === 429) return KINDS.limited;
  if (status === 408 || status === 409 || status >= 500) return KINDS.away;
  return KINDS.request;
}

/** An error and what caused it; the `openai` package and `fetch` wrap what really happened. */
function causes(error: unknown): ErrorLike[] {
  const found: ErrorLike[] = [];
  for (let cause = error; isErrorLike(cause) && found.length < 5; cause = cause.cause) found.push(cause);
  return found;
}

type ErrorLike = { name: string; message: string; cause?: unknown };

/** `DOMException` is no `Error` in every realm. */
function isErrorLike(value: unknown): value is ErrorLike {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
}

/** Seconds, from a number or a date; undefined where the endpoint does not say. */
function retryAfterOf(error: unknown): number | undefined {
  const header = error instanceof APIError ? error.headers?.get('retry-after') : null;
  if (!header) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), LONGEST_RETRY_AFTER_SECONDS) : undefined;
}

function wordsOf(error: unknown): string {
  return cut(causes(error).at(-1)?.message ?? String(error), 300);
}

/** Some endpoints repeat the key, or most of it, in what they say about it. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const hidden = secrets
    .filter((secret) => secret.length >= 6)
    .reduce((result, secret) => result.replaceAll(secret, '[key]'), text);
  return hidden.replace(/\b(?:sk|key|Bearer)[-_ ][\w*.-]{6,}/gi, '[key]');
}
