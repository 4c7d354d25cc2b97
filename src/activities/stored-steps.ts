import type { Agent, AgentAnswer, BuiltScript, JobBrief, Limits, PastAttempt } from '../agents/agent';
import { BUILDER_OF_PHASE } from '../contracts/agents';
import { AnalysisReport } from '../contracts/analysis';
import { ExecutionReport, RuntimeResult } from '../contracts/execution';
import type { JobView } from '../contracts/jobs';
import type { PlanOf } from '../contracts/plans';
import type { Phase, ScriptPhase } from '../contracts/status';
import type { StepInput } from '../contracts/steps';
import type { Verdict } from '../contracts/verdict';
import type { Dependencies } from './dependencies';
import { missingOutput, superseded } from './errors';
import { whileAlive } from './liveness';

/** An agent's recorded answer with how it came about. */
interface RecordedAnswer<Output> extends AgentAnswer<Output> {
  source: 'template' | 'llm';
  seconds: number;
}

/**
 * What the steps of a job left in the database, by (job, phase, attempt, kind), and the way to add to it.
 * The kind of an agent's answer is the agent's name.
 */
export class StoredSteps {
  constructor(private readonly deps: Dependencies) {}

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
    const { execution, training } = this.deps.config;
    return {
      heap_mb: execution.heapMb,
      max_models: training.maxModels,
      max_runtime_secs: training.maxRuntimeSecs ?? null,
      cpus: execution.cpus,
    };
  }

  /**
   * Asks an agent once: a recorded answer is never asked for again. The answer is recorded before anything else
   * happens with it; its messages, report and statistics follow from the record, so a retry completes them.
   */
  async ask<Input, Output>(
    agent: Agent<Input, Output>,
    phase: Phase,
    step: StepInput,
    makeInput: (signal: AbortSignal) => Promise<Input>,
  ): Promise<Output> {
    const { store } = this.deps;
    let answer = (await store.getOutput(step.job_id, phase, agent.name, step.attempt)) as
      RecordedAnswer<Output> | undefined;
    if (!answer) {
      await this.job(step);
      answer = await whileAlive(async (signal) => {
        const input = await makeInput(signal);
        const started = performance.now();
        const given = await agent.template(input, { signal });
        return { ...given, source: 'template' as const, seconds: (performance.now() - started) / 1000 };
      });
      await store.saveOutput(step, phase, step.attempt, agent.name, answer);
    }
    await this.project(agent, phase, step, answer);
    return answer.output;
  }

  private async project<Output>(
    agent: { name: string },
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
    await store.recordAgentCall(step, {
      key,
      agent_name: agent.name,
      source: answer.source,
      seconds: answer.seconds,
      input_tokens: null,
      output_tokens: null,
    });
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
    return answer.output;
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

  /** The training that prediction and visualization build on: the newest, which is the one that succeeded. */
  async training(jobId: string): Promise<{ plan: PlanOf['training']; result: RuntimeResult }> {
    const result = await this.result(jobId, 'training');
    if (!result) throw missingOutput(jobId, 'training result');
    const { plan } = await this.built(jobId, 'training');
    return { plan, result };
  }

  /** All judged attempts before this one, of every run, oldest first. */
  async past<P extends ScriptPhase>(jobId: string, phase: P, before: number): Promise<PastAttempt<P>[]> {
    const verdicts = await this.deps.store.listOutputs(jobId, phase, 'Analyst');
    const judged = verdicts.filter(({ attempt }) => attempt < before);
    return await Promise.all(
      judged.map(async ({ attempt, value }) => ({
        attempt,
        plan: (await this.built(jobId, phase, attempt)).plan,
        execution: await this.execution(jobId, phase, attempt),
        verdict: (value as RecordedAnswer<Verdict>).output,
      })),
    );
  }
}
