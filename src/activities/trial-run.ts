import path from 'node:path';
import type { Trial } from '../agents/trial';
import type { ExecutionReport, RuntimeResult } from '../contracts/execution';
import { AutomlError, cut, type Failure } from '../contracts/failure';
import type { TrainingStage } from '../contracts/status';
import type { StepInput } from '../contracts/steps';
import { TRIAL_MODELS, TrialOutcome } from '../contracts/trials';
import type { ExecutionHandle, ExecutionKey, ExecutionSpec, ExitState } from '../engines/engine';
import { runConfig, writeRun } from './agents';
import { checkHandedOn } from './artifacts';
import type { Dependencies } from './dependencies';
import { missingOutput, wasCancelled } from './errors';
import { reportExecution } from './execution-report';
import { readResult } from './execution-result';
import { UNSEEN } from './execution-watch';
import { whileAlive } from './liveness';
import type { StageReports } from './stage-reports';
import { HANDED_ON, inputsOf, prepareStage, quotaOf, type StageFolders } from './stages';
import type { StoredSteps } from './stored-steps';
import { outcomeKind, trialKind } from './trials';
import { beside, scriptOf, Workspace, removeFolder } from './workspace';

/** A trial that takes longer has shown what it can: that the plan is not quick. */
const TRIAL_SECONDS = 180;
const TRIAL_QUOTA_MB = 512;
const PHASE = 'training';
/** Nothing is judged: what is measured is the folds', inside the sample, and no model may choose by sealed rows. */
const STAGES = ['seal', 'train'] as const satisfies TrainingStage[];
type TrialStage = (typeof STAGES)[number];

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

/** A stage's run that is over. */
interface Ended {
  report: ExecutionReport;
  result: RuntimeResult | null;
}

class TrialRun {
  private readonly folders: StageFolders;

  constructor(
    private readonly deps: Dependencies,
    private readonly steps: StoredSteps,
    private readonly which: { step: StepInput; trial: number },
  ) {
    const { job_id, attempt } = which.step;
    const workspace = new Workspace(deps.config.codingDir, job_id);
    this.folders = { workspace, folder: workspace.trialFolder(PHASE, attempt, which.trial) };
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
      const sealing = await this.follow('seal', {}, signal);
      if (!sealing.report.succeeded) return outcomeOf(sealing, sealing.report.seconds);
      const training = await this.follow('train', { seal: sealing.report }, signal);
      return outcomeOf(training, sealing.report.seconds + training.report.seconds);
    } catch (error) {
      if (wasCancelled(error)) await this.clear();
      if (!(error instanceof AutomlError) || error.retryable) throw error;
      // What keeps a trial from running is told: whether it matters is for the training itself to show.
      return { ...NOTHING_MEASURED, failure: error.failure };
    }
  }

  /** Attaches to a stage's run, or starts it, and sees it to its end; it stays until the trial is over. */
  private async follow(stage: TrialStage, reported: StageReports, signal: AbortSignal): Promise<Ended> {
    const { engine } = this.deps;
    const found = await engine.find(this.key(stage));
    if (!found) {
      await this.write(stage);
      await prepareStage(stage, this.folders, reported);
    }
    // Whoever made it may have died before it was started.
    const handle = await engine.start(await this.spec(stage, found?.incarnation ?? 1));
    const exit = await engine.wait(handle, signal);
    return await this.endOf(stage, handle, exit);
  }

  private async write(stage: TrialStage): Promise<void> {
    const { store, config } = this.deps;
    const { step, trial } = this.which;
    const wanted = await store.getOutput(step.job_id, PHASE, trialKind(trial), step.attempt);
    const { plan, ...scripts } = (wanted ?? {}) as Partial<Trial>;
    const script = stage === 'seal' ? scripts.seal : scripts.script;
    if (!plan || !script) throw missingOutput(step.job_id, `trial ${trial}`);
    const threads = Math.max(1, Math.floor(config.execution.cpus));
    const run = { phase: PHASE, stage, attempt: step.attempt, threads } as const;
    const settings = runConfig(await this.steps.job(step), await this.steps.analysis(step.job_id), plan, run);
    await writeRun(this.inFolder(stage), { name: scriptOf(PHASE, stage), script, config: settings });
  }

  private async spec(stage: TrialStage, incarnation: number): Promise<ExecutionSpec> {
    const { memoryMb, cpus, timeoutSeconds, outputQuotaMb } = this.deps.config.execution;
    const { workspace } = this.folders;
    const folder = beside(this.folders.folder, stage);
    return {
      ...this.key(stage),
      incarnation,
      workspace: workspace.root,
      folder,
      script: scriptOf(PHASE, stage),
      output: path.join(folder, 'out'),
      inputs: inputsOf(PHASE, stage, this.folders),
      limits: {
        memory_mb: memoryMb,
        cpus,
        timeout_seconds: Math.min(TRIAL_SECONDS, timeoutSeconds),
        output_quota_mb: await quotaOf(stage, workspace, Math.min(TRIAL_QUOTA_MB, outputQuotaMb)),
      },
    };
  }

  private async endOf(stage: TrialStage, handle: ExecutionHandle, exit: ExitState): Promise<Ended> {
    const output = this.inFolder(stage, 'out');
    const { result, problem } = await readResult(output, PHASE, stage);
    const sealed = stage === 'seal' && result?.status === 'succeeded';
    const unusable = sealed ? await checkHandedOn(output, HANDED_ON.seal, result.artifacts) : null;
    return { report: reportExecution({ handle, exit, result, problem: problem ?? unusable, seen: UNSEEN }), result };
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

  /** Nothing of it stays but the scripts, their settings and the record. */
  private async clear(): Promise<void> {
    const { engine } = this.deps;
    for (const stage of STAGES) {
      const handle = await engine.find(this.key(stage));
      if (handle) await engine.remove(handle);
      await removeFolder(this.inFolder(stage, 'out'));
    }
  }

  private key(stage: TrialStage): ExecutionKey {
    const { step, trial } = this.which;
    return { job_id: step.job_id, phase: PHASE, attempt: step.attempt, trial, stage };
  }

  private inFolder(stage: TrialStage, name = '.'): string {
    const { workspace, folder } = this.folders;
    return workspace.file(path.join(beside(folder, stage), name));
  }
}

function outcomeOf({ report, result }: Ended, seconds: number): TrialOutcome {
  return {
    succeeded: report.succeeded,
    seconds,
    failure: report.failure,
    metric: report.metric,
    leaderboard: (result?.leaderboard ?? []).slice(0, TRIAL_MODELS),
    warnings: withoutSealed(report.warnings),
  };
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
