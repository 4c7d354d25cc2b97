import type {
  Agent,
  AgentAnswer,
  AgentImplementation,
  BuiltScript,
  JobBrief,
  Limits,
  PastAttempt,
} from '../agents/agent';
import { BUILDER_OF_PHASE, type AgentName } from '../contracts/agents';
import { AnalysisReport } from '../contracts/analysis';
import { ExecutionReport, RuntimeResult } from '../contracts/execution';
import type { JobView } from '../contracts/jobs';
import { PLANS, type PlanOf } from '../contracts/plans';
import type { Phase, ScriptPhase } from '../contracts/status';
import type { StepInput } from '../contracts/steps';
import type { Verdict } from '../contracts/verdict';
import { isAnotherTurn, type AnotherTurn } from '../contracts/turns';
import type { Dependencies } from './dependencies';
import { missingOutput, superseded } from './errors';
import { whileAlive } from './liveness';
import { isAnswered, ModelTurns } from './model-turns';
import { reachOf } from './reach';

/** An agent's recorded answer with how it came about. */
interface RecordedAnswer<Output> extends AgentAnswer<Output> {
  source: 'template' | 'llm';
  seconds: number;
  /** Why the template answers though a model was to. */
  without_model?: string;
}

/** Makes an agent's input; what it reads, it reads again in each turn. */
type MakeInput<Input> = (signal: AbortSignal) => Promise<Input>;

/**
 * What the steps of a job left in the database, by (job, phase, attempt, kind), and the way to add to it.
 * The kind of an agent's answer is the agent's name.
 */
export class StoredSteps {
  private readonly models: ModelTurns;

  constructor(private readonly deps: Dependencies) {
    this.models = new ModelTurns(deps);
  }

  /** The job's row. @throws superseded where the job is gone or this run is not its newest. */
  async job(step: Pick<StepInput, 'job_id' | 'run_no'>): Promise<JobView> {
    const job = await this.deps.store.getJob(step.job_id);
    if (!job || job.run_no !== step.run_no) throw superseded(step.job_id);
    return job;
  }

  brief(job: JobView): JobBrief {
    const { id, name, prompt, options } = job;
    return { job_id: id, name, prompt, target_column: job.requested_target_column, options };
  }

  limits(): Limits {
    return allowedLimits(this.deps);
  }

  /**
   * Asks an agent once: a recorded answer is never asked for again. The answer is recorded before anything else
   * happens with it; its messages, report and statistics follow from the record, so a retry completes them.
   * @returns `ANOTHER_TURN` where the agent's model has more to ask; only an agent that has one does that
   */
  async askInTurns<Input, Output extends object>(
    agent: Agent<Input, Output>,
    phase: Phase,
    step: StepInput,
    makeInput: MakeInput<Input>,
  ): Promise<Output | AnotherTurn> {
    const { store } = this.deps;
    let answer = (await store.getOutput(step.job_id, phase, agent.name, step.attempt)) as
      RecordedAnswer<Output> | undefined;
    if (!answer) {
      const job = await this.job(step);
      const given = await whileAlive((signal) => this.answerOf({ agent, job, phase, step }, makeInput, signal));
      if (isAnotherTurn(given)) return given;
      answer = given;
      await store.saveOutput(step, phase, step.attempt, agent.name, answer);
    }
    await this.project(agent, phase, step, answer);
    return answer.output;
  }

  /** `askInTurns` for an agent that only its template answers for. */
  async ask<Input, Output extends object>(
    agent: Agent<Input, Output>,
    phase: Phase,
    step: StepInput,
    makeInput: MakeInput<Input>,
  ): Promise<Output> {
    const { llm: _llm, ...byTemplate } = agent;
    return (await this.askInTurns(byTemplate, phase, step, makeInput)) as Output;
  }

  private async answerOf<Input, Output>(
    { agent, job, phase, step }: { agent: Agent<Input, Output>; job: JobView; phase: Phase; step: StepInput },
    makeInput: MakeInput<Input>,
    signal: AbortSignal,
  ): Promise<RecordedAnswer<Output> | AnotherTurn> {
    const input = await makeInput(signal);
    const drafted = await timed(agent.template, input, signal);
    const endpoint = agent.llm && this.models.endpointFor(agent.name, job);
    if (!agent.llm || !endpoint) return drafted;
    const reach = reachOf(this.deps, job.id);
    const asked = await this.models.ask(
      { agent, twin: agent.llm, endpoint, job, phase, step },
      { input, draft: drafted, reach, signal },
    );
    if ('again' in asked) return asked;
    if ('answer' in asked) return { ...asked.answer, source: 'llm', seconds: drafted.seconds };
    const word = `The template answers for ${agent.name}: ${asked.without}`;
    return { ...drafted, messages: [...drafted.messages, word], without_model: asked.without };
  }

  private async project<Output>(
    agent: { name: AgentName },
    phase: Phase,
    step: StepInput,
    answer: RecordedAnswer<Output>,
  ): Promise<void> {
    const { store } = this.deps;
    const key = `${phase}-${step.attempt}-${agent.name}`;
    for (const [index, content] of answer.messages.entries()) {
      await store.addMessage(step, {
        key: `${key}-${index}`,
        agent_name: agent.name,
        content,
        message_type: 'agent',
        source: answer.source,
      });
    }
    if (answer.report) await store.addReport(step, { key, stage: phase, ...answer.report });
    await this.countCalls(agent, phase, step, answer);
  }

