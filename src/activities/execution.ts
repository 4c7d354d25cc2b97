import path from 'node:path';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { PAUSED_EXIT_CODE, type ExecutionReport, type RuntimeResult } from '../contracts/execution';
import { AutomlError, type Failure } from '../contracts/failure';
import type { Extra } from '../contracts/plans';
import type { ScriptPhase, TrainingStage } from '../contracts/status';
import { PAUSE_SIGNAL, type StepInput } from '../contracts/steps';
import type { ExecutionHandle, ExecutionKey, ExecutionSpec, ExitState, InputMount } from '../engines/engine';
import { EXTRAS_FOLDER } from '../engines/extras';
import { wasCancelled } from './errors';
import { DISK_FULL, isDiskFull, untilThereIsRoom } from './disk-room';
import type { AttemptEvent } from '../entities';
import { checkHandedOn } from './artifacts';
import type { Dependencies } from './dependencies';
import { reportExecution } from './execution-report';
import { joinLogs } from './execution-logs';
import { readResult } from './execution-result';
import { ExecutionWatch, UNSEEN, type Observed } from './execution-watch';
import { whileAlive } from './liveness';
import { setPauseRequest } from './pause-request';
import { publishArtifact, registerModel } from './published';
import { plannedFor, timeoutFor } from './run-limits';
import { concludeStages, stageReports } from './stage-reports';
import { HANDED_ON, inputsOf, outputKind, prepareStage, quotaOf, type StageFolders } from './stages';
import { StoredSteps } from './stored-steps';
import { createTrialActivities, type TrialActivities } from './trial-run';
import { JobWorkflows } from '../temporal/client';
import { ARTIFACT_OF_PHASE, scriptOf, Workspace } from './workspace';

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
export type ExecutionActivities = { [P in ScriptPhase as `CodeExecutor.${P}`]: ExecuteActivity } & {
  /** The first and the last stage of a training; the one between them is `CodeExecutor.training`. */
  'CodeExecutor.seal': ExecuteActivity;
  'CodeExecutor.evaluate': ExecuteActivity;
} & TrialActivities;

/** Which run of an attempt. */
interface Run {
  phase: ScriptPhase;
  stage?: TrainingStage;
}

/** The CodeExecutor's activities: one container run each, re-attached to by every retry. */
export function createExecutionActivities(deps: Dependencies): ExecutionActivities {
  const steps = new StoredSteps(deps);
  const execute = (run: Run, step: StepInput) => new Execution(deps, steps, run, step).run();
  return {
    'CodeExecutor.seal': (step) => execute({ phase: 'training', stage: 'seal' }, step),
    'CodeExecutor.training': async (step) => await execute(await trainingRun(deps, step), step),
    'CodeExecutor.evaluate': (step) => execute({ phase: 'training', stage: 'evaluate' }, step),
    'CodeExecutor.prediction': (step) => execute({ phase: 'prediction' }, step),
    'CodeExecutor.visualization': (step) => execute({ phase: 'visualization' }, step),
    ...createTrialActivities(deps, steps),
  };
}

/** An attempt of before there were stages has one script that does all; where rows were sealed, this is a stage. */
async function trainingRun({ store }: Dependencies, { job_id, attempt }: StepInput): Promise<Run> {
  const sealed = await store.getOutput(job_id, 'training', outputKind('execution', 'seal'), attempt);
  return { phase: 'training', ...(sealed ? { stage: 'train' } : {}) };
}

class Execution {
  private readonly workspace: Workspace;
  private readonly key: ExecutionKey;

  constructor(
    private readonly deps: Dependencies,
    private readonly steps: StoredSteps,
    run: Run,
    private readonly step: StepInput,
  ) {
    this.workspace = new Workspace(deps.config.codingDir, step.job_id);
    this.key = { job_id: step.job_id, ...run, attempt: step.attempt };
  }

