import { argumentsOf, MOST_CALLS_A_TURN, type ToolCalls } from '../agents/tools';
import type { TrialTool } from '../agents/trial';
import type { ModelTwin } from '../agents/twin';
import { TrialOutcome } from '../contracts/trials';
import type { AnotherTurn } from '../contracts/turns';
import type { AnsweredTurn } from './conversation';
import type { Dependencies } from './dependencies';
import type { ModelStep, StepContext } from './model-turns';

/** Under which names the outputs of a step hold what is to be tried, and what came of it. */
export const trialKind = (trial: number) => `trial-${trial}`;
export const outcomeKind = (trial: number) => `trial-${trial}-outcome`;

/** Told beside what a trial measured. */
const NOTE = 'On a small sample with few models: it says whether the plan runs, and little of how good it will be.';

/**
 * The runs that models ask for before they decide. Which call is which trial follows from the records, and so does what
 * it found: a crash repeats neither the model's call nor the run.
 */
export class Trials {
  constructor(private readonly deps: Pick<Dependencies, 'store' | 'config'>) {}

  /** None where the installation allows no trials. */
  toolsOf<Input, Output>(twin: ModelTwin<Input, Output>): TrialTool<Input, Output>[] {
    return twin.trial && this.deps.config.models.trials > 0 ? [twin.trial] : [];
  }

  /**
   * What the trials among a turn's calls have found, by their place in it; or, that one of them is to run first.
   * @param turns those answered before, whose trials count too
   */
  async outcomes<Input, Output>(
    step: ModelStep<Input, Output>,
    { calls, turns }: { calls: ToolCalls; turns: readonly AnsweredTurn[] },
    context: StepContext<Input, Output>,
  ): Promise<ReadonlyMap<number, unknown> | AnotherTurn> {
    const measured = new Map<number, unknown>();
    const [tool] = this.toolsOf(step.twin);
    if (!tool) return measured;
    let trial = turns.reduce((total, { answer }) => total + trialsAmong(answer.tool_calls ?? [], tool.name), 0);
    for (const [index, call] of calls.slice(0, MOST_CALLS_A_TURN).entries()) {
      if (call.function.name !== tool.name) continue;
      trial += 1;
      const outcome = await this.outcomeOf(step, { tool, call: call.function, trial }, context);
      if (outcome === 'to run') return { again: true, tries: trial };
      measured.set(index, outcome);
    }
    return measured;
  }

  private async outcomeOf<Input, Output>(
    { job, phase, step }: ModelStep<Input, Output>,
    { tool, call, trial }: { tool: TrialTool<Input, Output>; call: { arguments: string }; trial: number },
    context: StepContext<Input, Output>,
  ): Promise<object | 'to run'> {
    const { store, config } = this.deps;
    const most = config.models.trials;
    if (trial > most) return { error: `At most ${most} trials; answer now.` };
    const known = await store.getOutput(job.id, phase, outcomeKind(trial), step.attempt);
    if (known) return { ...TrialOutcome.parse(known), note: NOTE, trials_left: most - trial };
    const read = argumentsOf(call, tool.parameters);
    if ('error' in read) return read;
    const prepared = await tool.prepare(read.value as never, context);
    if ('problems' in prepared) return { error: prepared.problems.join('; ') };
    await store.saveOutput(step, phase, step.attempt, trialKind(trial), prepared);
    return 'to run';
  }
}

function trialsAmong(calls: ToolCalls, name: string): number {
  return calls.slice(0, MOST_CALLS_A_TURN).filter((call) => call.function.name === name).length;
}
