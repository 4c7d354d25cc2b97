import { createServer } from 'node:net';
import type { Config } from '../config';
import { AutomlError } from '../contracts/failure';

/** The three ports a stack listens on. */
export interface Ports {
  api: number;
  temporal: number;
  temporalUi: number;
}

/** What to do about a port that another program holds. */
export type BusyPortPolicy = 'refuse' | 'take_another';

/**
 * Decides the ports: the configured ones; a free one for each that is 0; and, for a stack that lives only for one
 * command, a free one for each that is taken.
 * @throws {AutomlError} `port_in_use`, naming the port and the variable to set
 */
export async function choosePorts(config: Config, policy: BusyPortPolicy): Promise<Ports> {
  const chosen = new Set<number>();
  const choose = async (wanted: number, host: string, variable: string) => {
    if (wanted !== 0 && (await canListen(host, wanted))) return taken(wanted);
    if (wanted === 0 || policy === 'take_another') return taken(await freePort(host, chosen));
    throw new AutomlError({
      category: 'system',
      code: 'port_in_use',
      message: `Port ${wanted} is in use by another program.`,
      hint: `Stop that program, or set ${variable} to another port (0 picks a free one).`,
    });
  };
  const taken = (port: number) => {
    chosen.add(port);
    return port;
  };
  const api = await choose(config.port, config.host, 'PORT');
  if (!config.temporal.embedded) return { api, temporal: config.temporal.port, temporalUi: config.temporal.uiPort };
  return {
    api,
    temporal: await choose(config.temporal.port, '127.0.0.1', 'TEMPORAL_PORT'),
    temporalUi: await choose(config.temporal.uiPort, '127.0.0.1', 'TEMPORAL_UI_PORT'),
  };
}

/** Whether this process could listen there now. @throws for a host that is not this machine's, or a forbidden port. */
export async function canListen(host: string, port: number): Promise<boolean> {
  try {
    await listenOnce(host, port);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return false;
    throw new AutomlError(
      {
        category: 'system',
        code: 'address_unusable',
        message: `Nothing can listen on ${host}:${port} (${code}).`,
        hint: 'Set HOST to an address of this machine and PORT to a number from 1024 up.',
      },
      { cause: error },
    );
  }
}

async function freePort(host: string, except: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = await listenOnce(host, 0);
    if (!except.has(port)) return port;
  }
}

function listenOnce(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

/** Whether an API of this installation answers there; a stranger, or nobody, is a no. */
export async function isOurs(url: string, instance: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2000) });
    const body = (await answer.json()) as { instance?: unknown };
    return body.instance === instance;
  } catch {
    return false;
  }
}
