import { createAgents } from '../agents';
import { samePlan } from '../agents/scripted';
import type { Reach } from '../agents/tools';
import type { TrainingPlan } from '../contracts/plans';
import { executionOf, resultOf } from '../../test/support/agent-runs';
import { goodAnswer } from '../../test/support/model-answers';
import { ModelEndpoint, type Reply, type Script } from '../../test/support/model-endpoint';
import { AgentSteps } from '../../test/support/agent-steps';

/** Every way in which a model may be broken, over real HTTP: each ends right, after few calls, with an honest record. */

jest.setTimeout(60_000);
const KEY = 'sk-secret-0123456789';
const BUILD = 'ModelBuilder.training';

let endpoint: ModelEndpoint;
let steps: AgentSteps;
/** Without an answer of the model itself: the tests are about the next agent. */
let jobId: string;

beforeEach(async () => {
  endpoint = await ModelEndpoint.start((call) => goodAnswer(call));
  steps = await AgentSteps.create({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: endpoint.url, MODEL_PATIENCE: '20' });
  jobId = await steps.job();
  await steps.answer('DataProcessor.analysis', jobId);
  endpoint.calls.length = 0;
});
afterEach(async () => {
  await endpoint?.stop();
  await steps?.close();
});

const good = (changes: object = {}) => goodAnswer({ agent: 'ModelBuilder' }, changes);
const text = (changes: object = {}) => JSON.stringify(good(changes).say);
const looksAt = (...names: string[]): Reply => ({ call: names.map((name) => ({ name, arguments: {} })) });
const refused = (error: string): Reply => ({ status: 400, error });
const event = (data: object | string): Reply => ({
  raw: `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
  contentType: 'text/event-stream',
});
/** A completion that is no stream. */
const whole = () =>
  JSON.stringify({ choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: text() } }] });

interface Case {
  script: Script;
  calls: number;
  /** Undefined: the model's answer stands. */
  without?: RegExp;
}

const always = (reply: Reply) => () => reply;

/** An endpoint that answers in streams and not otherwise. */
function onlyStreams(replies: Reply[], refusal = 'This model only supports stream mode.'): Script {
  return ({ body }) => (body.stream ? (replies.shift() ?? { status: 418 }) : refused(refusal));
}

test.each<[string, Case]>([
  ['answers well', { script: [good()], calls: 1 }],
  ['wraps JSON in prose', { script: [{ say: `Sure! Here it is:\n${text()}\nHope it helps.` }], calls: 1 }],
  ['fences it', { script: [{ say: `\`\`\`json\n${text()}\n\`\`\`` }], calls: 1 }],
  ['thinks aloud', { script: [{ say: `<think>{"a": 1}</think>${text()}` }], calls: 1 }],
  ['writes JSON that is nearly JSON', { script: [{ say: text().replaceAll('"', "'") }], calls: 1 }],
  ['is cut off, then brief', { script: [{ say: text().slice(0, 40), finish: 'length' }, good()], calls: 2 }],
  ['is always cut off', { script: always({ say: text(), finish: 'length' }), calls: 2, without: /cut off/ }],
  ['says nothing, then something', { script: [{ say: '' }, good()], calls: 2 }],
  ['says nothing ever', { script: always({ say: '' }), calls: 2, without: /empty/ }],
  ['says only prose', { script: always({ say: 'I think XGBoost is nice.' }), calls: 2, without: /no JSON/ }],
  ['keeps to no schema', { script: always({ say: { plan: 'win' } }), calls: 2, without: /rationale/ }],
  ['mends its schema', { script: [{ say: { plan: 'win' } }, good()], calls: 2 }],
  ['invents columns', { script: always(good({ features: ['profit'] })), calls: 2, without: /"profit"/ }],
  [
    'takes the target as a feature',
    { script: always(good({ features: ['total_rentals'] })), calls: 2, without: /features/ },
  ],
  ['raises the limits', { script: always(good({ max_models: 500 })), calls: 2, without: /max_models/ }],
  ['looks too far back', { script: always(good({ lags: [1, 100_000] })), calls: 2, without: /lags/ }],
  ['refuses', { script: [{ refuse: 'I can not help with that.' }], calls: 1, without: /refused/ }],
  ['looks at the data first', { script: [looksAt('read_and_analyze_csv', 'past_attempts'), good()], calls: 2 }],
  ['invents tools', { script: [looksAt('rm_rf'), good()], calls: 2 }],
  [
    'calls tools with nonsense',
    { script: [{ call: [{ name: 'get_file_sample', arguments: '{"offset":' }] }, good()], calls: 2 },
  ],
  ['loops on tools', { script: always(looksAt('past_attempts')), calls: 7, without: /went on calling tools/ }],
  [
    'knows no json_schema',
    { script: [refused("'response_format' of type 'json_schema' is not supported"), good()], calls: 2 },
  ],
  ['knows no response_format', { script: [refused('response_format'), refused('response_format'), good()], calls: 3 }],
  ['knows no tools', { script: [refused('tools are not supported by this model'), good()], calls: 2 }],
  [
    'wants max_completion_tokens',
    { script: [refused("Use 'max_completion_tokens' instead of 'max_tokens'"), good()], calls: 2 },
  ],
  ['refuses every request', { script: always(refused('no')), calls: 4, without: /HTTP 400/ }],
  [
    'does not know the key',
    { script: always({ status: 401, error: `Incorrect API key: ${KEY}` }), calls: 1, without: /HTTP 401/ },
  ],
  ['forbids', { script: always({ status: 403 }), calls: 1, without: /HTTP 403/ }],
  ['is not found', { script: always({ status: 404 }), calls: 1, without: /HTTP 404/ }],
  ['is limited, then not', { script: [{ status: 429, headers: { 'retry-after': '2' } }, good()], calls: 2 }],
  [
    'is limited for an hour',
    { script: always({ status: 429, headers: { 'retry-after': '3600' } }), calls: 1, without: /HTTP 429/ },
  ],
  ['fails, then not', { script: [{ status: 500 }, { status: 503 }, good()], calls: 3 }],
  ['fails always', { script: always({ status: 500 }), calls: 5, without: /HTTP 500/ }],
  ['hangs, then not', { script: [{ hang: true }, good()], calls: 2 }],
  ['drips', { script: [{ drip: text(), everyMs: 20 }, good()], calls: 2 }],
  ['hangs up half way', { script: [{ closeAfter: 60 }, good()], calls: 2 }],
  ['is no model at all', { script: [{ raw: '<html>Welcome</html>', contentType: 'text/html' }, good()], calls: 2 }],
  ['answers with other JSON', { script: [{ raw: '{"ok": true}' }, good()], calls: 2 }],
  ['answers with broken JSON', { script: [{ raw: '{"choices": [' }, good()], calls: 2 }],
  ['answers with 10 MB', { script: always({ bytes: 10_000_000 }), calls: 1, without: /larger/ }],
  ['only streams', { script: onlyStreams([good()]), calls: 2 }],
  ['only streams, and looks first', { script: onlyStreams([looksAt('past_attempts'), good()]), calls: 3 }],
  ['only streams, and refuses', { script: onlyStreams([{ refuse: 'No.' }]), calls: 2, without: /refused/ }],
  [
    'only streams, and tells no tokens',
    { script: onlyStreams([refused("unknown field 'stream_options'"), good()]), calls: 3 },
  ],
  ['only streams, and hangs up half way', { script: onlyStreams([{ closeAfter: 8 }, good()]), calls: 3 }],
  ['only streams, and falls silent', { script: onlyStreams([{ stallAfter: 8, of: text() }, good()]), calls: 3 }],
  ['only streams, and errs amid it', { script: onlyStreams([event({ error: { message: 'no' } }), good()]), calls: 3 }],
  ['only streams, and no JSON', { script: onlyStreams([event('{"choices": ['), good()]), calls: 3 }],
  ['only streams, 10 MB', { script: onlyStreams([{ bytes: 10_000_000 }]), calls: 2, without: /larger/ }],
  ['streams though it answers whole', { script: onlyStreams([{ raw: whole() }]), calls: 2 }],
  ['takes longer than a whole answer may', { script: always({ drip: text(), everyMs: 10 }), calls: 2 }],
  [
    'takes long, and does not stream',
    {
      script: ({ body }, number) =>
        number === 1 ? { hang: true } : body.stream ? refused('streaming is not supported') : good(),
      calls: 3,
    },
  ],
  [
    'wants a stream, and refuses it',
    { script: ({ body }) => refused(`stream must be ${!body.stream}`), calls: 3, without: /HTTP 400/ },
  ],
  ['answers with 200 kB', { script: [{ bytes: 200_000 }, good()], calls: 2 }],
])('a model that %s', async (_name, { script, calls, without }) => {
  endpoint.play(script);
  const answer = await steps.answer(BUILD, jobId);
  expect({ source: answer.source, calls: endpoint.calls.length, ranOut: endpoint.ranOut }).toEqual({
    ...{ source: without ? 'template' : 'llm', calls, ranOut: 0 },
  });
  if (without) expect(answer.without_model).toMatch(without);
  else expect(answer.without_model).toBeUndefined();
  expect(answer.output.plan).toMatchObject({ target: 'total_rentals', horizon: 14, max_models: 10 });
  expect(answer.output.script).toContain('with open_run(__file__) as run:');

  // Honest to whoever reads the messages, and silent about the key.
  const messages = await steps.messages(jobId);
  const ours = messages.filter((message) => message.agent_name === 'ModelBuilder');
  expect(ours.map((message) => message.source)).toEqual(ours.map(() => answer.source));
  if (without) expect(ours.at(-1)!.content).toMatch(/^The template answers for ModelBuilder: /);
  expect(JSON.stringify([await steps.store.turnsOfJob(jobId), messages, answer])).not.toContain(KEY);
});

