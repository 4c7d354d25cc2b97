import path from 'node:path';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { PAUSED_EXIT_CODE, type ExecutionReport, type RuntimeResult } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import { SCRIPT_PHASES, type ScriptPhase } from '../contracts/status';
import { PAUSE_SIGNAL, type StepInput } from '../contracts/steps';
import type { ExecutionHandle, ExecutionSpec, ExitState } from '../engines/engine';
import { wasCancelled } from './errors';
import { DISK_FULL, isDiskFull, untilThereIsRoom } from './disk-room';
import type { AttemptEvent } from '../entities';
import type { Dependencies } from './dependencies';
import { reportExecution } from './execution-report';
import { joinLogs } from './execution-logs';
import { readResult } from './execution-result';
import { ExecutionWatch, UNSEEN, type Observed } from './execution-watch';
import { setPauseRequest } from './pause-request';
import { publishArtifact, registerModel, type AttemptKey } from './published';
import { timeoutOfRun } from './run-limits';
import { StoredSteps } from './stored-steps';
import { createTrialActivities, type TrialActivities } from './trial-run';
import { JobWorkflows } from '../temporal/client';
import { ARTIFACT_OF_PHASE, SCRIPT_OF_PHASE, Workspace } from './workspace';

/**
 * How often one attempt may be started anew because its container was lost or killed from outside. Each start
 * resumes from the checkpoints, so progress is made even if every one of them dies; a machine that kills them all is
 * broken, and the job says so.
 */
const MAX_INCARNATIONS = 10;

/** A run that is over, and what was seen of it. */
interface EndedRun {
  handle: ExecutionHandle;
  exit: ExitState;
  seen: Observed;
}

type ExecuteActivity = (step: StepInput) => Promise<ExecutionReport>;
export type ExecutionActivities = { [P in ScriptPhase as `CodeExecutor.${P}`]: ExecuteActivity } & TrialActivities;

/** The CodeExecutor's activities: one container run each, re-attached to by every retry. */
export function createExecutionActivities(deps: Dependencies): ExecutionActivities {
  const steps = new StoredSteps(deps);
  const entries = SCRIPT_PHASES.map((phase) => [
    `CodeExecutor.${phase}`,
    (step: StepInput) => new Execution(deps, steps, phase, step).run(),
  ]);
  return { ...Object.fromEntries(entries), ...createTrialActivities(deps, steps) } as ExecutionActivities;
}

class Execution {
  private readonly workspace: Workspace;

  constructor(
    private readonly deps: Dependencies,
    private readonly steps: StoredSteps,
    private readonly phase: ScriptPhase,
    private readonly step: StepInput,
  ) {
    this.workspace = new Workspace(deps.config.codingDir, step.job_id);
  }

  private get attempt(): AttemptKey {
    const { job_id, attempt } = this.step;
    return { job_id, phase: this.phase, attempt };
  }

  /** Returns the recorded report where there is one; else attaches to, or starts, and sees it to its end. */
  async run(): Promise<ExecutionReport> {
    const { store, agents } = this.deps;
    const { job_id, attempt } = this.step;
    let stored = await store.getOutput(job_id, this.phase, 'execution', attempt);
    if (!stored) {
      await this.steps.job(this.step);
      stored = await this.execute();
    }
    const execution = stored as ExecutionReport;
    // No end that the agent could speak about; its word is recorded once an attempt.
    if (execution.exit === 'paused') return execution;
    return await this.steps.ask(agents.codeExecutor, this.phase, this.step, async () => ({
      phase: this.phase,
      attempt,
      execution,
      result: await this.steps.result(job_id, this.phase, attempt),
    }));
  }

