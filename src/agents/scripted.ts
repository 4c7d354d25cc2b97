import type { ScriptPhase } from '../contracts/status';
import type { Correction } from '../contracts/verdict';
import type { PastAttempt } from './agent';

/** What the three agents that write scripts share: the scripts' names and the rule that no plan is tried twice. */

export const SCRIPT_NAMES: Record<ScriptPhase, string> = {
  training: 'training_script.py',
  prediction: 'prediction_script.py',
  visualization: 'visualization_script.py',
};

/** A plan after its corrections, with what was done to it in words. */
export interface Repaired<Plan> {
  plan: Plan;
  applied: Correction[];
  /** What changed and why, one entry a change. */
  changes: string[];
}

export interface Changed<Plan> {
  plan: Plan;
  change: string;
}

/** One way to make a plan lighter; undefined where it has nothing left to take away. */
export type Step<Plan> = (plan: Plan) => Changed<Plan> | undefined;

/** What is changed when the ladder has come to its end; always gives a plan it has not given before. */
export type LastResort<Plan> = (plan: Plan, number: number) => Changed<Plan>;

/** How a builder carries out one correction; undefined where its plan has no place for it. */
export type ApplyCorrection<Plan> = (plan: Plan, correction: Correction) => Changed<Plan> | undefined;

/**
 * The next plan: the last one with the last verdict's corrections, and then down the ladder until it differs from
 * every plan that was tried before.
 */
export function repair<Plan extends { rationale: string }>(
  last: Plan,
  corrections: readonly Correction[],
  rules: {
    apply: ApplyCorrection<Plan>;
    ladder: readonly Step<Plan>[];
    lastResort: LastResort<Plan>;
    tried: readonly Plan[];
  },
): Repaired<Plan> {
  let plan = last;
  const applied: Correction[] = [];
  const changes: string[] = [];
  for (const correction of corrections) {
    const done = rules.apply(plan, correction);
    if (!done) continue;
    plan = done.plan;
    applied.push(correction);
    changes.push(`${done.change} (${correction.reason})`);
  }
  let number = rules.tried.length;
  let onLadder = true;
  while (rules.tried.some((earlier) => samePlan(earlier, plan))) {
    const step: Changed<Plan> | undefined = onLadder ? takeStep(plan, rules.ladder) : undefined;
    // Past the ladder's end there is no way back onto it, so the search ends.
    onLadder = step !== undefined;
    const done = step ?? rules.lastResort(plan, ++number);
    plan = done.plan;
    changes.push(`${done.change} (so that no plan is tried twice)`);
  }
  return { plan, applied, changes };
}

function takeStep<Plan>(plan: Plan, ladder: readonly Step<Plan>[]): Changed<Plan> | undefined {
  for (const step of ladder) {
    const done = step(plan);
    if (done) return done;
  }
  return undefined;
}

/** Whether two plans would run the same; why they are as they are does not matter. */
export function samePlan<Plan extends { rationale: string }>(a: Plan, b: Plan): boolean {
  return sameValue({ ...a, rationale: '' }, { ...b, rationale: '' });
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  return fingerprint(a) === fingerprint(b);
}

function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The attempt before this one, whose verdict asks for corrections. */
export function lastAttempt<P extends ScriptPhase>(past: readonly PastAttempt<P>[]): PastAttempt<P> | undefined {
  return [...past].sort((a, b) => a.attempt - b.attempt).at(-1);
}
