import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from '../../logger';
import { problemOf } from './problem';

/** Seconds after which a client may ask again where a service was away. */
const RETRY_AFTER = 5;

/** Every error leaves as problem+json; those that are ours are logged with their inside, which no client sees. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error, request.originalUrl.split('?')[0]!);
    if (problem.status >= 500) {
      const inside = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.log.error(`${request.method} ${problem.instance}: ${problem.code}`, { inside });
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (problem.status === 503) response.setHeader('Retry-After', RETRY_AFTER);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