test('an endpoint that nobody listens at', async () => {
  await endpoint.stop();
  const answer = await steps.answer(BUILD, jobId);
  expect(answer).toMatchObject({ source: 'template', without_model: expect.stringContaining('model endpoint failed') });
});

test('after a job has borne with an endpoint for long enough it asks no more', async () => {
  endpoint.play(always({ status: 500 }));
  await steps.answer(BUILD, jobId);
  const before = endpoint.calls.length;
  const answer = await steps.answer(BUILD, jobId, { attempt: 2 });
  expect(answer.without_model).toMatch(/has failed for \d+ s in this run/);
  expect(endpoint.calls.length).toBe(before);
});

test('each execution asks at most once, and a recorded answer is never asked for again', async () => {
  endpoint.play([looksAt('past_attempts'), looksAt('read_and_analyze_csv'), good()]);
  for (const asked of [1, 2, 3]) {
    const result = await steps.once(BUILD, jobId);
    expect(endpoint.calls.length).toBe(asked);
    expect('again' in result).toBe(asked < 3);
  }
  await steps.once(BUILD, jobId);
  expect(endpoint.calls.length).toBe(3);
  expect(await steps.statistics(jobId, 'ModelBuilder')).toMatchObject({
    ...{ calls_count: 3, input_tokens: 300, output_tokens: 60, tokens_consumed: 360 },
    cost_usd: expect.closeTo((300 * 0.15 + 60 * 0.6) / 1e6, 10),
  });
});

