import { isIP } from 'node:net';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { Config } from '../../config';
import { RequestError } from './problem';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const WILDCARD = ['0.0.0.0', '::'];
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

type Access = Pick<Config, 'host' | 'allowedHosts'>;

/** The headers under which a built Vite app and the API pages run, and nothing that they don't need. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        // The component library sets styles on elements.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // Without TLS of its own the API must not promise any.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}

/**
 * Refuses what only a hostile web page sends: a name that someone else's DNS points at us (Host), and a change that
 * another site's page asks for (Origin). A page of any origin can reach a loopback address.
 */
export function checkCaller(access: Access): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    const host = request.headers.host ?? '';
    if (!isOurName(hostNameOf(`http://${host}`), host, access)) {
      throw new RequestError(
        403,
        'host_not_allowed',
        'The request names a host that is not ours.',
        'Use the address that the server printed at its start, or add this name to ALLOWED_HOSTS.',
      );
    }
    if (!SAFE_METHODS.includes(request.method) && !isSameOrigin(request, host, access)) {
      throw new RequestError(
        403,
        'origin_not_allowed',
        'The request comes from a web page of another origin.',
        'Send it from our own page or from a program, or add the origin (host:port) to ALLOWED_HOSTS.',
      );
    }
    next();
  };
}

function isOurName(name: string | undefined, host: string, { host: bound, allowedHosts }: Access): boolean {
  if (name === undefined) return false;
  if (LOOPBACK.includes(name) || name === bound || allowedHosts.includes(name) || allowedHosts.includes(host))
    return true;
  // An address can't be somebody's DNS name, so it is safe where we listen on all of them.
  return WILDCARD.includes(bound) && isIP(name) !== 0;
}

function isSameOrigin(request: Request, host: string, { allowedHosts }: Access): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return request.headers['sec-fetch-site'] !== 'cross-site';
  const name = hostNameOf(origin);
  if (name === undefined) return false;
  const authority = new URL(origin).host;
  return authority === host || allowedHosts.includes(authority) || allowedHosts.includes(name);
}

/** The name in an URL, without brackets; undefined where it is none. */
function hostNameOf(url: string): string | undefined {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return undefined;
  }
}
