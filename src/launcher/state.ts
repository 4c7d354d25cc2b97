import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { identify, isAlive, ProcessIdentity } from './process-identity';

export const StackUrls = z.object({ app: z.string(), docs: z.string(), temporal: z.string() });
export type StackUrls = z.infer<typeof StackUrls>;

/** `<DATA_DIR>/run/launcher.json`: who runs this installation, so that a later start can tell. */
export const LauncherState = z.object({
  launcher: ProcessIdentity,
  children: z.record(z.string(), ProcessIdentity),
  /** Null until the API answers. */
  urls: StackUrls.nullable(),
});
export type LauncherState = z.infer<typeof LauncherState>;

export class StateFile {
  readonly file: string;
  private state: LauncherState | undefined;
  private retry: NodeJS.Timeout | undefined;

  /** @param retryMs after which a change that could not be written is tried again */
  constructor(
    runDir: string,
    private readonly retryMs = 1000,
  ) {
    this.file = path.join(runDir, 'launcher.json');
  }

  read(): LauncherState | undefined {
    try {
      return LauncherState.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** The state of a launcher that is alive now. */
  running(): LauncherState | undefined {
    const state = this.read();
    return state && isAlive(state.launcher) ? state : undefined;
  }

  /**
   * Makes this process the installation's one launcher.
   * @returns what a dead predecessor left behind, or the living launcher that holds the installation
   */
  claim(): { claimed: true; left: LauncherState | undefined } | { claimed: false; holder: LauncherState } {
    mkdirSync(path.dirname(this.file), { recursive: true });
    const own = identify(process.pid);
    if (!own) throw new Error('This process is not in the process table.');
    this.state = { launcher: own, children: {}, urls: null };
    const draft = `${this.file}.${process.pid}`;
    let left: LauncherState | undefined;
    try {
      for (;;) {
        writeFileSync(draft, JSON.stringify(this.state));
        if (tryLink(draft, this.file)) return { claimed: true, left };
        const holder = this.running();
        if (holder) return { claimed: false, holder };
        left = this.setAside() ?? left;
        this.state.children = left?.children ?? {};
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /**
   * Records a change; call it only after `claim`. On a full disk it is written as soon as there is room: a child that
   * died of the same disk must be started again, and the launcher must not die with it.
   */
  update(patch: Partial<Pick<LauncherState, 'children' | 'urls'>>): void {
    if (!this.state) throw new Error('The launcher state is updated before it was claimed.');
    Object.assign(this.state, patch);
    this.write();
  }

  private write(): void {
    clearTimeout(this.retry);
    try {
      writeFileSync(`${this.file}.tmp`, JSON.stringify(this.state, null, 2));
      renameSync(`${this.file}.tmp`, this.file);
    } catch {
      this.retry = setTimeout(() => this.write(), this.retryMs).unref();
    }
  }

  release(): void {
    clearTimeout(this.retry);
    rmSync(this.file, { force: true });
  }

  /** Takes a dead launcher's file out of the way, unless another start has just replaced it. */
  private setAside(): LauncherState | undefined {
    const aside = `${this.file}.dead-${process.pid}`;
    try {
      renameSync(this.file, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const moved = parse(aside);
    if (moved && isAlive(moved.launcher)) tryLink(aside, this.file);
    rmSync(aside, { force: true });
    return moved;
  }
}

function parse(file: string): LauncherState | undefined {
  try {
    return LauncherState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Linking a finished file is atomic: no reader ever sees half a state. */
function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
