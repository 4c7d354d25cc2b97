import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Docker from 'dockerode';
import type { ScriptPhase } from '../../../src/contracts/status';
import type { ExecutionHandle } from '../../../src/engines/engine';
import { executionName } from '../../../src/engines/names';
import { readProcess, treeOf, type ProcessId } from '../../../src/engines/local/processes';
import { FILES, readState } from '../../../src/engines/local/state';
import { eventually } from './moments';
import type { Installation } from './installation';

/** Between two looks at a moment that passes within milliseconds. */
const AT_ONCE_MS = 1;

/** What the engine has of one script run, looked at and hurt from outside, past the worker. */
export interface Executions {
  /** Resolves the moment the container, or the supervised process, exists. */
  created(jobId: string, phase: ScriptPhase): Promise<void>;
  /** Resolves the moment the engine has the end on record. */
  exited(jobId: string, phase: ScriptPhase): Promise<void>;
  /** Nothing of the script moves while `work` is done: it can't end meanwhile, however slow the machine is. */
  frozen<T>(handle: ExecutionHandle, work: () => Promise<T>): Promise<T>;
  /** SIGKILL to the script and all that it started; the engine itself lives to see it. */
  killScript(handle: ExecutionHandle): Promise<void>;
  /** As a power cut: nothing of the execution is alive, and nobody of it could write that down. */
  killAll(handle: ExecutionHandle): Promise<void>;
}

export function executionsOf(installation: Installation): Executions {
  return installation.engine.name === 'docker' ? new Containers(installation) : new Processes(installation);
}

class Processes implements Executions {
  constructor(private readonly installation: Installation) {}

  async created(jobId: string, phase: ScriptPhase): Promise<void> {
    const file = path.join(this.folder(nameOf(this.installation, jobId, phase)), FILES.claim);
    await eventually(`the ${phase} run exists`, 240, () => existsSync(file), AT_ONCE_MS);
  }

  async exited(jobId: string, phase: ScriptPhase): Promise<void> {
    const file = path.join(this.folder(nameOf(this.installation, jobId, phase)), FILES.exit);
    await eventually(`the ${phase} run has ended`, 240, () => existsSync(file), AT_ONCE_MS);
  }

  async frozen<T>(handle: ExecutionHandle, work: () => Promise<T>): Promise<T> {
    const tree = treeOf(readState<ProcessId>(this.folder(handle.name), FILES.child));
    for (const { pid } of tree) process.kill(pid, 'SIGSTOP');
    return await work().finally(() => tree.forEach(({ pid }) => process.kill(pid, 'SIGCONT')));
  }

  async killScript(handle: ExecutionHandle): Promise<void> {
    await killAllOf(() => treeOf(readState<ProcessId>(this.folder(handle.name), FILES.child)));
  }

  async killAll(handle: ExecutionHandle): Promise<void> {
    const folder = this.folder(handle.name);
    const claim = readState<ProcessId>(folder, FILES.claim);
    const supervisor = claim && readProcess(claim.pid);
    if (supervisor && supervisor.start_time === claim?.start_time) process.kill(supervisor.pid, 'SIGKILL');
    const child = readState<ProcessId>(folder, FILES.child);
    await killAllOf(() => treeOf(child, `AUTOML_EXECUTION=${handle.name}`));
  }

  private folder(name: string): string {
    return path.join(this.installation.config.runDir, 'executions', name);
  }
}

async function killAllOf(tree: () => ProcessId[]): Promise<void> {
  await eventually('the processes are dead', 10, () => {
    const alive = tree();
    for (const { pid } of alive) if (readProcess(pid)) process.kill(pid, 'SIGKILL');
    return alive.length === 0;
  });
}

class Containers implements Executions {
  private readonly docker = new Docker();

  constructor(private readonly installation: Installation) {}

  async created(jobId: string, phase: ScriptPhase): Promise<void> {
    await this.event('create', nameOf(this.installation, jobId, phase));
  }

  async exited(jobId: string, phase: ScriptPhase): Promise<void> {
    await this.event('die', nameOf(this.installation, jobId, phase));
  }

  async frozen<T>(handle: ExecutionHandle, work: () => Promise<T>): Promise<T> {
    const container = this.docker.getContainer(handle.name);
    await container.pause();
    return await work().finally(() => container.unpause());
  }

  async killScript(handle: ExecutionHandle): Promise<void> {
    await this.docker.getContainer(handle.name).kill({ signal: 'SIGKILL' });
  }

  async killAll(handle: ExecutionHandle): Promise<void> {
    await this.killScript(handle);
  }

  /** The engine's own event stream: the first word there is of anything. */
  private async event(action: string, name: string): Promise<void> {
    const filters = JSON.stringify({ type: ['container'], event: [action], container: [name] });
    const stream = await this.docker.getEvents({ filters });
    await new Promise<void>((resolve, reject) => {
      stream.once('data', () => resolve());
      stream.once('error', reject);
      stream.once('end', () => reject(new Error(`Docker tells no more while ${name} is to ${action}.`)));
    });
    (stream as unknown as { destroy(): void }).destroy();
  }
}

/** Live processes that belong to an execution of this installation: scripts, JVMs and supervisors. */
export function processesOf(installation: Installation): string[] {
  const marks = [`AUTOML_EXECUTION=automl-${installation.id}-`, path.join(installation.config.runDir, 'executions')];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readProcess(Number(name)))
    .flatMap((pid) => {
      const command = read(`/proc/${pid}/cmdline`);
      const text = `${read(`/proc/${pid}/environ`)}\0${command}`;
      return marks.some((mark) => text.includes(mark)) ? [command.replaceAll('\0', ' ').slice(0, 200)] : [];
    });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** A training is told by the run of it that trains. */
function nameOf(installation: Installation, jobId: string, phase: ScriptPhase): string {
  const key = { job_id: jobId, phase, attempt: 1, incarnation: 1 };
  return executionName(installation.id, phase === 'training' ? { ...key, stage: 'train' } : key);
}
