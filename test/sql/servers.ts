import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const POSTGRES_BIN = ['/usr/lib/postgresql/17/bin', '/usr/lib/postgresql/16/bin', '/usr/lib/postgresql/15/bin'].find(
  (folder) => existsSync(path.join(folder, 'initdb')),
);
const MARIADB_SERVER = ['/usr/sbin/mariadbd', '/usr/sbin/mysqld'].find((file) => existsSync(file));
const MARIADB_INSTALL = '/usr/bin/mariadb-install-db';
/** Both servers refuse to run as root: `nobody` is on every Debian. */
const NOBODY = 65_534;
const OWNER = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** A private database server in a temporary folder. */
export interface Server {
  port: number;
  adminPassword: string;
  stop(): Promise<void>;
}

export const ADMIN_PASSWORD = 'admin-Pa55:word';

/** Why the tests of a server cannot run here; undefined where they can. */
export const missingServer = {
  postgresql: POSTGRES_BIN === undefined ? 'PostgreSQL is not installed' : undefined,
  mariadb: MARIADB_SERVER && existsSync(MARIADB_INSTALL) ? undefined : 'MariaDB is not installed',
};

export async function startPostgres(): Promise<Server> {
  const bin = POSTGRES_BIN as string;
  const folder = await ownedFolder('automl-pg-');
  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, ADMIN_PASSWORD, { mode: 0o644 });
  const data = path.join(folder, 'data');
  const settings = [
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-sync',
    '-E',
    'UTF8',
    '--locale=C',
  ];
  await run(path.join(bin, 'initdb'), ['-D', data, ...settings], { ...OWNER, cwd: folder });
  const port = await freePort();
  const flags = ['-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const child = spawn(path.join(bin, 'postgres'), ['-D', data, ...flags], { ...OWNER, cwd: folder });
  await lineOf(child, /ready to accept connections/);
  return { port, adminPassword: ADMIN_PASSWORD, stop: () => stop(child, folder, 'SIGINT') };
}

export async function startMariaDb(): Promise<Server> {
  const folder = await ownedFolder('automl-mariadb-');
  const data = path.join(folder, 'data');
  await run(
    MARIADB_INSTALL,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    {
      ...OWNER,
      cwd: folder,
    },
  );
  const init = path.join(folder, 'init.sql');
  const admin = `CREATE USER 'admin'@'%' IDENTIFIED BY '${ADMIN_PASSWORD}';\nGRANT ALL ON *.* TO 'admin'@'%' WITH GRANT OPTION;\n`;
  await writeFile(init, admin, { mode: 0o644 });
  const port = await freePort();
  const flags = [
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-log-bin',
    '--innodb-buffer-pool-size=16M',
    `--init-file=${init}`,
  ];
  const places = [`--datadir=${data}`, `--socket=${path.join(folder, 's')}`, `--pid-file=${path.join(folder, 'pid')}`];
  const child = spawn(MARIADB_SERVER as string, ['--no-defaults', ...places, ...flags], { ...OWNER, cwd: folder });
  await lineOf(child, /ready for connections/);
  return { port, adminPassword: ADMIN_PASSWORD, stop: () => stop(child, folder, 'SIGTERM') };
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function ownedFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), prefix));
  if (OWNER.uid !== undefined) await chown(folder, OWNER.uid, OWNER.gid);
  return folder;
}

/** Waits for the line by which a server says that it is up. */
function lineOf(child: ChildProcess, pattern: RegExp): Promise<void> {
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${seen.join('\n')}`)));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      seen.push(line);
      if (pattern.test(line)) resolve();
    });
  });
}

async function stop(child: ChildProcess, folder: string, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  await rm(folder, { recursive: true, force: true });
}
