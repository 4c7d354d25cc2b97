import {
  analysisInputOf,
  briefOf,
  days,
  jumble,
  months,
  stamps,
  type Table,
  values,
} from '../../../test/support/agent-inputs';
import { buildInputOf, LIMITS, pastOf } from '../../../test/support/agent-runs';
import { type AnalysisReport } from '../../contracts/analysis';
import type { PlanEdits } from '../../contracts/plan-edits';
import { TrainingPlan } from '../../contracts/plans';
import { type Correction } from '../../contracts/verdict';
import type { BuildInput, JobBrief } from '../agent';
import { analyse } from '../data-processor/template';
import { samePlan } from '../scripted';
import { buildTraining } from './template';

const signal = new AbortController().signal;

async function reportOf(table: Table, job: Partial<JobBrief> = {}): Promise<AnalysisReport> {
  return (await analyse(analysisInputOf(table, job), { signal })).output;
}

async function build(report: AnalysisReport, more: Partial<BuildInput<'training'>> = {}) {
  const { output, messages } = await buildTraining(buildInputOf('training', report, more), { signal });
  return { ...output, plan: TrainingPlan.parse(output.plan), messages };
}

const sales = (count: number) => values(count, (row) => (100 + 20 * Math.sin(row / 2) + jumble(row)).toFixed(2));
const daily = (count: number): Table => ({ date: days(count), sales: sales(count) });
const forecast: Partial<JobBrief> = { prompt: 'Forecast sales', target_column: 'sales' };
const table = (count: number): Table => ({
  size: sales(count),
  kind: values(count, (row) => ['a', 'b'][row % 2]!),
  price: values(count, (row) => (500 + 90 * jumble(row)).toFixed(1)),
});

describe("the user's changes of the plan", () => {
  const edited = (plan: PlanEdits) => ({ job: { ...buildInputOf('training', REPORT).job, options: { plan } } });
  let REPORT: AnalysisReport;
  beforeAll(async () => {
    REPORT = await reportOf(daily(730), forecast);
  });

  it('are carried out, and said', async () => {
    const { plan, messages } = await build(REPORT, edited({ lags: [7, 1, 7], algorithms: ['GBM'], folds: 2 }));
    expect(plan).toMatchObject({ lags: [1, 7], algorithms: ['GBM'], validation: { folds: 2 }, windows: [7, 14] });
    expect(messages.join()).toContain('The user decided: lags, algorithms and folds.');
  });

  it('made after an attempt are planned afresh; unchanged, they let its repair go on', async () => {
    const { plan } = await build(REPORT, edited({ algorithms: ['GBM'] }));
    const failed = pastOf('training', 1, plan, [{ kind: 'set_folds', folds: 3, reason: 'slow' }]);
    const again = { past: [{ ...failed, edits: { algorithms: ['GBM'] } as PlanEdits }], attempt: 2 };
    const repaired = await build(REPORT, { ...edited({ algorithms: ['GBM'] }), ...again });
    expect(repaired.plan).toMatchObject({ algorithms: ['GBM'], validation: { folds: 3 } });
    const changed = await build(REPORT, { ...edited({ algorithms: ['DRF'] }), ...again });
    expect(changed.plan).toMatchObject({ algorithms: ['DRF'], validation: { folds: 5 } });
  });

  it('after a success are planned afresh too where only the budget changed; what would repeat is varied', async () => {
    const { plan } = await build(REPORT);
    const good = { ...pastOf('training', 1, plan, []), verdict: { ...pastOf('training', 1, plan, []).verdict } };
    good.verdict.decision = 'SUCCESS';
    const job = { ...buildInputOf('training', REPORT).job, options: { max_models: 3 } };
    const smaller = await build(REPORT, { job, past: [good], attempt: 2 });
    expect(smaller.plan).toEqual({ ...plan, max_models: 3, rationale: smaller.plan.rationale });
    const same = await build(REPORT, { past: [good], attempt: 2 });
    expect(samePlan(same.plan, plan)).toBe(false);
  });

  it.each<[PlanEdits, string]>([
    [{ features: ['nothing'] }, 'features: not among the allowed ones: "nothing"'],
    [{ lags: [] }, 'lags: a forecast needs at least one'],
    [{ lags: [400] }, 'lags: each must be from 1 to 358'],
    [{ algorithms: ['StackedEnsemble'] }, 'algorithms: at least one besides StackedEnsemble'],
    [{ balance_classes: true }, 'balance_classes: a forecast has no classes'],
  ])('%j stops the job, with the reason', async (plan, problem) => {
    await expect(build(REPORT, edited(plan))).rejects.toMatchObject({
      failure: { category: 'data', code: 'plan_edits_unfit', message: expect.stringContaining(problem) as string },
    });
  });
});

