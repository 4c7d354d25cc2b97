import type { Config, ModelLimits, ModelPrice } from '../config';
import type { JobOptions } from '../contracts/jobs';
import type { AgentTurnRow } from '../entities';

/** What it has used so far. Calls about which the endpoint said nothing count with all they may have used. */
export type Spent = { tokens: number; usd: number; calls: number; minutes: number };

export type Allowance = { maxOutputTokens: number; reserve: number } | { over: string };

/** From this share of a limit on the user is warned. */
const WARN_SHARE = 0.8;
/** Of any text, generously: what was really used is known afterwards. */
const CHARACTERS_A_TOKEN = 3;
const SHORTEST_ANSWER = 256;
const NO_PRICE: ModelPrice = { input: 0, output: 0 };

export function budgetOf(installation: ModelLimits, options: JobOptions): ModelLimits {
  return { ...installation, ...withoutUndefined(options.model_budget ?? {}) };
}

export function spentBy(turns: readonly AgentTurnRow[], prices: Config['models']['prices']): Spent {
  const spent: Spent = { tokens: 0, usd: 0, calls: 0, minutes: 0 };
  for (const turn of turns) {
    const { input, output } = prices[turn.model] ?? NO_PRICE;
    spent.tokens += (turn.input_tokens ?? 0) + (turn.output_tokens ?? 0) + turn.reserved_tokens;
    spent.usd += (turn.cost_usd ?? 0) + (turn.reserved_tokens * Math.max(input, output)) / 1e6;
    spent.calls += turn.calls;
    spent.minutes += turn.seconds / 60;
  }
  return spent;
}

/** US dollars; null where price or tokens are not known. */
export function costOf(price: ModelPrice | undefined, input: number | null, output: number | null): number | null {
  if (!price || input === null || output === null) return null;
  return (input * price.input + output * price.output) / 1e6;
}

/** Whether one more call fits, and how long its answer may be. */
export function allowanceFor(
  call: { characters: number; maxOutputTokens: number; price: ModelPrice | undefined },
  spent: Spent,
  budget: ModelLimits,
): Allowance {
  const { price } = call;
  const prompt = Math.ceil(call.characters / CHARACTERS_A_TOKEN);
  if (budget.calls !== null && spent.calls >= budget.calls) return { over: `${budget.calls} calls` };
  if (budget.minutes !== null && spent.minutes >= budget.minutes) return { over: `${budget.minutes} minutes` };
  let output = call.maxOutputTokens;
  if (budget.tokens !== null) output = Math.min(output, budget.tokens - spent.tokens - prompt);
  if (budget.usd !== null) {
    if (!price) return { over: `$${budget.usd}, and the price of the model is not known (MODEL_PRICES)` };
    const left = (budget.usd - spent.usd) * 1e6 - prompt * Math.max(price.input, price.output);
    const dearest = Math.max(price.input, price.output);
    if (dearest > 0) output = Math.min(output, Math.floor(left / dearest));
  }
  if (output < SHORTEST_ANSWER) {
    return {
      over:
        budget.tokens !== null && spent.tokens + prompt + SHORTEST_ANSWER > budget.tokens
          ? `${budget.tokens} tokens`
          : `$${budget.usd}`,
    };
  }
  return { maxOutputTokens: output, reserve: prompt + output };
}

/** The limits that are nearly reached, in words. */
export function nearlyUsedUp(spent: Spent, budget: ModelLimits): string[] {
  const kinds = ['calls', 'tokens', 'usd', 'minutes'] as const;
  return kinds.flatMap((kind) => {
    const limit = budget[kind];
    if (limit === null || spent[kind] < limit * WARN_SHARE) return [];
    return [`${Math.round((spent[kind] / Math.max(limit, 1e-9)) * 100)} % of the ${kind === 'usd' ? 'money' : kind}`];
  });
}

/** Of a limit that had nothing to double. */
const SMALLEST_RAISE: Spent = { tokens: 50_000, usd: 1, calls: 10, minutes: 10 };

/**
 * A budget with which models could go on: twice each limit that is nearly reached, or twice all where none is known to
 * be; null where nothing limits them.
 */
export function raisedBudget(spent: Spent, budget: ModelLimits): Partial<ModelLimits> | null {
  const kinds = ['calls', 'tokens', 'usd', 'minutes'] as const;
  const limited = kinds.flatMap((kind) => {
    const limit = budget[kind];
    return limit === null ? [] : [{ kind, limit, isNear: spent[kind] >= limit * WARN_SHARE }];
  });
  const near = limited.filter(({ isNear }) => isNear);
  const raised = near.length > 0 ? near : limited;
  if (raised.length === 0) return null;
  return Object.fromEntries(raised.map(({ kind, limit }) => [kind, 2 * limit || SMALLEST_RAISE[kind]]));
}

function withoutUndefined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
