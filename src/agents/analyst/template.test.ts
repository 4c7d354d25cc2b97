import { analysisInputOf, days, jumble, values } from '../../../test/support/agent-inputs';
import { buildInputOf, executionOf, judgeInputOf, pastOf, resultOf } from '../../../test/support/agent-runs';
import type { AnalysisReport } from '../../contracts/analysis';
import type { ExecutionReport } from '../../contracts/execution';
import type { ErrorCategory, Failure } from '../../contracts/failure';
import type { PlanOf, TrainingPlan } from '../../contracts/plans';
import { type Correction, Verdict } from '../../contracts/verdict';
import type { JudgeInput } from '../agent';
import { createAgents } from '../index';
import { CASES } from './decisions';

const signal = new AbortController().signal;
const agents = createAgents();
let report: AnalysisReport;
let plans: PlanOf;

beforeAll(async () => {
  const table = { date: days(400), sales: values(400, (row) => (100 + 40 * jumble(row)).toFixed(2)) };
  report = (await agents.dataProcessor.template(analysisInputOf(table, { prompt: 'Forecast sales' }), { signal }))
    .output;
  const training = (await agents.builders.training.template(buildInputOf('training', report), { signal })).output.plan;
  const later = { training: { plan: training, result: resultOf('training') } };
  const prediction = (await agents.builders.prediction.template(buildInputOf('prediction', report, later), { signal }))
    .output.plan;
  const visualization = (
    await agents.builders.visualization.template(buildInputOf('visualization', report, later), { signal })
  ).output.plan;
  plans = { training, prediction, visualization };
});

async function judged(phase: keyof PlanOf, more: Partial<JudgeInput> = {}, plan?: Partial<TrainingPlan>) {
  const input = judgeInputOf(phase, report, { ...plans[phase], ...plan } as PlanOf[typeof phase], more);
  const answer = await agents.analyst.template(input, { signal });
  return { ...answer, output: Verdict.parse(answer.output) };
}

function failing(
  phase: keyof PlanOf,
  failure: Partial<Failure>,
  change: Partial<ExecutionReport> = {},
): Partial<JudgeInput> {
  const whole: Failure = { category: 'execution', code: 'script_error', message: 'It broke', hint: 'Look', ...failure };
  const execution = executionOf(phase, { succeeded: false, exit_code: 1, failure: whole, artifacts: [], ...change });
  return { execution, result: resultOf(phase, { status: 'failed', failure: whole }) };
}

