import { existsSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Config } from '../../config';
import { DRAFT, INSTALL_SECONDS, PIP_ARGUMENTS } from '../extras';
import { LineNumberer } from '../lines';
import { LOCKED_DOWN } from './container';
import { docker } from './errors';
import { linesOf } from './logs';
import { removeContainer } from './remove';

const MEGABYTE = 1024 * 1024;
const SETUP = '/setup';
const inSetup = (name: string) => path.posix.join(SETUP, name);

/** Who installs: as little as a run, but with a network; it sees a list of requirements and an empty folder. */
export interface Installer {
  client: Docker;
  config: Config;
  /** Of the container: of the installation, so that what a dead worker left is found and removed. */
  name: string;
  user: readonly [uid: number, gid: number];
}

/** Installs a draft by a container of the runtime's image. @throws with pip's own complaint. */
export async function installInContainer({ client, config, name, user }: Installer, draft: string): Promise<void> {
  const { image, proxies } = config.execution;
  const [uid, gid] = user;
  const out = path.join(draft, DRAFT.out);
  await chmod(draft, 0o755);
  if (process.getuid?.() === 0) await chown(out, uid, gid);
  const given = Object.entries(proxies).map(([key, value]) => `${key}=${value}`);
  const trusted = existsSync(path.join(draft, DRAFT.certificates)) ? [`PIP_CERT=${inSetup(DRAFT.certificates)}`] : [];
  await removeContainer(client.getContainer(name));
  const container = await docker(() =>
    client.createContainer({
      name,
      Image: image,
      Entrypoint: ['timeout', `${INSTALL_SECONDS}s`, 'pip'],
      Cmd: [...PIP_ARGUMENTS, '--target', inSetup(DRAFT.out), '-r', inSetup(DRAFT.requirements)],
      User: `${uid}:${gid}`,
      Env: ['HOME=/tmp', ...given, ...trusted],
      HostConfig: {
        ...LOCKED_DOWN,
        // As when an image is built: the host's own view of name servers and package mirrors is known to work.
        NetworkMode: 'host',
        PidsLimit: 64,
        Memory: 512 * MEGABYTE,
        MemorySwap: 512 * MEGABYTE,
        Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,mode=1777,size=256m' },
        Mounts: [
          { Type: 'bind', Source: draft, Target: SETUP, ReadOnly: true },
          { Type: 'bind', Source: out, Target: inSetup(DRAFT.out), ReadOnly: false },
        ],
      },
    }),
  );
  try {
    await docker(() => container.start());
    const { StatusCode: status } = (await docker(() => container.wait())) as { StatusCode: number };
    if (status !== 0) throw new Error((await lastWords(container)) || `pip ended with status ${status}`);
  } finally {
    await removeContainer(container);
  }
}

async function lastWords(container: Docker.Container): Promise<string> {
  const log = await docker(() => container.logs({ stdout: true, stderr: true, follow: false, tail: 10 }));
  const words: string[] = [];
  for await (const { text } of linesOf(Readable.from([log]), new LineNumberer())) words.push(text);
  return words.join(' ');
}
