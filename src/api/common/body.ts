import type { NextFunction, Request, Response } from 'express';
import { RequestError } from './problem';

/** After the parser: a body in a form that no route reads is told so; none at all counts as an empty object. */
export function checkBody(request: Request, _response: Response, next: NextFunction): void {
  const type = request.headers['content-type'] ?? '';
  const bytes = Number(request.headers['content-length'] ?? 0);
  const hasBody = bytes > 0 || request.headers['transfer-encoding'] !== undefined;
  if (request.body === undefined && hasBody && !/^multipart\/form-data\b/i.test(type)) {
    const hint = 'Send JSON with `Content-Type: application/json`.';
    throw new RequestError(415, 'json_expected', `A body of type "${type.slice(0, 100)}" is not understood.`, hint);
  }
  request.body ??= {};
  next();
}

/** The parser's own complaint, before Nest makes an error of its own from it. */
export function refuseBrokenBody(
  error: { type?: string; message?: string },
  _request: Request,
  _response: Response,
  next: NextFunction,
): void {
  if (error.type !== 'entity.parse.failed') return next(error);
  next(new RequestError(400, 'invalid_json', `The body is not valid JSON: ${error.message}.`, 'Correct the JSON.'));
}
