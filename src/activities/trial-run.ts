import path from 'node:path';
import type { Trial } from '../agents/trial';
import { AutomlError, cut, type Failure } from '../contracts/failure';
import type { StepInput } from '../contracts/steps';
import { TRIAL_MODELS, TrialOutcome } from '../contracts/trials';
import type { ExecutionHandle, ExecutionSpec, ExitState } from '../engines/engine';
import { runConfig } from './agents';
import type { Dependencies } from './dependencies';
import { missingOutput, wasCancelled } from './errors';
import { reportExecution } from './execution-report';
import { readResult } from './execution-result';
import { UNSEEN } from './execution-watch';
import { whileAlive } from './liveness';
import type { StoredSteps } from './stored-steps';
import { outcomeKind, trialKind } from './trials';
import { SCRIPT_OF_PHASE, Workspace, removeFolder, writeAtomically } from './workspace';

/** A trial that takes longer has shown what it can: that the plan is not quick. */
const TRIAL_SECONDS = 180;
const TRIAL_QUOTA_MB = 512;
const PHASE = 'training';

export interface TrialActivities {
  /** One small run of a plan that a model has in mind, found again by every retry; what it measured is recorded. */
  'CodeExecutor.trial': (step: StepInput, trial: number) => Promise<Pick<TrialOutcome, 'succeeded' | 'seconds'>>;
}

export function createTrialActivities(deps: Dependencies, steps: StoredSteps): TrialActivities {
  return {
    'CodeExecutor.trial': (step, trial) =>
      whileAlive((signal) => new TrialRun(deps, steps, { step, trial }).run(signal)),
  };
}

class TrialRun {
  private readonly workspace: Workspace;
  private readonly folder: string;

  constructor(
    private readonly deps: Dependencies,
    private readonly steps: StoredSteps,
    private readonly which: { step: StepInput; trial: number },
  ) {
    const { job_id, attempt } = which.step;
    this.workspace = new Workspace(deps.config.codingDir, job_id);
    this.folder = this.workspace.trialFolder(PHASE, attempt, which.trial);
  }

  /** The recorded outcome where there is one; else the run is attached to, or started, and seen to its end. */
  async run(signal: AbortSignal): Promise<Pick<TrialOutcome, 'succeeded' | 'seconds'>> {
    const { step, trial } = this.which;
    const { store } = this.deps;
    await this.steps.job(step);
    const known = await store.getOutput(step.job_id, PHASE, outcomeKind(trial), step.attempt);
    const outcome = known ? TrialOutcome.parse(known) : await this.measure(signal);
    await store.saveOutput(step, PHASE, step.attempt, outcomeKind(trial), outcome);
    await this.tell(outcome);
    await this.clear();
    return { succeeded: outcome.succeeded, seconds: outcome.seconds };
  }

  private async measure(signal: AbortSignal): Promise<TrialOutcome> {
    const { engine, store } = this.deps;
    const { step, trial } = this.which;
    await store.updateJob(step, { doing: `Trying a plan on a sample (trial ${trial})` });
    try {
      await engine.prepare(() => undefined);
      const found = await engine.find(this.key());
      if (!found) await this.write();
      // Whoever made it may have died before it was started.
      const handle = await engine.start(this.spec(found?.incarnation ?? 1));
      const exit = await engine.wait(handle, signal);
      return await this.outcomeOf(handle, exit);
    } catch (error) {
      if (wasCancelled(error)) await this.clear();
      if (!(error instanceof AutomlError) || error.retryable) throw error;
      // What keeps a trial from running is told: whether it matters is for the training itself to show.
      return { ...NOTHING_MEASURED, failure: error.failure };
    }
  }

