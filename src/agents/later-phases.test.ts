import { analysisInputOf, days, jumble, type Table, values } from '../../test/support/agent-inputs';
import { buildInputOf, pastOf, resultOf } from '../../test/support/agent-runs';
import { PlotPlan, PredictionPlan } from '../contracts/plans';
import type { BuildInput, JobBrief } from './agent';
import { createAgents } from './index';
import { samePlan } from './scripted';

const signal = new AbortController().signal;
const agents = createAgents();
const amount = (count: number) => values(count, (row) => (100 + 40 * jumble(row)).toFixed(2));
const daily: Table = { date: days(400), sales: amount(400) };
const grades: Table = { size: amount(90), grade: values(90, (row) => ['a', 'b', 'c'][row % 3]!) };

async function trained(table: Table, job: Partial<JobBrief>) {
  const report = (await agents.dataProcessor.template(analysisInputOf(table, job), { signal })).output;
  const { plan } = (await agents.builders.training.template(buildInputOf('training', report), { signal })).output;
  return { report, training: { plan, result: resultOf('training', { task: plan.task }) } };
}

async function inputOf<P extends 'prediction' | 'visualization'>(
  phase: P,
  table: Table,
  job: Partial<JobBrief>,
): Promise<BuildInput<P>> {
  const { report, training } = await trained(table, job);
  return buildInputOf(phase, report, { training } as Partial<BuildInput<P>>);
}

describe('what is predicted', () => {
  it.each<[string, Table, Partial<JobBrief>, Partial<PredictionPlan>]>([
    ['a series: the future', daily, { prompt: 'Forecast sales for 10 days' }, { rows: 'future', horizon: 10 }],
    [
      'a full table: the sealed rows',
      grades,
      { prompt: 'Classify the grade' },
      { rows: 'holdout', task: 'multiclass' },
    ],
    [
      'a table with open rows: those',
      { ...grades, grade: grades.grade!.map((value, row) => (row > 70 ? '' : value)) },
      { prompt: 'Classify the grade' },
      { rows: 'missing_target' },
    ],
  ])('%s', async (_name, table, job, expected) => {
    const { output } = await agents.builders.prediction.template(await inputOf('prediction', table, job), { signal });
    expect(PredictionPlan.parse(output.plan)).toMatchObject(expected);
    expect(output.script).toContain('automl_runtime');
  });
});

describe('what is drawn', () => {
  it.each<[string, Table, Partial<JobBrief>, Partial<PlotPlan>]>([
    [
      'a series',
      daily,
      { prompt: 'Forecast sales for 10 days' },
      { kind: 'forecast', history_points: 60, title: 'Forecast of "sales": the next 10 days' },
    ],
    [
      'numbers',
      { ...grades, price: amount(90).reverse() },
      { prompt: 'Predict price' },
      { kind: 'actual_vs_predicted', history_points: null },
    ],
    ['several classes', grades, { prompt: 'Classify the grade' }, { kind: 'confusion' }],
    [
      'two classes',
      { ...grades, wet: values(90, (row) => (row % 2 ? 'true' : 'false')) },
      { prompt: 'x', target_column: 'wet' },
      { kind: 'roc_confusion' },
    ],
  ])('%s', async (_name, table, job, expected) => {
    const { output } = await agents.builders.visualization.template(await inputOf('visualization', table, job), {
      signal,
    });
    expect(PlotPlan.parse(output.plan)).toMatchObject(expected);
  });
});

describe.each(['prediction', 'visualization'] as const)('a repaired %s plan', (phase) => {
  it.each([
    ['a series', daily, 'Forecast sales'],
    ['a table', grades, 'Classify the grade'],
  ])('is never one that was tried before: %s', async (_name, table, prompt) => {
    const builder = agents.builders[phase] as (typeof agents.builders)['prediction'];
    const input = await inputOf('prediction', table, { prompt });
    const past: BuildInput<'prediction'>['past'] = [];
    for (let attempt = 1; attempt <= 20; attempt++) {
      const { plan } = (await builder.template({ ...input, attempt, past }, { signal })).output;
      expect(past.filter((earlier) => samePlan(earlier.plan, plan))).toEqual([]);
      past.push(pastOf('prediction', attempt, plan, [{ kind: 'regenerate', reason: 'r' }]));
    }
  });

  it('cannot be made before the training', async () => {
    const { report } = await trained(daily, { prompt: 'Forecast sales' });
    const builder = agents.builders[phase] as (typeof agents.builders)['prediction'];
    await expect(builder.template(buildInputOf('prediction', report), { signal })).rejects.toMatchObject({
      failure: { code: 'no_training', category: 'system' },
    });
  });
});