  /** Returns the recorded report where there is one; else attaches to, or starts, and sees it to its end. */
  async run(): Promise<ExecutionReport> {
    const { store, agents } = this.deps;
    const { job_id, phase, attempt, stage } = this.key;
    let stored = await store.getOutput(job_id, phase, outputKind('execution', stage), attempt);
    if (!stored) {
      await this.steps.job(this.step);
      stored = await this.execute();
    }
    const report = stored as ExecutionReport;
    // No end that the agent could speak about; its word is recorded once an attempt.
    const goesOn = report.exit === 'paused' || (report.succeeded && (stage === 'seal' || stage === 'train'));
    if (goesOn) return report;
    const execution = stage ? await concludeStages(this.deps, this.step, stage) : report;
    return await this.steps.ask(agents.codeExecutor, phase, this.step, async () => ({
      phase,
      attempt,
      execution,
      result: await this.steps.result(job_id, phase, attempt),
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
    const found = await this.deps.engine.find(this.key);
    if (!found) return await this.start(1 + (await this.closeLost()));
    // Whoever made it may have died before it was started, and before this could be written.
    await this.deps.engine.start(await this.spec(found.incarnation));
    await this.record(found, { state: 'running' });
    await this.say('reattached', found.incarnation, `Found ${found.name} and follows it on.`);
    return found;
  }

  /** The engine knows no run of this attempt: those on record that never ended vanished. @returns the last one's number */
  private async closeLost(): Promise<number> {
    const { job_id, phase, attempt, stage = '' } = this.key;
    const known = (await this.deps.store.listExecutions(job_id)).filter(
      (row) => row.phase === phase && row.attempt === attempt && row.stage === stage,
    );
    for (const row of known.filter(({ exit }) => exit === null)) {
      const { incarnation, engine, container: name, started_at } = row;
      const exit = { kind: 'lost', code: null, started_at, finished_at: new Date().toISOString() } as const;
      await this.recordInterrupted({ ...this.key, incarnation, engine, name }, exit);
    }
    return Math.max(0, ...known.map((row) => row.incarnation));
  }

  private async start(incarnation: number): Promise<ExecutionHandle> {
    const { stage } = this.key;
    if (stage) await prepareStage(stage, this.folders, await stageReports(this.deps, this.step));
    const spec = await this.spec(incarnation);
    await setPauseRequest(path.join(spec.workspace, spec.output), false);
    const handle = await this.deps.engine.start(spec);
    await this.record(handle, { state: 'running' });
    await this.say('started', incarnation, `Started ${handle.name}.`);
    return handle;
  }

  private async spec(incarnation: number): Promise<ExecutionSpec> {
    const { execution } = this.deps.config;
    const { phase, attempt, stage } = this.key;
    const folder = this.workspace.attemptFolder(phase, attempt, stage);
    const { budgetSeconds, extras } = await plannedFor(this.workspace.file(folder));
    return {
      ...this.key,
      incarnation,
      workspace: this.workspace.root,
      folder,
      script: scriptOf(phase, stage),
      output: this.workspace.outputFolder(phase, attempt, stage),
      inputs: [...inputsOf(phase, stage, this.folders), ...(stage === 'train' ? await this.extras(extras) : [])],
      limits: {
        memory_mb: execution.memoryMb,
        cpus: execution.cpus,
        timeout_seconds: timeoutFor(budgetSeconds, execution.timeoutSeconds),
        output_quota_mb: await quotaOf(stage, this.workspace, execution.outputQuotaMb),
      },
      // Without a time budget a training can be repeated to the digit.
      gpu: execution.gpu && phase === 'training' && budgetSeconds !== null,
    };
  }

  /** Packages that the plan asks for. The run goes on without one that can't be had, and says so. */
  private async extras(names: readonly Extra[]): Promise<InputMount[]> {
    const found = names.map(async (name) => {
      try {
        const source = await whileAlive(() => this.deps.engine.extra(name));
        return [{ source, target: path.posix.join(EXTRAS_FOLDER, name) }];
      } catch (error) {
        if (!(error instanceof AutomlError)) throw error;
        this.deps.log.warn(error.failure.message, { job_id: this.key.job_id, code: error.failure.code });
        return [];
      }
    });
    return (await Promise.all(found)).flat();
  }

  private get folders(): StageFolders {
    return { workspace: this.workspace, folder: this.workspace.attemptFolder(this.key.phase, this.key.attempt) };
  }

  private async watch(handle: ExecutionHandle): Promise<{ exit: ExitState; seen: Observed }> {
    const watch = new ExecutionWatch(this.deps, this.step, handle, this.workspace);
    return await watch.untilEnd(cancellationSignal());
  }

  /** Reads and checks what the run left, publishes its artefact, records the report, and clears the engine. */
  private async collect({ handle, exit, seen }: EndedRun, machine: Failure | null = null): Promise<ExecutionReport> {
    const { store, engine } = this.deps;
    const { phase, attempt, stage } = this.key;
    const output = this.workspace.file(this.workspace.outputFolder(phase, attempt, stage));
    const { result, problem } = await readResult(output, phase, stage);
    const ended = exit.kind === 'exited' && exit.code === 0 && result?.status === 'succeeded';
    const unusable = ended ? await this.handOn(output, result) : null;
    const failure = machine ?? problem ?? unusable;
    const report = reportExecution({ handle, exit, result, problem: failure, seen });
    await joinLogs(this.workspace);
    if (result) await store.saveOutput(this.step, phase, attempt, outputKind('result', stage), result);
    if (report.succeeded && result) await this.register(result);
    await this.record(handle, { state: 'ended', report });
    if (!stage) await store.setScriptResult(this.step, phase, attempt, { ...report });
    await this.say(
      report.succeeded ? 'succeeded' : 'failed',
      handle.incarnation,
      report.failure?.message ?? 'Ended well.',
    );
    await store.saveOutput(this.step, phase, attempt, outputKind('execution', stage), report);
    await engine.remove(handle);
    return report;
  }

  /** What a phase is for is published; what a stage leaves is for the next one. @returns what is wrong with it */
  private async handOn(output: string, result: RuntimeResult): Promise<Failure | null> {
    const { stage } = this.key;
    if (stage && stage !== 'evaluate') return await checkHandedOn(output, HANDED_ON[stage], result.artifacts);
    return await publishArtifact(this.deps, this.key, result);
  }

  private async register(result: RuntimeResult): Promise<void> {
    const { phase, stage } = this.key;
    if (phase !== 'training') return await this.registerResult(result);
    if (stage === undefined || stage === 'evaluate') await registerModel(this.deps, this.step, result);
  }

  private async registerResult(result: RuntimeResult): Promise<void> {
    const { store, config } = this.deps;
    const { kind, file } = ARTIFACT_OF_PHASE[this.key.phase];
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
    const { phase, attempt, stage } = this.key;
    await this.deps.store.addAttemptEvent(this.step, {
      phase,
      attempt,
      ...(stage && { stage }),
      incarnation,
      state,
      detail,
      time: new Date().toISOString(),
    });
  }

  /** Only a cancellation that was asked for kills the run; a worker that shuts down leaves it to be found again. */
  private async stopIfCancelled(error: unknown): Promise<void> {
    if (!wasCancelled(error)) return;
    const handle = await this.deps.engine.find(this.key);
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
