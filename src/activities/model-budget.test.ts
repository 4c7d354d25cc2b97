import type { AgentTurnRow } from '../entities';
import { allowanceFor, budgetOf, costOf, nearlyUsedUp, raisedBudget, spentBy, type Spent } from './model-budget';
import { AgentSteps } from '../../test/support/agent-steps';
import { goodAnswer } from '../../test/support/model-answers';
import { ModelEndpoint, type ModelCall } from '../../test/support/model-endpoint';
import type { AnotherTurn } from '../contracts/turns';

const NONE = { tokens: null, usd: null, calls: null, minutes: null };
const NOTHING: Spent = { tokens: 0, usd: 0, calls: 0, minutes: 0 };
const PRICE = { input: 1, output: 2 };
const CALL = { characters: 3000, maxOutputTokens: 4096, price: PRICE };

test.each([
  ['no limits', NONE, NOTHING, { maxOutputTokens: 4096, reserve: 5096 }],
  ['room for all', { ...NONE, tokens: 10_000 }, NOTHING, { maxOutputTokens: 4096, reserve: 5096 }],
  ['room for a shorter answer', { ...NONE, tokens: 2000 }, NOTHING, { maxOutputTokens: 1000, reserve: 2000 }],
  ['no room for any answer', { ...NONE, tokens: 1200 }, NOTHING, { over: '1200 tokens' }],
  ['a budget of no tokens', { ...NONE, tokens: 0 }, NOTHING, { over: '0 tokens' }],
  ['no calls left', { ...NONE, calls: 3 }, { ...NOTHING, calls: 3 }, { over: '3 calls' }],
  ['one call left', { ...NONE, calls: 3 }, { ...NOTHING, calls: 2 }, { maxOutputTokens: 4096, reserve: 5096 }],
  ['no minutes left', { ...NONE, minutes: 2 }, { ...NOTHING, minutes: 2.5 }, { over: '2 minutes' }],
  ['no money left', { ...NONE, usd: 0.01 }, { ...NOTHING, usd: 0.0099 }, { over: '$0.01' }],
  ['money for a shorter answer', { ...NONE, usd: 0.004 }, NOTHING, { maxOutputTokens: 1000, reserve: 2000 }],
])('%s', (_name, budget, spent, allowance) => {
  expect(allowanceFor(CALL, spent, budget)).toEqual(allowance);
});

test('a limit of money needs a price', () => {
  expect(allowanceFor({ ...CALL, price: undefined }, NOTHING, { ...NONE, usd: 1 })).toMatchObject({
    over: expect.stringContaining('MODEL_PRICES'),
  });
});

test.each([
  ['the limit that is reached', { ...NONE, calls: 3, tokens: 9000 }, { ...NOTHING, calls: 3 }, { calls: 6 }],
  ['all, where none is known to be', { ...NONE, calls: 3, usd: 2 }, NOTHING, { calls: 6, usd: 4 }],
  ['a limit of nothing', { ...NONE, calls: 0 }, NOTHING, { calls: 10 }],
  ['nothing, where nothing is limited', NONE, NOTHING, null],
])('%s is raised', (_name, budget, spent, raised) => {
  expect(raisedBudget(spent, budget)).toEqual(raised);
});

test('what a job says goes before what the installation says, and null lifts it', () => {
  const installation = { ...NONE, tokens: 100, calls: 60 };
  expect(budgetOf(installation, {})).toEqual(installation);
  expect(budgetOf(installation, { model_budget: { tokens: 50, calls: null } })).toEqual({ ...NONE, tokens: 50 });
});

test('calls that nobody answered for count with all they may have used', () => {
  const turn = {
    model: 'm',
    input_tokens: 10,
    output_tokens: 5,
    cost_usd: 1,
    reserved_tokens: 1000,
    calls: 2,
    seconds: 60,
  };
  expect(spentBy([turn as AgentTurnRow], { m: PRICE })).toEqual({ tokens: 1015, usd: 1.002, calls: 2, minutes: 1 });
});

test('a cost is known only where price and tokens are', () => {
  expect([costOf(PRICE, 1e6, 1e6), costOf(undefined, 1, 1), costOf(PRICE, null, 1)]).toEqual([3, null, null]);
});

test('the user is warned from 80 % on', () => {
  const budget = { ...NONE, tokens: 1000, calls: 10 };
  expect(nearlyUsedUp({ ...NOTHING, tokens: 799, calls: 8 }, budget)).toEqual(['80 % of the calls']);
});

