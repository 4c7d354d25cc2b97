import { createSocket } from 'node:dgram';
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

/** Ports that no other launcher on this machine takes until they are released, or this process ends. */
export interface HeldPorts {
  ports: Ports;
  release(): void;
}

/**
 * Decides the ports: the configured ones; a free one for each that is 0; and, for a stack that lives only for one
 * command, a free one for each that is taken. A child listens seconds later, and not at all between its death and its
 * restart, so each port is held against the launchers of other stacks.
 * @throws {AutomlError} `port_in_use`, naming the port and the variable to set
 */
export async function choosePorts(config: Config, policy: BusyPortPolicy): Promise<HeldPorts> {
  const holds: Hold[] = [];
  const release = () => holds.splice(0).forEach((hold) => hold.release());
  const choose = async (wanted: number, host: string, variable: string) => {
    const hold = wanted === 0 ? undefined : await holdFree(host, wanted);
    if (!hold && wanted !== 0 && policy === 'refuse') throw portInUse(wanted, variable);
    const held = hold ?? (await holdAny(host));
    holds.push(held);
    return held.port;
  };
  try {
    const api = await choose(config.port, config.host, 'PORT');
    const { embedded, port, uiPort } = config.temporal;
    const temporal = embedded ? await choose(port, '127.0.0.1', 'TEMPORAL_PORT') : port;
    const temporalUi = embedded ? await choose(uiPort, '127.0.0.1', 'TEMPORAL_UI_PORT') : uiPort;
    return { ports: { api, temporal, temporalUi }, release };
  } catch (error) {
    release();
    throw error;
  }
}

function portInUse(port: number, variable: string): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'port_in_use',
    message: `Port ${port} is in use by another program.`,
    hint: `Stop that program, or set ${variable} to another port (0 picks a free one).`,
  });
}

interface Hold {
  port: number;
  release(): void;
}

/** Holds the port, if no launcher holds it and nobody listens there. */
async function holdFree(host: string, port: number): Promise<Hold | undefined> {
  const hold = await tryHold(port);
  if (!hold) return undefined;
  try {
    if (await canListen(host, port)) return hold;
  } catch (error) {
    hold.release();
    throw error;
  }
  hold.release();
  return undefined;
}

async function holdAny(host: string): Promise<Hold> {
  for (;;) {
    const hold = await tryHold(await listenOnce(host, 0));
    if (hold) return hold;
  }
}

/**
 * The hold is a UDP socket of the same number: it leaves the TCP port to the child, only one process can have it, and
 * the system takes it back from a killed launcher, which no lock file can promise.
 */
function tryHold(port: number): Promise<Hold | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      // Forbidden for UDP is forbidden for TCP: `canListen` says so in better words.
      if (error.code === 'EACCES') resolve({ port, release: () => undefined });
      else if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => {
      socket.unref();
      resolve({ port, release: () => socket.close() });
    });
  });
}

/** Whether this process could listen there now. @throws for a host that is not this machine's, or a forbidden port. */
async function canListen(host: string, port: number): Promise<boolean> {
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
