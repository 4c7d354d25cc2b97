import { activityInfo } from '@temporalio/activity';
import { AutomlError } from '../contracts/failure';
import type { JobView } from '../contracts/jobs';
import { ANSWER_TIMEOUT_SECONDS, type StepInput } from '../contracts/steps';
import type { AnotherTurn, TurnMessage } from '../contracts/turns';
import type { ModelLimits } from '../config';
import type { ModelEndpoint, ModelReply, ModelRequest } from '../endpoints/endpoint';
import type { AgentTurnRow, NewTurn, TurnAnswer, TurnsRef } from '../entities';
import type { Dependencies } from './dependencies';
import { superseded } from './errors';
import { allowanceFor, budgetOf, costOf, nearlyUsedUp, spentBy } from './model-budget';

/** Below the attempts that the workflow grants the activity: the template must carry on before they are used up. */
const LAST_ACTIVITY_ATTEMPT = 30;
const LONGEST_PAUSE_SECONDS = 60;
/** A stored answer beyond this is no plan. */
const LONGEST_ANSWER = 64_000;

/** One call of one turn, with all that is needed to make it. */
export interface TurnCall {
  job: JobView;
  step: StepInput;
  ref: TurnsRef;
  endpoint: ModelEndpoint;
  turn: Pick<NewTurn, 'turn' | 'prompt' | 'seen_message_id'>;
  request: Omit<ModelRequest, 'maxOutputTokens'>;
}

/** Why nobody is asked; the template carries on. */
export type NotAsked = { without: string };

/** Why nobody is asked yet: the user is to say first whether the template is to carry on. */
type Asks = AnotherTurn & Required<Pick<AnotherTurn, 'asks'>>;

/** Asks a model once, inside the job's budget and patience, and records what came of it. */
export class ModelCalls {
  constructor(private readonly deps: Dependencies) {}

  /**
   * @returns undefined where an answer is recorded, else why there will be none.
   * @throws {AutomlError} retryable, where the same turn is to be asked again later
   */
  async make(call: TurnCall, signal: AbortSignal): Promise<NotAsked | Asks | undefined> {
    const { job, step, ref, endpoint } = call;
    const { store, config } = this.deps;
    const { prices, patienceSeconds, maxOutputTokens } = config.models;
    const budget = budgetOf(config.models.budget, job.options);
    const turns = await store.turnsOfJob(step.job_id);
    const lost = outageOf(turns, step.run_no);
    if (lost > 0 && lost >= patienceSeconds) {
      return { without: `the model endpoint has failed for ${Math.round(lost)} s in this run` };
    }
    const characters = JSON.stringify(call.request).length;
    const price = prices[endpoint.model];
    const allowance = allowanceFor({ characters, maxOutputTokens, price }, spentBy(turns, prices), budget);
    if ('over' in allowance) return this.atBudgetEnd(call, budget, allowance.over);

    const names = { endpoint: endpoint.name, model: endpoint.model };
    const begun = await store.beginCall(step, ref, { ...call.turn, ...names, reserve: allowance.reserve });
    if (!begun) throw superseded(step.job_id);
    const failed = await this.ask(call, allowance, signal);
    if (failed) return await this.afterFailure(call, failed, { begun, lost });
    await this.warn(call);
    return undefined;
  }

  /** The user is asked once a budget; another one may be used up in its turn. */
  private atBudgetEnd({ job, step }: TurnCall, budget: ModelLimits, over: string): NotAsked | Asks {
    const end = job.options.budget_end ?? this.deps.config.models.budgetEnd;
    const named = JSON.stringify(budget);
    if (end === 'template' || step.budget_answered === named) {
      return { without: `the job's budget for models is used up (${over})` };
    }
    const { approval_timeout_secs: timeout_secs = ANSWER_TIMEOUT_SECONDS } = job.options;
    return { again: true, asks: { budget: named, why: over, timeout_secs } };
  }

  /** Records the answer as the very next thing. @returns the failure where there is none */
  private async ask(
    { step, ref, turn, endpoint, request }: TurnCall,
    { maxOutputTokens, reserve }: { maxOutputTokens: number; reserve: number },
    signal: AbortSignal,
  ): Promise<{ error: AutomlError; seconds: number } | undefined> {
    const started = performance.now();
    let reply: ModelReply;
    try {
      reply = await this.deps.models.ask(endpoint, { ...request, maxOutputTokens }, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof AutomlError)) throw error;
      return { error, seconds: (performance.now() - started) / 1000 };
    }
    const { [endpoint.model]: price } = this.deps.config.models.prices;
    const cost_usd = costOf(price, reply.inputTokens, reply.outputTokens);
    await this.deps.store.recordAnswer(step, { ...ref, turn: turn.turn, reserve }, { ...answerOf(reply), cost_usd });
    return undefined;
  }

  /** Tries again for as long as the job is patient, which only time spent failing uses up. */
  private async afterFailure(
    { step, ref, turn }: TurnCall,
    { error, seconds }: { error: AutomlError; seconds: number },
    { begun, lost }: { begun: AgentTurnRow; lost: number },
  ): Promise<NotAsked> {
    const backoff = Math.min(2 ** Math.min(begun.calls - 1, 10), LONGEST_PAUSE_SECONDS);
    const pause = error.retryable ? (error.retryAfterSeconds ?? backoff) : 0;
    const outage = seconds + pause;
    await this.deps.store.recordFailedCall(
      step,
      { ...ref, turn: turn.turn },
      { failure: error.failure, seconds, outage_seconds: begun.outage_seconds + outage },
    );
    const isPatient = lost + outage < this.deps.config.models.patienceSeconds;
    if (!error.retryable || !isPatient || activityInfo().attempt >= LAST_ACTIVITY_ATTEMPT) {
      return { without: error.failure.message };
    }
    throw new AutomlError(error.failure, { retryable: true, retryAfterSeconds: pause, cause: error });
  }

  /** Says once a run that the end of the budget is near. */
  private async warn({ job, step }: TurnCall): Promise<void> {
    const { store, config } = this.deps;
    const spent = spentBy(await store.turnsOfJob(step.job_id), config.models.prices);
    const near = nearlyUsedUp(spent, budgetOf(config.models.budget, job.options));
    if (near.length === 0) return;
    await store.appendLogs(step, [
      {
        key: `model-budget-${step.run_no}`,
        level: 'WARNING',
        message: `The job's budget for models is nearly used up: ${near.join(', ')}. Then the templates carry on.`,
        timestamp: new Date().toISOString(),
      },
    ]);
  }
}

/** Seconds that this run has lost to a failing endpoint. */
function outageOf(turns: readonly AgentTurnRow[], runNo: number): number {
  return turns.filter((turn) => turn.run_no === runNo).reduce((total, turn) => total + turn.outage_seconds, 0);
}

function answerOf(reply: ModelReply): Omit<TurnAnswer, 'cost_usd'> {
  const { message, inputTokens, outputTokens, seconds, mode } = reply;
  const isLong = JSON.stringify(message).length > LONGEST_ANSWER;
  return {
    answer: isLong ? shortened(message) : message,
    finish: isLong ? 'length' : reply.finish,
    mode,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    seconds,
  };
}

/** Enough to see what it was; it is read as an answer that was cut off. */
function shortened({ content }: TurnMessage): TurnMessage {
  return { role: 'assistant', content: `${(content ?? '').slice(0, 1000)}… (cut)` };
}