test('tokens that the endpoint does not tell are unknown, not zero', async () => {
  endpoint.play([{ ...good(), usage: null }]);
  await steps.answer(BUILD, jobId);
  const statistics = await steps.statistics(jobId, 'ModelBuilder');
  expect(statistics).toMatchObject({ calls_count: 1, tokens_consumed: null, input_tokens: null, cost_usd: null });
});

test('fields that only the endpoint knows go back to it', async () => {
  const thoughts = { reasoning_content: 'hm' };
  const call = { id: 'c1', type: 'function', function: { name: 'past_attempts', arguments: '{}' } };
  const message = { role: 'assistant', content: null, tool_calls: [call], ...thoughts };
  endpoint.play([{ raw: JSON.stringify({ choices: [{ finish_reason: 'tool_calls', message }] }) }, good()]);
  await steps.answer(BUILD, jobId);
  expect(endpoint.calls[1]!.body.messages[2]).toMatchObject(thoughts);
});

test("a user's message reaches the next turn, once", async () => {
  endpoint.play([looksAt('past_attempts'), looksAt('past_attempts'), good()]);
  await steps.once(BUILD, jobId);
  await steps.store.addUserMessage(jobId, 'Please mind the ```zeppelins```', 'k1');
  await steps.answer(BUILD, jobId);
  const said = endpoint.calls.map(
    ({ body }) => body.messages.filter(({ content }) => content?.includes('zeppelins')).length,
  );
  expect(said).toEqual([0, 1, 1]);
});

