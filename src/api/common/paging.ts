import type { Request, Response } from 'express';

/** Lists are plain arrays: what a page needs besides travels in headers. */
export function setPageHeaders(
  response: Response,
  page: { total?: number; next?: Record<string, string> | null },
): void {
  if (page.total !== undefined) response.setHeader('X-Total-Count', page.total);
  if (!page.next) return;
  const request: Request = response.req;
  const url = new URL(request.originalUrl, 'http://here');
  for (const [name, value] of Object.entries(page.next)) url.searchParams.set(name, value);
  response.setHeader('Link', `<${url.pathname}${url.search}>; rel="next"`);
}
