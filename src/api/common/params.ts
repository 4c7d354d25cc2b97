import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { RequestError } from './problem';

const LONGEST_KEY = 200;

/** The `Idempotency-Key` header; undefined where there is none. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const header = context.switchToHttp().getRequest<Request>().headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && header.length > 0 && header.length <= LONGEST_KEY) return header;
  throw new RequestError(
    400,
    'idempotency_key_invalid',
    `An Idempotency-Key has 1 to ${LONGEST_KEY} characters.`,
    'Use a random UUID for each new request.',
  );
});

/** Aborted where the caller hangs up before the answer is there. */
export const HangUp = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const response = context.switchToHttp().getResponse<Response>();
  const gone = new AbortController();
  response.once('close', () => response.writableFinished || gone.abort());
  return gone.signal;
});
