import { z } from 'zod';
import type { RuntimeResult } from '../contracts/execution';
import type { PastAttempt } from './agent';
import { tool, type Tool } from './tools';

/** Questions about what has run so far. */

export function pastAttempts<Input extends { past: PastAttempt[] }>(): Tool<Input> {
  return tool({
    name: 'past_attempts',
    description: 'Every earlier attempt at this phase: its plan, how it ended, what the Analyst said.',
    parameters: z.object({}),
    run: async (_none, input) => input.past.map(attemptBrief),
  });
}

export function leaderboard<Input extends { result: RuntimeResult | null }>(): Tool<Input> {
  return tool({
    name: 'leaderboard',
    description: 'The trained models, best first, with their validated scores.',
    parameters: z.object({}),
    run: async (_none, input) => input.result?.leaderboard.slice(0, 30) ?? [],
  });
}

export function attemptBrief({ attempt, plan, execution, verdict }: PastAttempt) {
  const { exit, exit_code, failure, metric, score, baseline_score, seconds } = execution;
  return {
    attempt,
    plan,
    run: { exit, exit_code, failure, metric, score, baseline_score, seconds },
    verdict: { decision: verdict.decision, summary: verdict.summary, corrections: verdict.corrections },
  };
}

/** The fields in which each attempt's plan differs from the one before it. */
export function planChanges(past: readonly PastAttempt[]): { attempt: number; changed: Record<string, unknown> }[] {
  return past.slice(1).map(({ attempt, plan }, index) => {
    const before = past[index]!.plan as Record<string, unknown>;
    const differs = ([field, value]: [string, unknown]) =>
      field !== 'rationale' && JSON.stringify(value) !== JSON.stringify(before[field]);
    const changed = Object.entries(plan).filter(differs);
    return {
      attempt,
      changed: Object.fromEntries(changed.map(([field, to]) => [field, { from: before[field], to }])),
    };
  });
}
