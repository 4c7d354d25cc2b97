import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';

export interface TestServer {
  /** A new, empty database. */
  url(): Promise<string>;
  stop(): Promise<void>;
}

/** New SQLite files in a folder of their own. */
export async function sqliteServer(): Promise<TestServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'automl-sqlite-'));
  let count = 0;
  return {
    url: () => Promise.resolve(`sqlite:${path.join(folder, `${(count += 1)}.db`)}`),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The folder of PostgreSQL's programs; undefined where it is not installed. */
export function postgresBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  return versions.map((version) => path.join(root, version, 'bin')).find((bin) => existsSync(path.join(bin, 'initdb')));
}

/** A private server on a free port, gone with its folder; run as `nobody` where we are root, which it refuses. */
export async function postgresServer(bin: string): Promise<TestServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'automl-postgres-'));
  const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid!);
  const data = path.join(folder, 'data');
  const made = spawnSync(`${bin}/initdb`, ['-D', data, '-U', 'automl', '-A', 'trust', '--no-sync'], {
    ...owner,
    cwd: folder,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const settings = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', '-F'];
  const server = spawn(`${bin}/postgres`, settings, { ...owner, cwd: folder, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const address = `postgres://automl@127.0.0.1:${port}`;
  await answering(`${address}/postgres`);
  let count = 0;
  return {
    async url() {
      const name = `test_${(count += 1)}`;
      await query(`${address}/postgres`, `CREATE DATABASE ${name}`);
      return `${address}/${name}`;
    },
    async stop() {
      server.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function idOf(flag: '-u' | '-g'): number {
  return Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function answering(url: string): Promise<void> {
  const until = Date.now() + 20_000;
  for (;;) {
    try {
      return await query(url, 'SELECT 1');
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