  /** Each answered turn is a call of its own; the template's work is one where no model's answer stands. */
  private async countCalls<Output>(
    agent: { name: AgentName },
    phase: Phase,
    step: StepInput,
    { source, seconds }: RecordedAnswer<Output>,
  ): Promise<void> {
    const { store } = this.deps;
    const key = `${phase}-${step.attempt}-${agent.name}`;
    const ref = { phase, attempt: step.attempt, agent_name: agent.name };
    for (const turn of (await store.turnsOf(step.job_id, ref)).filter(isAnswered)) {
      const { input_tokens, output_tokens, cost_usd } = turn;
      const spent = { seconds: turn.seconds, input_tokens, output_tokens, cost_usd };
      await store.recordAgentCall(step, {
        key: `${key}-${turn.turn}`,
        agent_name: agent.name,
        source: 'llm',
        ...spent,
      });
    }
    if (source === 'llm') return;
    const unknown = { input_tokens: null, output_tokens: null };
    await store.recordAgentCall(step, { key, agent_name: agent.name, source, seconds, ...unknown });
  }

  async analysis(jobId: string): Promise<AnalysisReport> {
    const answer = (await this.deps.store.getOutput(jobId, 'analysis', 'DataProcessor')) as
      RecordedAnswer<AnalysisReport> | undefined;
    if (!answer) throw missingOutput(jobId, 'analysis');
    return AnalysisReport.parse(answer.output);
  }

  async built<P extends ScriptPhase>(jobId: string, phase: P, attempt?: number): Promise<BuiltScript<P>> {
    const answer = (await this.deps.store.getOutput(jobId, phase, BUILDER_OF_PHASE[phase], attempt)) as
      RecordedAnswer<BuiltScript<P>> | undefined;
    if (!answer) throw missingOutput(jobId, `${phase} plan`);
    // Recorded plans may be older than some of their fields.
    return { ...answer.output, plan: PLANS[phase].parse(answer.output.plan) as PlanOf[P] };
  }

  /** The plan of the attempt before this one where it was never run: its user changed it. */
  async revised<P extends ScriptPhase>(jobId: string, phase: P, attempt: number): Promise<PlanOf[P] | undefined> {
    const { store } = this.deps;
    if (attempt < 2 || (await store.getOutput(jobId, phase, 'execution', attempt - 1))) return undefined;
    const made = await store.getOutput(jobId, phase, BUILDER_OF_PHASE[phase], attempt - 1);
    return made ? (await this.built(jobId, phase, attempt - 1)).plan : undefined;
  }

  async execution(jobId: string, phase: ScriptPhase, attempt: number): Promise<ExecutionReport> {
    const stored = await this.deps.store.getOutput(jobId, phase, 'execution', attempt);
    if (!stored) throw missingOutput(jobId, `${phase} execution`);
    return ExecutionReport.parse(stored);
  }

  /** What the runtime wrote; null where the run left no result. */
  async result(jobId: string, phase: ScriptPhase, attempt?: number): Promise<RuntimeResult | null> {
    const stored = await this.deps.store.getOutput(jobId, phase, 'result', attempt);
    return stored ? RuntimeResult.parse(stored) : null;
  }

  /** The training that prediction and visualization build on: the newest that no other draft was preferred to. */
  async training(jobId: string): Promise<{ plan: PlanOf['training']; result: RuntimeResult }> {
    const attempt = await this.deps.store.standingAttempt(jobId, 'training');
    const result = await this.result(jobId, 'training', attempt);
    if (!result) throw missingOutput(jobId, 'training result');
    const { plan } = await this.built(jobId, 'training', attempt);
    return { plan, result };
  }

  /** Null where no training came to one. */
  async trainingResult(jobId: string): Promise<RuntimeResult | null> {
    return await this.result(jobId, 'training', await this.deps.store.standingAttempt(jobId, 'training'));
  }

  /** All judged attempts before this one, of every run, oldest first. */
  async past<P extends ScriptPhase>(jobId: string, phase: P, before: number): Promise<PastAttempt<P>[]> {
    const verdicts = await this.deps.store.listOutputs(jobId, phase, 'Analyst');
    const judged = verdicts.filter(({ attempt }) => attempt < before);
    return await Promise.all(
      judged.map(async ({ attempt, value }) => {
        const { plan, edits } = await this.built(jobId, phase, attempt);
        const execution = await this.execution(jobId, phase, attempt);
        return { attempt, plan, edits, execution, verdict: (value as RecordedAnswer<Verdict>).output };
      }),
    );
  }
}

async function timed<Input, Output>(
  template: AgentImplementation<Input, Output>,
  input: Input,
  signal: AbortSignal,
): Promise<RecordedAnswer<Output>> {
  const started = performance.now();
  const given = await template(input, { signal });
  return { ...given, source: 'template', seconds: (performance.now() - started) / 1000 };
}

/** What this installation allows one execution. */
export function allowedLimits({ config, engine }: Pick<Dependencies, 'config' | 'engine'>): Limits {
  const { execution, training } = config;
  return {
    heap_mb: execution.heapMb,
    memory_mb: execution.memoryMb,
    max_models: training.maxModels,
    max_runtime_secs: training.maxRuntimeSecs ?? null,
    cpus: execution.cpus,
    functions: engine.isolated,
  };
}
