import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ZodValidationException } from 'nestjs-zod';
import type { ZodError } from 'zod';
import { OverrideError } from '../../data';
import { AutomlError, cut, type ErrorCategory } from '../../contracts/failure';

/** RFC 9457, with what a program (`code`) and a person (`hint`) can act on. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance?: string;
  category: ErrorCategory;
  code: string;
  hint: string;
  /** What is wrong field by field, where a body or query was invalid. */
  errors?: { path: string; message: string }[];
}

/** A request that can't be served as it is; `status` is the HTTP status. */
export class RequestError extends AutomlError {
  constructor(
    readonly status: number,
    code: string,
    message: string,
    hint: string,
  ) {
    super({ category: status >= 500 ? 'system' : 'data', code, message, hint });
  }
}

export function notFound(what: string, id: string): RequestError {
  const code = `${what.toLowerCase().replaceAll(' ', '_')}_not_found`;
  return new RequestError(
    404,
    code,
    `There is no ${what} "${cut(id, 100)}".`,
    'Check the id; it may have been deleted.',
  );
}

/** HTTP statuses of failures that the layers below name. */
const STATUS_OF_CODE: Record<string, number> = {
  idempotency_key_reused: 422,
  phase_not_reached: 409,
  no_dataset: 409,
  base_not_ready: 409,
  connection_gone: 409,
  table_not_found: 404,
  model_not_configured: 409,
  model_unavailable: 503,
  model_rate_limited: 503,
  model_timed_out: 504,
  draft_timed_out: 504,
  score_timed_out: 504,
  job_gone: 404,
  disk_full: 507,
  database_locked: 503,
  database_unreachable: 503,
  database_read_only: 503,
  database_damaged: 500,
  database_refused: 503,
};

const HINT_OF_STATUS: Record<number, string> = {
  400: 'Check the request against the API description at /docs.',
  404: 'Check the address against the API description at /docs.',
  405: 'Check the method against the API description at /docs.',
  413: 'Send less at once.',
};

/** Says whatever was thrown as a problem; only what nobody foresaw is a 500, without its inside. */
export function problemOf(error: unknown, instance: string): ProblemBody {
  const about = describe(error);
  return { type: 'about:blank', title: STATUS_CODES[about.status] ?? 'Error', instance, ...about };
}

function describe(error: unknown): Omit<ProblemBody, 'type' | 'title'> {
  if (error instanceof AutomlError) return { status: statusOf(error), ...rest(error) };
  if (error instanceof ZodValidationException) return invalid(error.getZodError() as ZodError);
  const status = httpStatusOf(error);
  if (status === undefined || status >= 500) {
    return {
      status: 500,
      detail: 'Something went wrong on our side.',
      category: 'system',
      code: 'internal_error',
      hint: 'Try again; if it stays, look at the API log for this time.',
    };
  }
  return {
    status,
    detail: (error as Error).message,
    category: 'data',
    code: codeOfStatus(status),
    hint: HINT_OF_STATUS[status] ?? HINT_OF_STATUS[400]!,
  };
}

function rest(error: AutomlError) {
  const { message: detail, category, code, hint } = error.failure;
  const errors = error instanceof OverrideError ? [{ path: error.path.join('.'), message: detail }] : undefined;
  return { detail, category, code, hint, ...(errors && { errors }) };
}

function statusOf(error: AutomlError): number {
  if (error instanceof RequestError) return error.status;
  const known = STATUS_OF_CODE[error.failure.code];
  if (known !== undefined) return known;
  if (error.failure.category === 'data') return 422;
  // A service that we asked on the caller's behalf (a database to read from, say).
  return error.retryable ? 503 : 502;
}

/** Of Nest's exceptions and of those that Express's parsers throw. */
function httpStatusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { status, statusCode, expose } = (error ?? {}) as { status?: unknown; statusCode?: unknown; expose?: unknown };
  const found = status ?? statusCode;
  return typeof found === 'number' && expose !== false ? found : undefined;
}

function codeOfStatus(status: number): string {
  return (STATUS_CODES[status] ?? 'bad_request').toLowerCase().replace(/[^a-z]+/g, '_');
}

function invalid(error: ZodError): Omit<ProblemBody, 'type' | 'title'> {
  const errors = error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.join('.'),
    message: cut(issue.message, 300),
  }));
  const detail = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return {
    status: 422,
    detail: cut(detail, 2000),
    category: 'data',
    code: 'invalid_request',
    hint: 'Correct the named fields; /docs describes each of them.',
    errors,
  };
}