describe('after an attempt that failed', () => {
  const failure = {
    category: 'execution',
    code: 'java_out_of_memory',
    message: 'The heap is full.',
    hint: '',
  } as const;

  beforeEach(async () => {
    await steps.answer(BUILD, jobId);
    const run = { job_id: jobId, run_no: 1 };
    const execution = executionOf('training', { succeeded: false, exit_code: 1, failure, artifacts: [] });
    await steps.store.saveOutput(run, 'training', 1, 'execution', execution);
    await steps.store.saveOutput(run, 'training', 1, 'result', resultOf('training', { status: 'failed', failure }));
    endpoint.play([goodAnswer({ agent: 'Analyst' })]);
    await steps.answer('Analyst.training', jobId);
    endpoint.calls.length = 0;
  });

  test('the model is told what failed and what was tried', async () => {
    endpoint.play([good()]);
    const answer = await steps.answer(BUILD, jobId, { attempt: 2, left: 2 });
    expect(answer.source).toBe('llm');
    expect(answer.output.plan.max_models).toBeLessThan(10);
    const prompt = endpoint.calls[0]!.body.messages[1]!.content!;
    for (const words of ['The heap is full.', 'java_out_of_memory', 'NEEDS_FIX', '"attempt": 1']) {
      expect(prompt).toContain(words);
    }
  });

  test('a model that insists on the plan that failed is not followed', async () => {
    const { plan } = (await steps.recorded(BUILD, jobId)).output;
    const { features, lags, windows, calendar, algorithms, max_models, validation } = plan;
    const again = { features, lags, windows, calendar, algorithms, max_models, folds: validation.folds };
    endpoint.play(always(good(again)));
    const answer = await steps.answer(BUILD, jobId, { attempt: 2, left: 2 });
    expect(answer).toMatchObject({ source: 'template', without_model: expect.stringContaining('max_models') });
    expect(samePlan(answer.output.plan, plan)).toBe(false);
  });

  /** Nothing is to be read or asked here. */
  const reach = {} as Reach;

  test('a model does not undo what the user decided of the plan', async () => {
    const twin = createAgents().builders.training.llm!;
    const recorded = (await steps.recorded(BUILD, jobId)) as { output: { plan: TrainingPlan } };
    const plan = { ...recorded.output.plan, algorithms: ['GBM'] as const };
    const report = (await steps.recorded('DataProcessor.analysis', jobId)).output;
    const job = { name: 'n', prompt: 'p', options: { plan: { algorithms: ['GBM'] } } };
    const input = { report, past: [], attempt: 1, job, limits: { max_models: 10 } } as never;
    const answer = { ...(good().say as object), algorithms: ['DRF'], features: null };
    const draft = { ...recorded, output: { ...recorded.output, plan } } as never;
    const settled = (await twin.settle(answer, { input, draft, reach })) as {
      answer: { output: { plan: TrainingPlan } };
    };
    expect(settled.answer.output.plan.algorithms).toEqual(['GBM']);
  });

  test('a template that would try the same again says so to the model, too', async () => {
    const twin = createAgents().builders.training.llm!;
    const draft = (await steps.recorded(BUILD, jobId)) as never;
    const past = [{ attempt: 1, plan: (draft as { output: { plan: object } }).output.plan }];
    const report = (await steps.recorded('DataProcessor.analysis', jobId)).output;
    const input = { report, past, attempt: 2, job: { options: {} }, limits: {} } as never;
    const settled = await twin.settle({ ...(good().say as object), features: null }, { input, draft, reach });
    expect(settled).toEqual({ problems: ['The plan repeats attempt 1; it must differ from every earlier one.'] });
  });
});
