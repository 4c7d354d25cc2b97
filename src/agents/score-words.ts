import { HIGHER_IS_BETTER } from '../contracts/analysis';
import type { ExecutionReport, RuntimeResult } from '../contracts/execution';
import { decimal, percent } from './text';

/** The metric on the sealed rows beside the baseline's, as a sentence; undefined where it was not measured. */
export function scoreInWords(execution: ExecutionReport, result: RuntimeResult | null): string | undefined {
  const { metric, score, baseline_score: baseline, skill } = execution;
  if (metric === null || score === null) return undefined;
  const higher = HIGHER_IS_BETTER.has(metric);
  const name = result?.baseline?.name ?? 'the naive baseline';
  const against = baseline === null ? '' : ` against ${decimal(baseline)} of ${name}`;
  // Where higher is better, skill is the difference of two scores; else the share of the baseline's error that is gone.
  const gain = skill === null ? '' : `, a skill of ${higher ? decimal(skill) : percent(skill)}`;
  return `On unseen rows ${metric} is ${decimal(score)}${against}${gain} (${higher ? 'higher' : 'lower'} is better).`;
}
