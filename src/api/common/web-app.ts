import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import type { Config } from '../../config';

const YEAR_SECONDS = 365 * 24 * 3600;

/** The built web app: its files, and its one page at `/` and everywhere under `/app`. */
export function webApp({ root }: Pick<Config, 'root'>): RequestHandler {
  const folder = path.join(root, 'dist', 'web');
  const page = path.join(folder, 'index.html');
  const router = Router();
  // File names carry their content's hash.
  router.use(
    '/assets',
    packed(path.join(folder, 'assets')),
    express.static(path.join(folder, 'assets'), { immutable: true, maxAge: YEAR_SECONDS * 1000, index: false }),
  );
  router.use(express.static(folder, { index: false, maxAge: 0, dotfiles: 'ignore' }));
  router.get([/^\/$/, /^\/app(\/.*)?$/], (_request, response, next) => {
    // Not built yet: the usual 404 says so in its own words.
    if (!existsSync(page)) return next();
    response.set('Cache-Control', 'no-cache').sendFile(page);
  });
  return router;
}

/** Sends the packed copy that the build has laid beside a script or style, to who takes it. */
function packed(folder: string): RequestHandler {
  return (request, response, next) => {
    const [, name, ending] = /^\/([\w.-]+\.(js|css))$/.exec(request.path) ?? [];
    if (!name || !ending || !existsSync(path.join(folder, `${name}.gz`))) return next();
    response.vary('Accept-Encoding');
    if (!request.acceptsEncodings('gzip')) return next();
    response.set({ 'Content-Encoding': 'gzip' }).type(ending);
    request.url = `/${name}.gz`;
    next();
  };
}
