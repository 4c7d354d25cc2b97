import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { AutomlError } from '../contracts/failure';
import { LogFile, tellsOfError } from './log-file';
import { identify, type ProcessIdentity } from './process-identity';
import { restartDelay, START_ATTEMPTS } from './restart-policy';

export interface ChildSpec {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  environment: Record<string, string>;
  logFile: string;
  /** Whether it is a Node program of ours, which notices by the channel's end that the launcher was killed. */
  channel: boolean;
}

export interface ChildEvents {
  /** A sentence for the person at the terminal. */
  say(message: string): void;
  /** The child runs under a new process, or under none. */
  changed(name: string, identity: ProcessIdentity | undefined): void;
}

/** A process that is started again whenever it dies, until it is told to stop. */
export class SupervisedChild {
  private process: ChildProcess | undefined;
  /** How long each process lived, milliseconds. */
  private readonly lives: number[] = [];
  private startedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  /** Whether somebody waits for it to be ready, and is told when it can't start. */
  private awaited = false;
  private readonly log: LogFile;

  constructor(
    private readonly spec: ChildSpec,
    private readonly events: ChildEvents,
  ) {
    this.log = new LogFile(spec.logFile, (line) => {
      if (tellsOfError(line)) events.say(`${spec.name}: ${line}`);
    });
  }

  start(): void {
    const { name, command, args, cwd, environment, channel } = this.spec;
    const output = this.log.descriptor;
    const child = spawn(command, args, {
      cwd,
      env: environment,
      // A session of its own: Ctrl-C at the terminal reaches the launcher alone, which stops the children in order.
      detached: true,
      stdio: channel ? ['ignore', output, output, 'ipc'] : ['ignore', output, output],
    });
    this.process = child;
    this.startedAt = Date.now();
    child.once('error', (error) => this.died(error.message));
    child.once('exit', (code, signal) => this.died(signal ?? `exit code ${code}`));
    if (child.pid !== undefined) this.events.changed(name, identify(child.pid));
  }

  /**
   * Waits until `probe` says yes.
   * @throws {AutomlError} `child_not_starting` with the end of its log when it keeps dying or `timeoutMs` passes
   */
  async ready(probe: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    this.awaited = true;
    while (!(await probe())) {
      if (this.stopping) throw new AutomlError(stoppedWhileStarting(this.spec.name));
      if (this.lives.length >= START_ATTEMPTS || Date.now() > deadline) throw this.notStarting();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.awaited = false;
  }

  /** SIGTERM, then SIGKILL after `graceMs`. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const child = this.process;
    if (child) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => {
        this.events.say(`${this.spec.name} did not stop within ${graceMs / 1000} s and was killed.`);
        child.kill('SIGKILL');
      }, graceMs);
      await gone;
      clearTimeout(force);
    }
    this.log.close();
  }

  /** Ends it at once; `stop` still has to be awaited. */
  kill(): void {
    this.process?.kill('SIGKILL');
  }

  private died(how: string): void {
    if (!this.process) return;
    this.process = undefined;
    this.events.changed(this.spec.name, undefined);
    if (this.stopping) return;
    this.lives.push(Date.now() - this.startedAt);
    if (this.awaited && this.lives.length >= START_ATTEMPTS) return;
    const delay = restartDelay(this.lives);
    this.events.say(`${this.spec.name} died (${how}); starting it again in ${delay / 1000} s.`);
    this.timer = setTimeout(() => this.start(), delay);
  }

  private notStarting(): AutomlError {
    const lastLines = this.log.tail(15).join('\n');
    return new AutomlError({
      category: 'system',
      code: 'child_not_starting',
      message: `The ${this.spec.name} process does not start. The end of its log:\n${lastLines}`,
      hint: `${this.spec.logFile} has the whole log; \`npx automl doctor\` checks what it needs.`,
    });
  }
}

function stoppedWhileStarting(name: string) {
  return {
    category: 'system' as const,
    code: 'stopped',
    message: `The ${name} process was stopped while it started.`,
    hint: 'Start again.',
  };
}
