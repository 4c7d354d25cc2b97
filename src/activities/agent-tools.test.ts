import { createHash } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkGeneratedFiles, setFinalModelPath } from '../agents/run-tools';
import type { Reach, Tool } from '../agents/tools';
import type { Artifact } from '../contracts/execution';
import type { TrialOutcome } from '../contracts/trials';
import { executionOf, resultOf } from '../../test/support/agent-runs';
import { AgentSteps } from '../../test/support/agent-steps';
import { goodAnswer } from '../../test/support/model-answers';
import { ModelEndpoint, type Reply } from '../../test/support/model-endpoint';
import { reachOf } from './reach';
import { withoutSealed } from './trial-run';
import { outcomeKind, trialKind } from './trials';

/** What the agents' tools show of a job, over real files, a real database and real HTTP. */

jest.setTimeout(60_000);
const BUILD = 'ModelBuilder.training';
const JUDGE = 'Analyst.training';
const TRIAL = 'execute_script_in_pipeline';

let endpoint: ModelEndpoint;
let steps: AgentSteps;
let jobId: string;

beforeAll(async () => {
  endpoint = await ModelEndpoint.start();
  steps = await AgentSteps.create({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: endpoint.url, MODEL_TRIALS: '2' });
});
afterAll(async () => {
  await endpoint?.stop();
  await steps?.close();
});

async function newJob(): Promise<void> {
  endpoint.play((asked) => goodAnswer(asked));
  jobId = await steps.job();
  await steps.answer('DataProcessor.analysis', jobId);
  endpoint.calls.length = 0;
}

const call = (name: string, given: object = {}): Reply => ({ call: [{ name, arguments: given }] });
const run = () => ({ job_id: jobId, run_no: 1 });
const good = (agent: string) => goodAnswer({ agent });

/** What the tool calls of the last turn were answered; one alone, as it is. */
function told(): unknown {
  const { messages } = endpoint.calls.at(-1)!.body;
  const since = messages.findLastIndex(({ role }) => role === 'assistant');
  const answers = messages.slice(since).filter(({ role }) => role === 'tool');
  const read = answers.map(({ content }) => JSON.parse(content!) as unknown);
  return read.length === 1 ? read[0] : read;
}

/** A training whose model lies in its attempt's folder. */
async function trained(attempt: number, { content, succeeded = true }: { content: string; succeeded?: boolean }) {
  const folder = path.join(steps.config.codingDir, `pipeline_${jobId}`, 'attempts', `training-${attempt}`, 'out');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'model.zip'), content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const artifacts: Artifact[] = [{ kind: 'model', path: 'model.zip', bytes: content.length, sha256 }];
  const execution = executionOf('training', { attempt, succeeded, artifacts });
  await steps.store.openAttempt(run(), 'training', attempt);
  await steps.store.saveOutput(run(), 'training', attempt, 'execution', execution);
  await steps.store.saveOutput(run(), 'training', attempt, 'result', resultOf('training', { artifacts }));
  return path.join(folder, 'model.zip');
}

async function judged(attempt: number, decision: string): Promise<void> {
  const verdict = { decision, summary: '', evidence: [], corrections: [], missing: [] };
  await steps.store.saveOutput(run(), 'training', attempt, 'Analyst', { output: verdict });
}

const publish = (content: string) =>
  writeFile(path.join(steps.config.codingDir, `pipeline_${jobId}`, 'model.zip'), content);

test('each agent is offered what it may need', async () => {
  await newJob();
  await steps.answer(BUILD, jobId);
  await trained(1, { content: 'model' });
  await steps.answer(JUDGE, jobId);
  await steps.answer('Prediction.prediction', jobId);
  await steps.answer('Visualization.visualization', jobId);
  const offered = endpoint.calls.map(({ agent, body }) => [
    agent,
    body.tools?.map((tool) => tool.function.name).sort(),
  ]);
  const later = ['check_generated_files', 'column_statistics', 'get_file_sample', 'leaderboard', 'past_attempts'];
  expect(Object.fromEntries(offered)).toEqual({
    ModelBuilder: [
      ...['column_statistics', TRIAL, 'get_file_sample', 'leaderboard', 'library_reference', 'past_attempts'],
      'read_and_analyze_csv',
    ],
    Analyst: [
      ...['check_generated_files', 'column_statistics', 'get_file_sample', 'leaderboard', 'library_reference'],
      ...['past_attempts', 'set_final_model_path'],
    ],
    Prediction: later,
    Visualization: later,
  });
});