  private async write(): Promise<void> {
    const { store, config } = this.deps;
    const { step, trial } = this.which;
    const wanted = await store.getOutput(step.job_id, PHASE, trialKind(trial), step.attempt);
    if (!wanted) throw missingOutput(step.job_id, `trial ${trial}`);
    const { plan, script } = wanted as Trial;
    const run = {
      phase: PHASE,
      attempt: step.attempt,
      threads: Math.max(1, Math.floor(config.execution.cpus)),
    } as const;
    const settings = runConfig(await this.steps.job(step), await this.steps.analysis(step.job_id), plan, run);
    await writeAtomically(this.inFolder(SCRIPT_OF_PHASE[PHASE]), script);
    await writeAtomically(this.inFolder('config.json'), JSON.stringify(settings, null, 2));
  }

  private spec(incarnation: number): ExecutionSpec {
    const { memoryMb, cpus, timeoutSeconds, outputQuotaMb } = this.deps.config.execution;
    return {
      ...this.key(),
      incarnation,
      workspace: this.workspace.root,
      folder: this.folder,
      script: SCRIPT_OF_PHASE[PHASE],
      output: path.join(this.folder, 'out'),
      inputs: [{ source: this.workspace.dataset, target: 'dataset.csv' }],
      limits: {
        memory_mb: memoryMb,
        cpus,
        timeout_seconds: Math.min(TRIAL_SECONDS, timeoutSeconds),
        output_quota_mb: Math.min(TRIAL_QUOTA_MB, outputQuotaMb),
      },
    };
  }

  private async outcomeOf(handle: ExecutionHandle, exit: ExitState): Promise<TrialOutcome> {
    const { result, problem } = await readResult(this.inFolder('out'), PHASE);
    const report = reportExecution({ handle, exit, result, problem, seen: UNSEEN });
    return {
      succeeded: report.succeeded,
      seconds: report.seconds,
      failure: report.failure,
      metric: report.metric,
      leaderboard: (result?.leaderboard ?? []).slice(0, TRIAL_MODELS),
      warnings: withoutSealed(report.warnings),
    };
  }

  /** A message as of any other run, and a call in the statistics. */
  private async tell(outcome: TrialOutcome): Promise<void> {
    const { step, trial } = this.which;
    const key = `${PHASE}-${step.attempt}-trial-${trial}`;
    const says = { key, agent_name: 'CodeExecutor', source: 'template' } as const;
    await this.deps.store.addMessage(step, { ...says, content: inWords(outcome, trial), message_type: 'agent' });
    const unknown = { input_tokens: null, output_tokens: null };
    await this.deps.store.recordAgentCall(step, { ...says, seconds: outcome.seconds, ...unknown });
  }

  /** Nothing of it stays but the script, its settings and the record. */
  private async clear(): Promise<void> {
    const { engine } = this.deps;
    const handle = await engine.find(this.key());
    if (handle) await engine.remove(handle);
    await removeFolder(this.inFolder('out'));
  }

  private key() {
    const { step, trial } = this.which;
    return { job_id: step.job_id, phase: PHASE, attempt: step.attempt, trial } as const;
  }

  private inFolder(name: string): string {
    return this.workspace.file(path.join(this.folder, name));
  }
}

const NOTHING_MEASURED = { succeeded: false, seconds: 0, metric: null, leaderboard: [], warnings: [] };

/** How the sealed rows were met is not for who still chooses. */
export function withoutSealed(warnings: readonly string[]): string[] {
  return warnings.filter((warning) => !/\bsealed\b/i.test(warning));
}

function inWords({ succeeded, seconds, failure, leaderboard }: TrialOutcome, trial: number): string {
  const tried = `Tried the plan on a sample (trial ${trial}, ${Math.round(seconds)} s): `;
  if (!succeeded) return `${tried}it does not run. ${wordsOf(failure)}`;
  const [best] = leaderboard;
  const score =
    best?.score != null
      ? ` The best of its models, ${best.algorithm}, has ${best.metric} ${best.score.toPrecision(4)} there.`
      : '';
  return `${tried}it runs.${score}`;
}

function wordsOf(failure: Failure | null): string {
  return failure ? cut(failure.message, 300) : '';
}