describe('the decision table, one row a case', () => {
  type Row = [name: string, failure: Partial<Failure>, end: Partial<ExecutionReport>, kinds: Correction['kind'][]];
  const training: Row[] = [
    [
      'container memory',
      { code: 'out_of_memory' },
      { exit: 'oom_killed', exit_code: 137 },
      ['set_heap', 'limit_models'],
    ],
    ['Java heap', { code: 'java_out_of_memory' }, {}, ['sample_rows', 'limit_models']],
    ['time-out', { code: 'timed_out' }, { exit: 'timed_out', exit_code: 124 }, ['limit_models', 'limit_runtime']],
    ['disk quota', { code: 'quota_exceeded' }, { exit: 'quota_exceeded', exit_code: 137 }, ['limit_models']],
    ['lost', { code: 'lost' }, { exit: 'lost', exit_code: null }, ['regenerate']],
    ['killed', { code: 'killed' }, { exit: 'killed', exit_code: 137 }, ['regenerate']],
    [
      'algorithm',
      { code: 'algorithm_failed', category: 'model', message: 'XGBoost ended H2O itself' },
      {},
      ['exclude_algorithm'],
    ],
    ['no model', { code: 'no_model_trained', category: 'model' }, {}, ['set_folds', 'limit_models', 'regenerate']],
    ['too few rows', { code: 'too_few_rows', category: 'data' }, {}, ['set_folds', 'set_holdout', 'shorten_lags']],
    ['H2O died', { code: 'h2o_died', category: 'system' }, {}, ['set_heap', 'regenerate']],
    ['script error', { code: 'script_error' }, {}, ['regenerate']],
    ['bad artefact', { code: 'invalid_artifact' }, {}, ['regenerate']],
    ['unknown, of the model', { code: 'brand_new', category: 'model' }, {}, ['regenerate']],
  ];
  it.each(training)('training: %s', async (_name, failure, end, kinds) => {
    const { output } = await judged('training', failing('training', failure, end));
    expect(output.decision).toBe('NEEDS_FIX');
    expect(output.corrections.map((correction) => correction.kind)).toEqual(kinds);
  });

  const later: Row[] = [
    ['container memory', { code: 'out_of_memory' }, { exit: 'oom_killed', exit_code: 137 }, ['set_heap']],
    ['time-out', { code: 'timed_out' }, { exit: 'timed_out', exit_code: 124 }, ['regenerate']],
    ['lost', { code: 'lost' }, { exit: 'lost', exit_code: null }, ['regenerate']],
    ['scoring', { code: 'scoring_failed', category: 'model' }, {}, ['regenerate']],
  ];
  it.each(later)('prediction: %s', async (_name, failure, end, kinds) => {
    const { output } = await judged('prediction', failing('prediction', failure, end));
    expect(output.corrections.map((correction) => correction.kind)).toEqual(kinds);
  });

  it.each<[string, ErrorCategory, keyof PlanOf]>([
    ['constant_target', 'data', 'training'],
    ['target_missing', 'data', 'training'],
    ['column_missing', 'data', 'training'],
    ['dates_unparsed', 'data', 'training'],
    ['java_missing', 'system', 'training'],
    ['java_out_of_memory', 'execution', 'prediction'],
    ['model_archive_invalid', 'model', 'prediction'],
    ['predictions_missing', 'model', 'visualization'],
  ])('%s (%s) in %s: no attempt can mend it', async (code, category, phase) => {
    const answer = await judged(phase, failing(phase, { code, category }));
    expect(answer.output).toMatchObject({ decision: 'INCOMPLETE', corrections: [] });
    expect(answer.output.missing).toHaveLength(2);
    expect(answer.report?.content).toContain('## What is missing');
  });

  it('ends in rows that fit every category, so that no failure falls through', () => {
    const covered = new Set(CASES.flatMap((row) => row.categories ?? []));
    expect([...covered].sort()).toEqual(['data', 'execution', 'model', 'system']);
  });
});

describe('the amounts in corrections', () => {
  it.each<[string, Partial<Failure>, Partial<ExecutionReport>, Correction]>([
    [
      'three quarters of the heap',
      {},
      { exit: 'oom_killed' },
      expect.objectContaining({ kind: 'set_heap', heap_mb: 1920 }),
    ],
    [
      'half of the models',
      {},
      { exit: 'oom_killed' },
      expect.objectContaining({ kind: 'limit_models', max_models: 5 }),
    ],
    [
      'half of the rows',
      { code: 'java_out_of_memory' },
      {},
      expect.objectContaining({ kind: 'sample_rows', rows: 200 }),
    ],
    [
      '60 % of the time that was too long',
      {},
      { exit: 'timed_out', seconds: 3000 },
      expect.objectContaining({ kind: 'limit_runtime', max_runtime_secs: 1800 }),
    ],
    [
      'the algorithm that is named',
      { code: 'algorithm_failed', message: 'DRF: no' },
      {},
      expect.objectContaining({ algorithm: 'DRF' }),
    ],
  ])('%s', async (_name, failure, end, correction) => {
    expect((await judged('training', failing('training', failure, end))).output.corrections).toContainEqual(correction);
  });

  it('gets harder when the container runs out of memory again', async () => {
    const past = [pastOf('training', 1, plans.training, [], { exit: 'oom_killed' })];
    const { output } = await judged('training', { ...failing('training', {}, { exit: 'oom_killed' }), past });
    expect(output.corrections.map((correction) => correction.kind)).toEqual([
      'set_heap',
      'limit_models',
      'sample_rows',
      'exclude_algorithm',
    ]);
  });

  it('does not take away the last algorithm', async () => {
    const only = { algorithms: ['GLM', 'StackedEnsemble'] as TrainingPlan['algorithms'] };
    const failure = failing('training', { code: 'algorithm_failed', message: 'GLM failed' });
    expect((await judged('training', failure, only)).output.decision).toBe('INCOMPLETE');
  });

  it('leaves out feature functions that failed, where there are some', async () => {
    const code = 'def half(x):\n  return x / 2';
    const functions = [{ name: 'half', inputs: ['price'], output: 'number' as const, code }];
    for (const failed of ['functions_need_docker', 'function_refused', 'function_failed', 'function_too_slow']) {
      const failure = failing('training', { code: failed });
      expect((await judged('training', failure, { functions })).output.corrections).toEqual([
        { kind: 'drop_functions', reason: 'the plan works without them' },
      ]);
      expect((await judged('training', failure)).output.decision).toBe('INCOMPLETE');
      expect((await judged('prediction', failing('prediction', { code: failed }))).output).toMatchObject({
        decision: 'INCOMPLETE',
        missing: expect.arrayContaining([expect.stringContaining('a Docker engine')]),
      });
    }
  });

  it('asks for other dates only where there are some', async () => {
    const dated = {
      ...report,
      dataset: {
        ...report.dataset,
        columns: [...report.dataset.columns, { ...report.dataset.columns[0]!, name: 'shipped' }],
      },
    };
    const { output } = await judged('training', {
      ...failing('training', { code: 'dates_unparsed', category: 'data' }),
      report: dated,
    });
    expect(output.corrections).toEqual([expect.objectContaining({ kind: 'set_date_format', column: 'date' })]);
  });
});