describe('the files of the runs', () => {
  const FIRST = 'attempts/training-1/out/model.zip';
  const SECOND = 'attempts/training-2/out/model.zip';

  let reach: Reach;
  const second = () => path.join(steps.config.codingDir, `pipeline_${jobId}`, SECOND);
  const ask = (tool: Tool<object>, given: object = {}) => tool.run(given as never, {}, reach);

  beforeAll(async () => {
    await newJob();
    await steps.answer(BUILD, jobId);
    await trained(1, { content: 'first' });
    await judged(1, 'NEEDS_FIX');
    await steps.answer(BUILD, jobId, { attempt: 2, left: 2 });
    await trained(2, { content: 'second' });
    await publish('second');
    reach = reachOf(steps, jobId);
  });
  afterEach(async () => {
    await rm(second(), { recursive: true, force: true });
    await writeFile(second(), 'second');
  });

  test.each<[string, string, object]>([
    ['the judged one', SECOND, { accepted: true }],
    ['one that was judged to need a fix', FIRST, { accepted: false, reason: /NEEDS_FIX/, final: SECOND }],
    ['a path of the machine', '/etc/shadow', { accepted: false, reason: /No run of this job/ }],
    ['a way around', `attempts/../${SECOND}`, { accepted: false, reason: /No run of this job/ }],
    ["another job's", `../pipeline_other/${SECOND}`, { accepted: false, reason: /No run of this job/ }],
  ])('as the final model: %s', async (_name, given, told) => {
    const { reason, ...expected } = told as { reason?: RegExp };
    const why = reason ? { reason: expect.stringMatching(reason) } : {};
    expect(await ask(setFinalModelPath(), { path: given })).toMatchObject({ ...expected, ...why });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['written over', () => writeFile(second(), 'forged'), 'changed'],
    ['removed', () => rm(second()), 'missing'],
    ['a link to elsewhere', () => rm(second()).then(() => symlink('/etc/hostname', second())), 'changed'],
    ['a folder', () => rm(second()).then(() => mkdir(second())), 'changed'],
  ])("that are %s are told so, and are nobody's final model", async (_name, harm, state) => {
    await harm();
    expect(await ask(checkGeneratedFiles())).toMatchObject([{ path: FIRST }, { path: SECOND, state }]);
    expect(await ask(setFinalModelPath(), { path: SECOND })).toMatchObject({
      ...{ accepted: false, reason: expect.stringContaining(state) },
    });
  });

  test('are looked at anew, and leaderboards are those of every training', async () => {
    endpoint.play([
      { call: ['check_generated_files', 'leaderboard'].map((name) => ({ name, arguments: {} })) },
      good('Analyst'),
    ]);
    await steps.answer(JUDGE, jobId, { attempt: 2, left: 2 });
    expect(told()).toMatchObject([
      [
        { path: FIRST, attempt: 1, bytes: 5, state: 'as reported', verdict: 'NEEDS_FIX', is_final: false },
        { path: SECOND, attempt: 2, bytes: 6, state: 'as reported', verdict: null, is_final: true },
      ],
      [
        { attempt: 1, models: [{ model_id: 'GBM_2', score: 7.5 }] },
        { attempt: 2, models: [{ model_id: 'GBM_2' }] },
      ],
    ]);
  });
});