  private async execute(): Promise<ExecutionReport> {
    heartbeat();
    const timer = setInterval(heartbeat, 2000);
    try {
      await this.prepareEngine();
      for (;;) {
        const handle = await this.attachOrStart();
        const { exit, seen } = await this.watch(handle);
        const run: EndedRun = { handle, exit, seen };
        if (exit.kind === 'exited' && exit.code === PAUSED_EXIT_CODE) return await this.pause(run);
        const starved = exit.kind === 'exited' && exit.code !== 0 && (await isDiskFull(this.workspace.root));
        const isMachines = isInterrupted(exit) || starved;
        if (!isMachines || handle.incarnation >= MAX_INCARNATIONS) return await this.collect(run);
        if (starved && !(await this.roomAgain())) return await this.collect(run, DISK_FULL);
        await this.startAgain(starved ? { ...run, exit: { ...exit, kind: 'lost' } } : run);
      }
    } catch (error) {
      await this.stopIfCancelled(error);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /**
   * Not recorded as this attempt's end: the next call starts a new incarnation, which resumes. The workflow hears of
   * the pause before it hears of its effect: else it would start that incarnation at once.
   */
  private async pause({ handle, exit, seen }: EndedRun): Promise<ExecutionReport> {
    const report = reportExecution({ handle, exit: { ...exit, kind: 'paused' }, result: null, problem: null, seen });
    await this.record(handle, { state: 'ended', report });
    await this.say('paused', handle.incarnation, 'Paused between two models; what is trained is kept.');
    const { job_id } = this.step;
    if ((await this.deps.store.getJob(job_id))?.pause_requested) {
      await new JobWorkflows(this.deps.temporal, this.deps.config).signal(job_id, PAUSE_SIGNAL);
    }
    await this.deps.engine.remove(handle);
    return report;
  }

  /** No plan can help a full disk: the run is not judged, the job waits. The row may not be writable either. */
  private async roomAgain(): Promise<boolean> {
    const doing = 'Waiting for room on the disk that holds DATA_DIR';
    await this.deps.store.updateJob(this.step, { doing }).catch(() => undefined);
    return await untilThereIsRoom(this.workspace.root, cancellationSignal());
  }

  /** Somebody else ended it: that goes on record, and the next incarnation resumes. */
  private async startAgain({ handle, exit, seen }: EndedRun): Promise<void> {
    await this.recordInterrupted(handle, exit, seen);
    await this.say('restarted', handle.incarnation + 1, `The ${handle.name} run was ${exit.kind}; it resumes.`);
    await this.deps.engine.remove(handle);
    await this.start(handle.incarnation + 1);
  }

  private async recordInterrupted(handle: ExecutionHandle, exit: ExitState, seen = UNSEEN): Promise<void> {
    const report = reportExecution({ handle, exit, result: null, problem: null, seen });
    await this.record(handle, { state: 'ended', report });
  }

  private async prepareEngine(): Promise<void> {
    const { engine, store } = this.deps;
    await engine.prepare((message) => {
      void store.updateJob(this.step, { doing: message }).catch(() => undefined);
    });
  }

  /** The newest incarnation, dead or alive, or the first one. */
  private async attachOrStart(): Promise<ExecutionHandle> {
    const { job_id, attempt } = this.step;
    const found = await this.deps.engine.find({ job_id, phase: this.phase, attempt });
    if (!found) return await this.start(1 + (await this.closeLost()));
    // Whoever made it may have died before it was started, and before this could be written.
    await this.deps.engine.start(await this.spec(found.incarnation));
    await this.record(found, { state: 'running' });
    await this.say('reattached', found.incarnation, `Found ${found.name} and follows it on.`);
    return found;
  }

  /** The engine knows no run of this attempt: those on record that never ended vanished. @returns the last one's number */
  private async closeLost(): Promise<number> {
    const { job_id, attempt } = this.step;
    const known = (await this.deps.store.listExecutions(job_id)).filter(
      (row) => row.phase === this.phase && row.attempt === attempt,
    );
    for (const row of known.filter(({ exit }) => exit === null)) {
      const { phase, incarnation, engine, container: name, started_at } = row;
      const exit = { kind: 'lost', code: null, started_at, finished_at: new Date().toISOString() } as const;
      await this.recordInterrupted({ job_id, phase, attempt, incarnation, engine, name }, exit);
    }
    return Math.max(0, ...known.map((row) => row.incarnation));
  }

  private async start(incarnation: number): Promise<ExecutionHandle> {
    const spec = await this.spec(incarnation);
    await setPauseRequest(path.join(spec.workspace, spec.output), false);
    const handle = await this.deps.engine.start(spec);
    await this.record(handle, { state: 'running' });
    await this.say('started', incarnation, `Started ${handle.name}.`);
    return handle;
  }

  private async spec(incarnation: number): Promise<ExecutionSpec> {
    const { execution } = this.deps.config;
    const { job_id, attempt } = this.step;
    const folder = this.workspace.attemptFolder(this.phase, attempt);
    const inputs = ['dataset.csv', 'model.zip', 'predictions.csv'].slice(0, 1 + SCRIPT_PHASES.indexOf(this.phase));
    return {
      job_id,
      phase: this.phase,
      attempt,
      incarnation,
      workspace: this.workspace.root,
      folder,
      script: SCRIPT_OF_PHASE[this.phase],
      output: this.workspace.outputFolder(this.phase, attempt),
      inputs: inputs.map((file) => ({ source: this.workspace.file(file), target: file })),
      limits: {
        memory_mb: execution.memoryMb,
        cpus: execution.cpus,
        timeout_seconds: await timeoutOfRun(this.workspace.file(folder), execution.timeoutSeconds),
        output_quota_mb: execution.outputQuotaMb,
      },
    };
  }

  private async watch(handle: ExecutionHandle): Promise<{ exit: ExitState; seen: Observed }> {
    const watch = new ExecutionWatch(this.deps, this.step, handle, this.workspace);
    return await watch.untilEnd(cancellationSignal());
  }

  /** Reads and checks what the run left, publishes the artefact, records the report, and clears the engine. */
  private async collect({ handle, exit, seen }: EndedRun, machine: Failure | null = null): Promise<ExecutionReport> {
    const { store, engine } = this.deps;
    const { attempt } = this.step;
    const output = this.workspace.file(this.workspace.outputFolder(this.phase, attempt));
    const { result, problem } = await readResult(output, this.phase);
    const ended = exit.kind === 'exited' && exit.code === 0 && result?.status === 'succeeded';
    const unpublished = ended ? await publishArtifact(this.deps, this.attempt, result) : null;
    const failure = machine ?? problem ?? unpublished;
    const report = reportExecution({ handle, exit, result, problem: failure, seen });
    await joinLogs(this.workspace);
    if (result) await store.saveOutput(this.step, this.phase, attempt, 'result', result);
    if (report.succeeded && result && this.phase === 'training') await registerModel(this.deps, this.step, result);
    if (report.succeeded && result && this.phase !== 'training') await this.registerResult(result);
    await this.record(handle, { state: 'ended', report });
    await store.setScriptResult(this.step, this.phase, attempt, { ...report });
    await this.say(
      report.succeeded ? 'succeeded' : 'failed',
      handle.incarnation,
      report.failure?.message ?? 'Ended well.',
    );
    await store.saveOutput(this.step, this.phase, attempt, 'execution', report);
    await engine.remove(handle);
    return report;
  }

  private async registerResult(result: RuntimeResult): Promise<void> {
    const { store, config } = this.deps;
    const { kind, file } = ARTIFACT_OF_PHASE[this.phase];
    const listed = result.artifacts.find((artifact) => artifact.kind === kind);
    await store.savePrediction(this.step, {
      kind: kind === 'plot' ? 'plot' : 'predictions',
      attempt: this.step.attempt,
      path: this.workspace.relativeTo(config.dataDir, file),
      row_count: result.rows.predicted ?? null,
      bytes: listed?.bytes,
      sha256: listed?.sha256,
    });
  }

  private async record(
    handle: ExecutionHandle,
    about: { state: 'running' } | { state: 'ended'; report: ExecutionReport },
  ): Promise<void> {
    await this.deps.store.upsertExecution({ handle, ...about });
    if (about.state === 'running')
      await this.deps.store.updateJob(this.step, { engine: handle.engine, waiting_for: null });
  }

  private async say(state: AttemptEvent['state'], incarnation: number, detail: string): Promise<void> {
    await this.deps.store.addAttemptEvent(this.step, {
      phase: this.phase,
      attempt: this.step.attempt,
      incarnation,
      state,
      detail,
      time: new Date().toISOString(),
    });
  }

  /** Only a cancellation that was asked for kills the run; a worker that shuts down leaves it to be found again. */
  private async stopIfCancelled(error: unknown): Promise<void> {
    if (!wasCancelled(error)) return;
    const { job_id, attempt } = this.step;
    const handle = await this.deps.engine.find({ job_id, phase: this.phase, attempt });
    if (!handle) return;
    await this.deps.engine.kill(handle);
    const end = await this.deps.engine.inspect(handle);
    if (!end.running) await this.recordInterrupted(handle, end);
    await this.deps.engine.remove(handle);
    await this.say('cancelled', handle.incarnation, `Stopped ${handle.name}.`);
  }
}

/** Ended by something that is neither the script's doing nor ours: worth going on from the checkpoints. */
function isInterrupted(exit: ExitState): boolean {
  return exit.kind === 'lost' || exit.kind === 'killed';
}