describe('success', () => {
  it.each(['training', 'prediction', 'visualization'] as const)('%s with everything in place', async (phase) => {
    expect((await judged(phase)).output).toMatchObject({ decision: 'SUCCESS', corrections: [], missing: [] });
  });

  it('states the score beside the baseline', async () => {
    const { messages, report: page } = await judged('training');
    expect(messages[0]).toBe(
      'The training succeeded. On unseen rows mae is 8 against 10 of seasonal naive, a skill of 20 % (lower is better). Best model: GBM_2 (GBM).',
    );
    expect(page?.content).toContain('| mae | 8 | 10 |');
    expect(page?.content).toContain('| mape | not computable | not computable |');
  });

  it.each([0, -0.3])('says first that a model with skill %d is no better than naive', async (skill) => {
    const execution = executionOf('training', { skill, score: 13 });
    const { output, messages } = await judged('training', { execution });
    expect(output.decision).toBe('SUCCESS');
    expect(messages[0]).toMatch(/^The model is no better than the naive baseline\./);
  });
});

describe('what claims to be a success and is none', () => {
  const nan = { mae: null, rmse: Number.NaN };
  it.each<[string, keyof PlanOf, Partial<JudgeInput>]>([
    ['exit code', 'training', { execution: executionOf('training', { exit_code: 3 }) }],
    ['result says failed', 'training', { result: resultOf('training', { status: 'failed' }) }],
    ['no result', 'training', { result: null }],
    ['engine says killed', 'training', { execution: executionOf('training', { exit: 'killed' }) }],
    ['no model', 'training', { execution: executionOf('training', { artifacts: [] }) }],
    [
      'an empty model',
      'training',
      { execution: executionOf('training', { artifacts: [{ ...executionOf('training').artifacts[0]!, bytes: 0 }] }) },
    ],
    [
      'a plot in place of predictions',
      'prediction',
      { execution: executionOf('prediction', { artifacts: executionOf('visualization').artifacts }) },
    ],
    ['no finite metric', 'training', { result: resultOf('training', { metrics: nan }) }],
    ['no predicted row', 'prediction', { result: resultOf('prediction', { rows: { predicted: 0 } }) }],
    ['no plot', 'visualization', { execution: executionOf('visualization', { artifacts: [] }) }],
  ])('%s (%s)', async (_name, phase, more) => {
    const { output } = await judged(phase, more);
    expect(output.decision).toBe('NEEDS_FIX');
    expect(output.corrections.length).toBeGreaterThan(0);
    const last = await judged(phase, { ...more, attempts_left: 0 });
    expect(last.output).toMatchObject({ decision: 'INCOMPLETE', corrections: [] });
    expect(last.output.summary).toContain('no attempt left');
  });

  it('one metric that cannot be computed is no failure', async () => {
    const execution = executionOf('training', { metric: 'mape', score: null, baseline_score: null, skill: null });
    expect((await judged('training', { execution })).output.decision).toBe('SUCCESS');
  });
});
