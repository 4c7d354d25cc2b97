import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config';
import type { Extra } from '../contracts/plans';
import { AutomlError, cut } from '../contracts/failure';

export const INSTALL_SECONDS = 180;
/** Where runs see them, in the job's workspace; EXTRAS of the runtime's run.py. */
export const EXTRAS_FOLDER = 'extras';

const DRAFT_PREFIX = '.draft-';

/** What pip is told: the package alone, as a wheel whose hash is known, so that none of its code runs here. */
export const PIP_ARGUMENTS: readonly string[] = [
  ...['install', '--quiet', '--no-cache-dir', '--no-deps', '--only-binary', ':all:', '--require-hashes'],
  ...['--disable-pip-version-check', '--no-input', '--no-compile'],
];

/** In a draft: what is to be installed, whom to trust besides the usual (maybe), and where it goes. */
export const DRAFT = { requirements: 'requirements.txt', certificates: 'ca-bundle.crt', out: 'out' } as const;

/** Installs a draft's requirements into its `out`. @throws with pip's own complaint. */
export type Install = (draft: string) => Promise<void>;

/** Packages that plans may ask for, each installed once for all jobs into a folder that runs see read-only. */
export class Extras {
  private readonly installing = new Map<Extra, Promise<string>>();

  constructor(
    private readonly config: Config,
    private readonly install: Install,
  ) {}

  /**
   * The folder of a package, installed now where that was not done yet.
   * @throws {AutomlError} `extra_unavailable` where it can't be installed.
   */
  async folder(name: Extra): Promise<string> {
    const running = this.installing.get(name) ?? this.installed(name).finally(() => this.installing.delete(name));
    this.installing.set(name, running);
    return await running;
  }

  private async installed(name: Extra): Promise<string> {
    const requirements = path.join(this.config.root, 'runtime', 'h2o', 'extras', `${name}.txt`);
    const pins = createHash('sha256')
      .update(await readFile(requirements))
      .digest('hex');
    const folder = path.join(this.config.extrasDir, `${name}-${pins.slice(0, 16)}`);
    if (existsSync(folder)) return folder;
    // Whole or not at all: a kill leaves a draft that nobody uses, and of two workers one is first.
    await this.removeOldDrafts();
    const draft = path.join(this.config.extrasDir, `${DRAFT_PREFIX}${randomUUID()}`);
    await mkdir(path.join(draft, DRAFT.out), { recursive: true });
    try {
      await copyFile(requirements, path.join(draft, DRAFT.requirements));
      const { caBundle } = this.config.execution;
      if (caBundle && existsSync(caBundle)) await copyFile(caBundle, path.join(draft, DRAFT.certificates));
      await this.install(draft);
      await rename(path.join(draft, DRAFT.out), folder).catch((error) => {
        if (!existsSync(folder)) throw error;
      });
      return folder;
    } catch (error) {
      throw new AutomlError(
        {
          category: 'system',
          code: 'extra_unavailable',
          message: `The package ${name} can't be installed: ${cut((error as Error).message, 600)}`,
          hint: 'Give the worker a way to a package index (HTTPS_PROXY, PIP_CERT), or plan without what needs it.',
        },
        { cause: error },
      );
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  private async removeOldDrafts(): Promise<void> {
    const { extrasDir } = this.config;
    const names = await readdir(extrasDir).catch(() => []);
    for (const draft of names
      .filter((name) => name.startsWith(DRAFT_PREFIX))
      .map((name) => path.join(extrasDir, name))) {
      const age = Date.now() - (await stat(draft).then(({ mtimeMs }) => mtimeMs, Date.now));
      if (age > 2 * INSTALL_SECONDS * 1000) await rm(draft, { recursive: true, force: true });
    }
  }
}