describe('a greedy model', () => {
  let endpoint: ModelEndpoint;
  let steps: AgentSteps;

  beforeEach(async () => {
    endpoint = await ModelEndpoint.start();
    steps = await AgentSteps.create({
      OPENAI_BASE_URL: endpoint.url,
      OPENAI_MODEL: 'greedy',
      MODEL_PRICES: 'greedy=10/30',
    });
  });
  afterEach(async () => {
    await endpoint?.stop();
    await steps?.close();
  });

  /** It looks at everything, as long as it may, and always uses all the tokens that it is granted. */
  const greedy = ({ body }: ModelCall) => {
    const prompt = JSON.stringify(body).length;
    const usage = { prompt_tokens: Math.floor(prompt / 3.5), completion_tokens: body.max_tokens! };
    return body.tools ? { call: [{ name: 'read_and_analyze_csv', arguments: {} }], usage } : { say: 'More!', usage };
  };

  async function runAll(jobId: string): Promise<void> {
    await steps.answer('DataProcessor.analysis', jobId);
    for (const attempt of [1, 2, 3, 4]) await steps.answer('ModelBuilder.training', jobId, { attempt });
  }

  test.each([
    ['tokens', { tokens: 30_000 }],
    ['tokens, very few', { tokens: 500 }],
    ['money', { usd: 0.2 }],
    ['calls', { calls: 5 }],
    ['calls, none', { calls: 0 }],
    ['several at once', { tokens: 40_000, usd: 0.5, calls: 8 }],
  ])('never exceeds a limit of %s', async (_name, model_budget) => {
    const used = { tokens: 0, usd: 0 };
    endpoint.play((call) => {
      const reply = greedy(call);
      used.tokens += reply.usage.prompt_tokens + reply.usage.completion_tokens;
      used.usd += (reply.usage.prompt_tokens * 10 + reply.usage.completion_tokens * 30) / 1e6;
      return reply;
    });
    const jobId = await steps.job({ model_budget });
    await runAll(jobId);
    const limits = { ...NONE, ...model_budget };
    expect(used.tokens).toBeLessThanOrEqual(limits.tokens ?? Infinity);
    expect(used.usd).toBeLessThanOrEqual(limits.usd ?? Infinity);
    expect(endpoint.calls.length).toBeLessThanOrEqual(limits.calls ?? Infinity);
    const said = (await steps.messages(jobId)).map(({ content }) => content);
    expect(said.filter((content) => content.includes('budget for models is used up')).length).toBeGreaterThan(0);
  });

  test("is asked again within the installation's default of calls", async () => {
    endpoint.play(greedy);
    const jobId = await steps.job();
    await runAll(jobId);
    expect(endpoint.calls.length).toBeLessThanOrEqual(steps.config.models.budget.calls!);
  });

  test('asks the user at the end of a budget, once a budget, where the job wants that', async () => {
    endpoint.play((call) => goodAnswer(call));
    const jobId = await steps.job({ model_budget: { calls: 0 }, budget_end: 'ask', approval_timeout_secs: 60 });
    const once = async (more: object = {}) => await steps.once('DataProcessor.analysis', jobId, { more });
    const { asks } = (await once()) as AnotherTurn;
    expect(asks).toMatchObject({ why: '0 calls', timeout_secs: 60 });
    expect(await once()).toEqual({ again: true, asks });
    expect(endpoint.calls).toEqual([]);

    await steps.store.updateSettings(jobId, { model_budget: { calls: 1 } });
    await once({ budget_answered: asks!.budget });
    expect(endpoint.calls).toHaveLength(1);
    const next = async (more: object) => await steps.once('ModelBuilder.training', jobId, { more });
    const second = (await next({ budget_answered: asks!.budget })) as AnotherTurn;
    expect(second.asks).toMatchObject({ why: '1 calls' });
    await next({ budget_answered: second.asks!.budget });
    expect(await steps.recorded('ModelBuilder.training', jobId)).toMatchObject({
      source: 'template',
      without_model: expect.stringContaining('used up (1 calls)') as string,
    });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('is not asked at all where the job wants templates', async () => {
    const jobId = await steps.job({ agents: 'template' });
    await runAll(jobId);
    expect(endpoint.calls).toEqual([]);
    endpoint.play((call) => goodAnswer(call));
  });
});