describe('the first plan', () => {
  it.each<[string, Table, Partial<JobBrief>, Partial<TrainingPlan>]>([
    [
      'a long daily series',
      daily(730),
      forecast,
      {
        task: 'forecasting',
        validation: { scheme: 'time', holdout_rows: 14, holdout_fraction: null, folds: 5, group_column: null },
        lags: [1, 2, 3, 4, 5, 6, 7, 14],
        windows: [7, 14],
        calendar: true,
        algorithms: ['GLM', 'XGBoost', 'GBM', 'DRF', 'StackedEnsemble'],
        max_models: 10,
        max_runtime_secs: null,
        seed: 42,
        heap_mb: 2560,
        sample_rows: null,
      },
    ],
    [
      'holidays that were asked for',
      daily(730),
      { ...forecast, options: { holidays: 'US-CA' } },
      { holidays: 'US-CA' },
    ],
    [
      'holidays that the goal names',
      daily(730),
      { ...forecast, prompt: 'Forecast 14 days of sales; mind the public holidays in Guinea-Bissau' },
      { holidays: 'GW' },
    ],
    [
      'holidays in another language',
      daily(730),
      { ...forecast, prompt: 'Pronóstico de sales para 14 días con los festivos de España' },
      { holidays: 'ES' },
    ],
    ['holidays of nowhere', daily(730), { ...forecast, prompt: 'Forecast sales, holidays matter' }, { holidays: null }],
    ['no holidays', daily(730), { ...forecast, prompt: 'Forecast sales in Germany' }, { holidays: null }],
    [
      'months have none',
      { month: months(36), sales: sales(36) },
      { ...forecast, options: { holidays: 'DE' } },
      { holidays: null },
    ],
    [
      'a short monthly series seals less than the horizon',
      { month: months(36), sales: sales(36) },
      { ...forecast, options: { horizon: 24 } },
      {
        horizon: 24,
        validation: { scheme: 'time', holdout_rows: 9, holdout_fraction: null, folds: 3, group_column: null },
        lags: [1, 2, 3, 4, 5, 6, 7, 12],
      },
    ],
    [
      'half-hourly',
      { time: stamps(960, 30), sales: sales(960) },
      forecast,
      { horizon: 48, lags: [1, 2, 3, 4, 5, 6, 7, 48, 96], windows: [48, 96] },
    ],
    [
      'a table',
      table(500),
      { prompt: 'Predict price' },
      {
        task: 'regression',
        validation: { scheme: 'random', holdout_rows: null, holdout_fraction: 0.2, folds: 5, group_column: null },
        lags: [],
        windows: [],
        calendar: false,
        features: ['size', 'kind'],
      },
    ],
    [
      'a weight that was asked for',
      table(500),
      { prompt: 'Predict price', options: { weight_column: 'Size' } },
      { weight_column: 'size', features: ['kind'] },
    ],
    [
      'a weight that the goal names',
      table(500),
      { prompt: 'Predict price weighted by "size"', target_column: 'price' },
      { weight_column: 'size', features: ['kind'] },
    ],
    ['no weight', table(500), { prompt: 'Predict price' }, { weight_column: null }],
    ['a series has none', daily(730), { ...forecast, options: { weight_column: 'sales' } }, { weight_column: null }],
    ['a tiny table', table(30), { prompt: 'Predict price' }, { algorithms: ['GLM', 'GBM', 'DRF', 'StackedEnsemble'] }],
    [
      'options inside the limits',
      table(500),
      { prompt: 'Predict price', options: { max_models: 3, max_runtime_secs: 60, seed: 7 } },
      { max_models: 3, max_runtime_secs: 60, seed: 7 },
    ],
    [
      'options beyond the limits',
      table(500),
      { prompt: 'Predict price', options: { max_models: 300 } },
      { max_models: 10 },
    ],
    [
      'one model is no ensemble',
      table(500),
      { prompt: 'Predict price', options: { max_models: 1 } },
      { algorithms: ['GLM', 'XGBoost', 'GBM', 'DRF'] },
    ],
    [
      'a rare class',
      { size: sales(400), fraud: values(400, (row) => (row % 100 ? 'no' : 'yes')) },
      { prompt: 'Detect fraud' },
      {
        balance_classes: false,
        validation: { scheme: 'random', holdout_rows: null, holdout_fraction: 0.2, folds: 4, group_column: null },
      },
    ],
    [
      'a rare class that counts as much as the others',
      { size: sales(400), fraud: values(400, (row) => (row % 100 ? 'no' : 'yes')) },
      { prompt: 'Detect fraud with the best balanced accuracy' },
      { metric: 'balanced_accuracy', balance_classes: true },
    ],
    [
      'a dated table that is about the future is checked on its latest rows',
      { when: days(100), ...table(100) },
      { prompt: 'Classify the kind of the next 10 days', target_column: 'kind' },
      {
        task: 'binary',
        date_column: 'when',
        validation: { scheme: 'time', holdout_rows: 20, holdout_fraction: null, folds: 5, group_column: null },
      },
    ],
  ])('%s', async (_name, data, job, expected) => {
    const brief = { ...buildInputOf('training', await reportOf(data, job)).job, ...job };
    const { plan } = await build(await reportOf(data, job), { job: brief });
    expect(plan).toMatchObject(expected);
    expect(plan.rationale).not.toBe('');
  });

  it('says what weighs the rows', async () => {
    const job = { prompt: 'Predict price', options: { weight_column: 'size' } };
    const { plan, messages, script } = await build(await reportOf(table(500), job), { job: briefOf(job) });
    const words = 'Rows count as "size" says, in training and in every metric.';
    expect([plan.rationale, messages.join()]).toEqual([expect.stringContaining(words), expect.stringContaining(words)]);
    expect(script).toContain('weight_column="size"');
  });

  const MEGABYTE = 1024 * 1024;

  it.each([
    ['the heap, which takes four times its bytes', { bytes: 2560 * MEGABYTE }, { memory_mb: 100_000 }, 2_000_000],
    ['what is beside the heap, 32 bytes for each cell', { bytes: MEGABYTE }, { memory_mb: 2560 + 450 + 320 }, null],
  ])('samples a table that would not fit %s', async (_, size, memory, sample) => {
    const report = await reportOf(table(500), { prompt: 'Predict price' });
    const dataset = { ...report.dataset, rows: 8_000_000, ...size };
    const { plan } = await build({ ...report, dataset }, { limits: { ...LIMITS, ...memory } });
    expect(plan.sample_rows).toBe(sample ?? Math.floor((10 * MEGABYTE) / report.dataset.columns.length));
  });

  it('takes every row of a table that fits', async () => {
    const report = await reportOf(table(500), { prompt: 'Predict price' });
    expect((await build(report)).plan.sample_rows).toBeNull();
  });

  it('is rendered into a script that shows its values', async () => {
    const { script, script_name, plan } = await build(await reportOf(daily(730), forecast));
    expect(script_name).toBe('training_script.py');
    expect(script).toContain('automl_runtime');
    expect(script).toContain(String(plan.seed));
  });
});