describe('a plan that a model has tried', () => {
  beforeEach(newJob);

  const outcome: TrialOutcome = {
    ...{ succeeded: true, seconds: 21, failure: null, metric: 'mae', warnings: [] },
    leaderboard: [{ model_id: 'GLM_1', algorithm: 'GLM', metric: 'mae', score: 402, train_seconds: 1 }],
  };
  const measure = (trial: number, changes: Partial<TrialOutcome> = {}) =>
    steps.store.saveOutput(run(), 'training', 1, outcomeKind(trial), { ...outcome, ...changes });
  const recorded = async (trial: number) =>
    (await steps.store.getOutput(jobId, 'training', trialKind(trial), 1)) as
      { plan: object; script: string } | undefined;

  test('is run before the model is asked again, and neither is done twice', async () => {
    endpoint.play([call(TRIAL, { algorithms: ['GLM'] }), good('ModelBuilder')]);
    // The second time is after a kill: the answer and the wish are on record.
    for (let times = 0; times < 2; times += 1) {
      expect(await steps.once(BUILD, jobId)).toEqual({ again: true, tries: 1 });
      expect(endpoint.calls).toHaveLength(1);
    }
    expect(await recorded(1)).toMatchObject({
      plan: { algorithms: ['GLM'], max_models: 3, sample_rows: 1000, target: 'total_rentals', horizon: 14 },
      script: expect.stringContaining('algorithms=["GLM"]'),
    });
    await measure(1);
    const answer = await steps.answer(BUILD, jobId);
    expect(answer.source).toBe('llm');
    expect(endpoint.calls).toHaveLength(2);
    expect(told()).toMatchObject({ succeeded: true, leaderboard: [{ score: 402 }], trials_left: 1 });
    // A trial on a sample changes nothing of what is trained.
    expect(answer.output.plan).toMatchObject({ sample_rows: null, max_models: 10, max_runtime_secs: null });
  });

  test('is rendered like any other, whatever else the model hands over', async () => {
    const script = 'import os\nos.system("id")';
    const more = { script, code: script, heap_mb: 900_000, sample_rows: 1e9, target: 'leak', horizon: 9999 };
    endpoint.play([call(TRIAL, more)]);
    expect(await steps.once(BUILD, jobId)).toEqual({ again: true, tries: 1 });
    const tried = (await recorded(1))!;
    expect(tried.plan).toMatchObject({ target: 'total_rentals', horizon: 14, sample_rows: 1000, heap_mb: 2560 });
    expect(tried.script).toMatch(
      /^"""[^"]*"""\n\nfrom automl_runtime import \([\w\s,]*\)\n\nwith open_run\(__file__\)/,
    );
    expect(tried.script).not.toMatch(/os\.system|import os/);
  });

  test('may fail: the model hears why', async () => {
    endpoint.play([call(TRIAL), good('ModelBuilder')]);
    await steps.once(BUILD, jobId);
    const failure = {
      category: 'execution',
      code: 'java_out_of_memory',
      message: 'The heap is full.',
      hint: '',
    } as const;
    await measure(1, { succeeded: false, failure, leaderboard: [] });
    expect((await steps.answer(BUILD, jobId)).source).toBe('llm');
    expect(told()).toMatchObject({ succeeded: false, failure: { code: 'java_out_of_memory' } });
  });

  test.each<[string, object, RegExp]>([
    ['learns from the target', { features: ['total_rentals'] }, /features/],
    ['raises the models', { max_models: 500 }, /max_models/],
    ['is no plan', { lags: 'all' }, /lags/],
    ['names a column of code', { features: ['"],__import__("os").system("id"),["'] }, /features/],
  ])('is not run where it %s', async (_name, choices, why) => {
    endpoint.play([call(TRIAL, choices), good('ModelBuilder')]);
    expect((await steps.answer(BUILD, jobId)).source).toBe('llm');
    expect(told()).toMatchObject({ error: expect.stringMatching(why) });
    expect(await recorded(1)).toBeUndefined();
  });

  test('is tried twice at most, however often it is asked for', async () => {
    const wishes = Array.from({ length: 4 }, () => ({ name: TRIAL, arguments: {} }));
    endpoint.play([{ call: wishes }, call(TRIAL), good('ModelBuilder')]);
    expect(await steps.once(BUILD, jobId)).toEqual({ again: true, tries: 1 });
    await measure(1);
    expect(await steps.once(BUILD, jobId)).toEqual({ again: true, tries: 2 });
    await measure(2);
    expect((await steps.answer(BUILD, jobId)).source).toBe('llm');
    expect(told()).toEqual({ error: 'At most 2 trials; answer now.' });
    expect(await recorded(3)).toBeUndefined();
  });

  test('is not tried where the installation allows none', async () => {
    const strict = await AgentSteps.create({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: endpoint.url, MODEL_TRIALS: '0' });
    endpoint.play((asked) => goodAnswer(asked));
    const other = await strict.job();
    await strict.answer('DataProcessor.analysis', other);
    endpoint.play([call(TRIAL), good('ModelBuilder')]);
    await strict.answer(BUILD, other);
    await strict.close();
    expect(endpoint.calls.at(-1)!.body.tools!.map((tool) => tool.function.name)).not.toContain(TRIAL);
    expect(told()).toMatchObject({ error: expect.stringContaining('no such tool') });
  });
});

test('a trial tells nothing of the sealed rows', () => {
  const warnings = [
    'On the sealed rows the forecast is worse than the naive one (skill -0.1).',
    '3 dates are missing.',
  ];
  expect(withoutSealed(warnings)).toEqual(['3 dates are missing.']);
});
