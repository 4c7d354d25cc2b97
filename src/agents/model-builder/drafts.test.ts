import { analysisInputOf, days, jumble, type Table, values } from '../../../test/support/agent-inputs';
import { buildInputOf, LIMITS, pastOf } from '../../../test/support/agent-runs';
import type { AnalysisReport } from '../../contracts/analysis';
import type { JobOptions } from '../../contracts/jobs';
import { planBounds, planProblems } from '../../contracts/plan-edits';
import type { TrainingPlan } from '../../contracts/plans';
import { analyse } from '../data-processor/template';
import { samePlan } from '../scripted';
import { firstPlan, limitsOf } from './plan';
import { buildTraining } from './template';

const signal = new AbortController().signal;
const MOST = 5;

const sales = (count: number) => values(count, (row) => (100 + 20 * Math.sin(row / 2) + jumble(row)).toFixed(2));
const daily = (count: number): Table => ({ date: days(count), sales: sales(count) });
const wide: Table = {
  ...Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`x${index}`, values(300, (row) => (9 * jumble(row, index)).toFixed(2))]),
  ),
  kind: values(300, (row) => (jumble(row, 1) > 0.5 ? 'yes' : 'no')),
};

async function draftsOf(table: Table, prompt: string, options: JobOptions = {}): Promise<TrainingPlan[]> {
  const report: AnalysisReport = (await analyse(analysisInputOf(table, { prompt }), { signal })).output;
  const job = { ...buildInputOf('training', report).job, prompt, options };
  const plans: TrainingPlan[] = [];
  for (let number = 1; number <= MOST; number += 1) {
    const past = plans.map((plan, index) => pastOf('training', index + 1, plan, []));
    const input = buildInputOf('training', report, { job, past, attempt: number, draft: { number, of: MOST } });
    const { output } = await buildTraining(input, { signal });
    expect(planProblems(output.plan, planBounds(report, firstPlan(input).plan, LIMITS.max_models))).toEqual([]);
    expect(output.plan.rationale).toContain(`Draft ${number} of ${MOST}`);
    plans.push(output.plan);
  }
  return plans;
}

test.each<[string, Table, string, JobOptions]>([
  ['a long series', daily(700), 'Forecast sales for 14 days', {}],
  ['a series so short that nothing can vary but chance', daily(12), 'Forecast sales for 2 days', {}],
  ['a table of classes', wide, 'Classify kind', {}],
  ['a small table', { ...wide, kind: wide['kind']! }, 'Predict x7', {}],
  ['algorithms that the user decided', daily(700), 'Forecast sales', { plan: { algorithms: ['GLM'] } }],
  ['a direction that the user decided', wide, 'Classify kind', { plan: { monotone_increasing: ['x1'] } }],
  ['all that the user decided', wide, 'Classify kind', { plan: { algorithms: ['GBM'], features: ['x1', 'x2'] } }],
])('five drafts for %s are valid, and no two are the same', async (_name, table, prompt, options) => {
  const plans = await draftsOf(table, prompt, options);
  plans.forEach((plan, index) => plans.slice(0, index).forEach((other) => expect(samePlan(plan, other)).toBe(false)));
  for (const plan of plans) {
    // What makes the scores comparable.
    expect({ ...plan.validation, metric: plan.metric }).toEqual({ ...plans[0]!.validation, metric: plans[0]!.metric });
    if (options.plan) expect(plan).toMatchObject(options.plan);
  }
});

test('the first draft is what would be trained without a search, and nothing of it is left to chance', async () => {
  const [first, second] = await draftsOf(daily(700), 'Forecast sales for 14 days');
  const report = (await analyse(analysisInputOf(daily(700), { prompt: 'Forecast sales for 14 days' }), { signal }))
    .output;
  expect(samePlan(first!, firstPlan(buildInputOf('training', report)).plan)).toBe(true);
  expect(second!.lags.at(-1)).toBeGreaterThan(first!.lags.at(-1)!);
  expect((await draftsOf(daily(700), 'Forecast sales for 14 days'))[1]).toEqual(second);
});

test.each<[JobOptions, number | null]>([
  [{ max_runtime_secs: 100 }, 100],
  [{ max_runtime_secs: 100, search: 3 }, 33],
  [{ max_runtime_secs: 5, search: 5 }, 1],
  [{ search: 5 }, null],
])('%j gives each training %p seconds', (options, seconds) => {
  expect(limitsOf(options, LIMITS).max_runtime_secs).toBe(seconds);
});
