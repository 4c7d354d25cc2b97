import type { FeatureFunction, TrainingPlan } from '../../contracts/plans';
import type { BuildInput, BuiltScript } from '../agent';
import { lastAttempt, sameValue } from '../scripted';
import { quoted } from '../text';
import type { TwinContext } from '../twin';

/** Feature functions as a model may write them: what it is told of them, and what is said against them. */

type Context = TwinContext<BuildInput<'training'>, BuiltScript<'training'>>;

export function functionRules({ report, limits }: BuildInput<'training'>): string[] {
  if (!limits.functions || report.task === 'forecasting') return ['functions can not run here: leave them null.'];
  return [
    'functions: new features where a calculation says more than its columns do (ratios, differences, parts of a text ' +
      'or a date). Each is Python text of one `def name(a, b):` whose parameters are its `inputs`, features of the ' +
      'plan in order, for one row: numbers are float, dates datetime, all else str, and what is missing is None. It ' +
      'returns one value for `output`, or None. There are if, for over range(n) or a text, comprehensions, the ' +
      'functions of math, methods of texts, and abs, float, int, len, max, min, round, sorted, str, sum. There are no ' +
      'imports, no other names, no while, try, lambda, class, keyword arguments, and no state between rows.',
  ];
}

/** What stands against a plan's functions; what is the draft's own was checked before. */
export async function functionProblems(plan: TrainingPlan, { input, draft, reach }: Context): Promise<string[]> {
  const ours = draft.output.plan.functions;
  if (plan.functions.length === 0 || sameValue(plan.functions, ours)) return [];
  if (!input.limits.functions) return ['functions: they run in Docker containers only, and this installation has none'];
  const last = lastAttempt(input.past);
  const failed = last !== undefined && last.verdict.decision !== 'SUCCESS';
  if (failed && !plan.functions.every((one) => ours.some((our) => sameValue(one, our)))) {
    return ['functions: after a failed attempt there are only those of the plan'];
  }
  const columns = new Set(input.report.dataset.columns.map(({ name }) => name));
  const named = plan.functions.flatMap((one) => namesOf(one, columns, plan.features));
  return named.length > 0 ? named : await reach.checkFunctions(plan.functions);
}

function namesOf({ name, inputs }: FeatureFunction, columns: Set<string>, features: readonly string[]): string[] {
  const foreign = inputs.find((input) => !features.includes(input));
  return [
    ...(columns.has(name) ? [`functions: ${quoted(name)} is a column already; choose another name`] : []),
    ...(foreign === undefined ? [] : [`functions: ${quoted(foreign)}, an input of ${name}, is no feature of the plan`]),
  ];
}
