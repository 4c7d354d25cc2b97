import type { Agent, AgentAnswer } from '../agents/agent';
import { strictSchema } from '../agents/model-answer';
import { systemPrompt, userPrompt } from '../agents/prompt';
import { answerToolCalls, type Tool } from '../agents/tools';
import type { ModelTwin, TwinContext } from '../agents/twin';
import type { AgentName } from '../contracts/agents';
import type { JobView } from '../contracts/jobs';
import type { Phase } from '../contracts/status';
import type { StepInput } from '../contracts/steps';
import { ANOTHER_TURN, type AnotherTurn, type TurnMessage } from '../contracts/turns';
import { endpointOf } from '../endpoints/choice';
import type { ModelEndpoint, ToolSpec } from '../endpoints/endpoint';
import type { AgentTurnRow, TurnsRef } from '../entities';
import {
  afterProblems,
  afterTools,
  mayUseTools,
  nextMove,
  repairPrompt,
  transcript,
  wordsOfUser,
  type AnsweredTurn,
  type Move,
} from './conversation';
import type { Dependencies } from './dependencies';
import { ModelCalls, type NotAsked, type TurnCall } from './model-call';
import { Trials } from './trials';

/** One agent's step of one job, with the endpoint that is asked. */
export interface ModelStep<Input, Output> {
  agent: Agent<Input, Output>;
  twin: ModelTwin<Input, Output>;
  endpoint: ModelEndpoint;
  job: JobView;
  phase: Phase;
  step: StepInput;
}

export interface StepContext<Input, Output> extends TwinContext<Input, Output> {
  signal: AbortSignal;
}

type Decided<Output> = { answer: AgentAnswer<Output> } | NotAsked;

/** What came of asking: the model's answer, why there is none, or that another turn is needed. */
export type Asked<Output> = Decided<Output> | AnotherTurn;

/** What is said next. */
type Next = { messages: TurnMessage[]; withTools: boolean };

/**
 * Conversations with models. Each execution of an activity asks at most once, and records the answer before anything
 * else happens with it; whatever follows is worked out from the records, so a crash repeats no answered call.
 */
export class ModelTurns {
  private readonly calls: ModelCalls;
  private readonly trials: Trials;

  constructor(private readonly deps: Dependencies) {
    this.calls = new ModelCalls(deps);
    this.trials = new Trials(deps);
  }

  /** Who answers for an agent in this job; undefined where its template does. */
  endpointFor(agent: AgentName, job: JobView): ModelEndpoint | undefined {
    return job.options.agents === 'template' ? undefined : endpointOf(this.deps.config.models, agent);
  }

  /** @throws {AutomlError} retryable, where the endpoint failed and is to be asked again */
  async ask<Input, Output>(
    step: ModelStep<Input, Output>,
    context: StepContext<Input, Output>,
  ): Promise<Asked<Output>> {
    const next = await this.decide(step, context);
    if (!('messages' in next)) return next;
    const refused = await this.calls.make(await this.callOf(step, next), context.signal);
    if (refused) return refused;
    const after = await this.decide(step, context);
    return 'messages' in after ? ANOTHER_TURN : after;
  }

  /** From the records alone: the outcome, or what to say next. */
  private async decide<Input, Output>(
    step: ModelStep<Input, Output>,
    context: StepContext<Input, Output>,
  ): Promise<Asked<Output> | Next> {
    const { twin } = step;
    const turns = (await this.turnsOf(step)).filter(isAnswered);
    const first = nextMove(turns, twin.answer);
    const settled = first.do === 'settle' ? await twin.settle(first.value, context) : undefined;
    if (settled && 'answer' in settled) return settled;
    const move = first.do === 'settle' ? afterProblems(turns, settled!.problems) : first;
    if (move.do === 'give_up') return { without: `the model did not help: ${move.reason}` };
    if (move.do !== 'look') return { messages: messagesFor(move, twin, context), withTools: mayUseTools(turns) };
    const measured = await this.trials.outcomes(step, { calls: move.calls, turns: turns.slice(0, -1) }, context);
    if ('again' in measured) return measured;
    const answers = await answerToolCalls(move.calls, twin.tools, { ...context, measured });
    return { messages: afterTools(answers, move.isLast), withTools: mayUseTools(turns) };
  }

  /** A turn that was begun keeps its prompt; a new one also passes on what the user has said meanwhile. */
  private async callOf<Input, Output>(step: ModelStep<Input, Output>, next: Next): Promise<TurnCall> {
    const turns = await this.turnsOf(step);
    const { job, endpoint, twin, agent } = step;
    const answered = turns.filter(isAnswered);
    const turn = turns.find(({ answer }) => answer === null) ?? (await this.newTurn(step, turns, next));
    return {
      ...{ job, endpoint, step: step.step, ref: refOf(step), turn },
      request: {
        messages: [...transcript(answered), ...turn.prompt],
        schema: { name: agent.name, json: strictSchema(twin.answer) },
        tools: next.withTools ? [...twin.tools, ...this.trials.toolsOf(twin)].map(specOf) : [],
      },
    };
  }

  private async newTurn<Input, Output>(
    step: ModelStep<Input, Output>,
    turns: readonly AgentTurnRow[],
    { messages }: Next,
  ): Promise<TurnCall['turn']> {
    const seen = turns.at(-1)?.seen_message_id ?? 0;
    const said = await this.deps.store.userMessagesAfter(step.job.id, seen);
    return {
      turn: turns.length + 1,
      prompt: [...messages, ...wordsOfUser(said)],
      seen_message_id: said.at(-1)?.id ?? seen,
    };
  }

  private async turnsOf<Input, Output>(step: ModelStep<Input, Output>): Promise<AgentTurnRow[]> {
    return await this.deps.store.turnsOf(step.job.id, refOf(step));
  }
}

function messagesFor<Input, Output>(
  move: Extract<Move<unknown>, { do: 'begin' | 'repair' }>,
  twin: ModelTwin<Input, Output>,
  context: StepContext<Input, Output>,
): TurnMessage[] {
  switch (move.do) {
    case 'repair':
      return [repairPrompt(move.problems)];
    case 'begin': {
      const prompt = twin.prompt(context);
      return [
        { role: 'system', content: systemPrompt(prompt) },
        { role: 'user', content: userPrompt(prompt) },
      ];
    }
  }
}

function refOf<Input, Output>({ agent, phase, step }: ModelStep<Input, Output>): TurnsRef {
  return { phase, attempt: step.attempt, agent_name: agent.name };
}

export function isAnswered<Turn extends Pick<AgentTurnRow, 'answer'>>(turn: Turn): turn is Turn & AnsweredTurn {
  return turn.answer !== null;
}

function specOf({ name, description, parameters }: Pick<Tool<never>, 'name' | 'description' | 'parameters'>): ToolSpec {
  return { name, description, parameters: strictSchema(parameters) };
}