describe('the next plan', () => {
  const corrections: [Correction, Partial<TrainingPlan>][] = [
    [
      { kind: 'exclude_algorithm', algorithm: 'XGBoost', reason: 'r' },
      { algorithms: ['GLM', 'GBM', 'DRF', 'StackedEnsemble'] },
    ],
    [{ kind: 'limit_models', max_models: 4, reason: 'r' }, { max_models: 4 }],
    [{ kind: 'limit_runtime', max_runtime_secs: 90, reason: 'r' }, { max_runtime_secs: 90 }],
    [{ kind: 'sample_rows', rows: 300, reason: 'r' }, { sample_rows: 300 }],
    [{ kind: 'set_heap', heap_mb: 1900, reason: 'r' }, { heap_mb: 1900 }],
    [{ kind: 'drop_feature', column: 'size', reason: 'r' }, { features: ['kind'] }],
    [
      { kind: 'set_folds', folds: 2, reason: 'r' },
      { validation: { scheme: 'time', holdout_rows: 14, holdout_fraction: null, folds: 2, group_column: null } },
    ],
    [
      { kind: 'set_holdout', holdout_rows: 7, reason: 'r' },
      { validation: { scheme: 'time', holdout_rows: 7, holdout_fraction: null, folds: 5, group_column: null } },
    ],
    [
      { kind: 'shorten_lags', longest: 7, reason: 'r' },
      { lags: [1, 2, 3, 4, 5, 6, 7], windows: [7] },
    ],
  ];

  it.each(corrections)('applies %o', async (correction, expected) => {
    const report = await reportOf(daily(730), forecast);
    const first = { ...(await build(report)).plan, features: ['size', 'kind'] };
    const { plan, applied, messages } = await build(report, {
      attempt: 2,
      past: [pastOf('training', 1, first, [correction])],
    });
    expect(plan).toMatchObject(expected);
    expect(applied).toEqual([correction]);
    expect(messages[0]).toContain('Attempt 2 changes the plan of attempt 1');
  });

  it('takes other dates where the first cannot be read', async () => {
    const report = await reportOf(
      { ...daily(730), shipped: days(730, '2023-01-03') },
      { ...forecast, options: { date_column: 'date' } },
    );
    const first = (await build(report)).plan;
    const correction: Correction = { kind: 'set_date_format', column: 'date', format: '%Y-%m-%d', reason: 'r' };
    const { plan } = await build(report, { attempt: 2, past: [pastOf('training', 1, first, [correction])] });
    expect(plan.date_column).toBe('shipped');
  });

  it.each<[string, Correction[]]>([
    ['a plain retry', [{ kind: 'regenerate', reason: 'r' }]],
    ['corrections that change nothing', [{ kind: 'limit_models', max_models: 50, reason: 'r' }]],
    ['nothing at all', []],
  ])('is never one that was tried before: %s', async (_name, wanted) => {
    const report = await reportOf(daily(60), forecast);
    const past = [pastOf('training', 1, (await build(report)).plan, wanted)];
    for (let attempt = 2; attempt <= 40; attempt++) {
      const { plan, messages } = await build(report, { attempt, past });
      expect(past.filter((earlier) => samePlan(earlier.plan, plan))).toEqual([]);
      expect(messages[0]).toContain('so that no plan is tried twice');
      past.push(pastOf('training', attempt, plan, wanted));
    }
  });

  describe('with feature functions', () => {
    const half = { name: 'half', inputs: ['size'], output: 'number' as const, code: 'def half(x):\n  return x / 2' };
    const both = { ...half, name: 'both', inputs: ['size', 'kind'], code: 'def both(a, b):\n  return a' };
    const after = async (correction: Correction, more: Partial<BuildInput<'training'>> = {}) => {
      const report = await reportOf(table(500), { prompt: 'Predict price' });
      const first = { ...(await build(report)).plan, functions: [half, both] };
      const past = [pastOf('training', 1, first, [correction])];
      return (await build(report, { attempt: 2, past, ...more })).plan.functions;
    };

    it.each<[string, Correction, Partial<BuildInput<'training'>>, object[]]>([
      ['keeps them over another repair', { kind: 'limit_models', max_models: 4, reason: 'r' }, {}, [half, both]],
      ['leaves them out', { kind: 'drop_functions', reason: 'r' }, {}, []],
      ['leaves out what reads a dropped column', { kind: 'drop_feature', column: 'kind', reason: 'r' }, {}, [half]],
      [
        'goes on without them where there is no container',
        { kind: 'limit_models', max_models: 4, reason: 'r' },
        { limits: { ...LIMITS, functions: false } },
        [],
      ],
    ])('%s', async (_what, correction, more, functions) => {
      expect(await after(correction, more)).toEqual(functions);
    });

    it.each<[PlanEdits, object[]]>([
      [{ functions: ['both'] }, [both]],
      [{ functions: [] }, []],
      [{ functions: ['both', 'half'], features: ['size'] }, [half]],
      [{ folds: 2 }, []],
    ])('is made anew with what the user keeps: %j', async (plan, functions) => {
      const job = { ...buildInputOf('training', await reportOf(table(500))).job, options: { plan } };
      expect(await after({ kind: 'regenerate', reason: 'r' }, { job })).toEqual(functions);
    });
  });

  it('stays inside limits that have shrunk', async () => {
    const report = await reportOf(daily(730), forecast);
    const past = [pastOf('training', 1, (await build(report)).plan, [{ kind: 'regenerate', reason: 'r' }])];
    const { plan } = await build(report, { attempt: 2, past, limits: { ...LIMITS, heap_mb: 1024, max_models: 3 } });
    expect(plan).toMatchObject({ heap_mb: 1024, max_models: 3 });
  });
});
