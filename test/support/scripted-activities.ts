import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ExecutionReport } from '../../src/contracts/execution';
import type { Phase, ScriptPhase, TrainingStage } from '../../src/contracts/status';
import type { JobOutcome, StepInput } from '../../src/contracts/steps';
import type { Verdict } from '../../src/contracts/verdict';

/** What one activity does when its turn comes: a value to return or a function to run. */
type Reply = unknown;

/**
 * Activities that play back a script: each type has its list of replies and throws when that runs out, and every
 * call is written down. The workflow under test is real, and so is the server.
 */
export class ScriptedActivities {
  readonly calls: { type: string; input: unknown[] }[] = [];
  private readonly waiting: { type: string; resolve: () => void }[] = [];

  constructor(private readonly replies: Record<string, Reply[]>) {}

  /** In the order they came, without the row writes. */
  get story(): string[] {
    return this.calls.map(({ type }) => type).filter((type) => /\.|finalCheck|purge/.test(type));
  }

  get outcome(): JobOutcome | undefined {
    return this.calls.findLast(({ type }) => type === 'endRun')?.input[1] as JobOutcome | undefined;
  }

  get phases(): Phase[] {
    return this.calls.filter(({ type }) => type === 'beginPhase').map(({ input }) => input[1] as Phase);
  }

  attemptsOf(type: string): number[] {
    return this.calls.filter((call) => call.type === type).map(({ input }) => (input[0] as StepInput).attempt);
  }

  /** Resolves when an activity of this type has been called, or called so many times. */
  async called(type: string, times = 1): Promise<void> {
    while (this.calls.filter((call) => call.type === type).length < times) {
      await new Promise<void>((resolve) => this.waiting.push({ type, resolve }));
    }
  }

  /** As a worker takes them. */
  get activities(): Record<string, (...input: unknown[]) => Promise<unknown>> {
    const types = [...Object.keys(this.replies), ...Object.keys(ROWS)];
    return Object.fromEntries(types.map((type) => [type, (...input: unknown[]) => this.play(type, input)]));
  }

  private async play(type: string, input: unknown[]): Promise<unknown> {
    this.calls.push({ type, input });
    for (const waits of this.waiting.filter((one) => one.type === type)) {
      this.waiting.splice(this.waiting.indexOf(waits), 1);
      waits.resolve();
    }
    if (type in ROWS && !this.replies[type]) return ROWS[type];
    const replies = this.replies[type] ?? [];
    if (replies.length === 0) throw new Error(`The script has no more replies for ${type}`);
    const reply = replies.shift();
    return typeof reply === 'function' ? await (reply as () => unknown)() : reply;
  }
}

const NONE: Record<Phase, number> = { analysis: 0, training: 0, prediction: 0, visualization: 0, final_check: 0 };
/** What a run is told at its start. */
export const START = { name: 'Sales', last_attempt: NONE, approval: null };
const ROWS: Record<string, unknown> = {
  beginRun: START,
  beginPhase: undefined,
  finishPhase: undefined,
  failAttempt: undefined,
  reviseAttempt: undefined,
  wait: undefined,
  goOn: undefined,
  askForApproval: undefined,
  askAboutBudget: undefined,
  askAboutResult: undefined,
  recordAnswer: undefined,
  finishDraft: undefined,
  askAboutData: undefined,
  settleDoubt: undefined,
  endRun: undefined,
  notify: undefined,
};

export const ANALYSED = { task: 'forecasting', target: 'sales', rows: 731, columns: 2, horizon: 14 };
export const BUILT = { script: 'attempts/training-1/training_script.py', rationale: 'because' };
/** Since a training is three runs, its builder says so. */
export const STAGED = { ...BUILT, stages: ['seal', 'train', 'evaluate'] };
export const COMPLETE = { missing: [], present: ['model.zip', 'predictions.csv', 'forecast_plot.png'] };

export function execution(phase: ScriptPhase, more: Partial<ExecutionReport> = {}): ExecutionReport {
  return {
    execution_id: `job/${phase}/1/1`,
    phase,
    attempt: 1,
    incarnation: 1,
    engine: 'local',
    container: `automl-${phase}`,
    exit: 'exited',
    exit_code: 0,
    started_at: '2026-01-01T00:00:00Z',
    finished_at: '2026-01-01T00:00:10Z',
    seconds: 10,
    peak_memory_bytes: null,
    cpu_seconds: null,
    succeeded: true,
    failure: null,
    metric: 'mae',
    score: 401.2,
    baseline_score: 612.9,
    skill: 0.35,
    models_trained: 4,
    artifacts: [],
    warnings: [],
    ...more,
  };
}

export function verdict(decision: Verdict['decision'], summary = 'as measured'): Verdict {
  return { decision, summary, evidence: [], corrections: [], missing: [] };
}

/** The replies of a job in which everything works at once. */
export function smooth(): Record<string, Reply[]> {
  return {
    'DataProcessor.analysis': [ANALYSED],
    'ModelBuilder.training': [BUILT],
    'CodeExecutor.training': [execution('training')],
    'Analyst.training': [verdict('SUCCESS')],
    'Prediction.prediction': [BUILT],
    'CodeExecutor.prediction': [execution('prediction')],
    'Analyst.prediction': [verdict('SUCCESS')],
    'Visualization.visualization': [BUILT],
    'CodeExecutor.visualization': [execution('visualization')],
    'Analyst.visualization': [verdict('SUCCESS')],
    finalCheck: [COMPLETE],
    purge: [undefined],
  };
}

/** The same of a job whose training is three runs, as every one's is now. */
export function staged(): Record<string, Reply[]> {
  return {
    ...smooth(),
    'ModelBuilder.training': [STAGED],
    'CodeExecutor.seal': [stage('seal')],
    'CodeExecutor.training': [stage('train')],
    'CodeExecutor.evaluate': [stage('evaluate')],
  };
}

export function stage(name: TrainingStage, more: Partial<ExecutionReport> = {}): ExecutionReport {
  return execution('training', { stage: name, ...more });
}

/** An execution that runs until it is cancelled, and says when it has begun. */
export function untilCancelled(begun: () => void): () => Promise<never> {
  return async () => {
    const signal = cancellationSignal();
    const beat = setInterval(heartbeat, 200);
    begun();
    try {
      return await new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    } finally {
      clearInterval(beat);
    }
  };
}
