import { createAgents, listAgents } from '../agents';
import type { Advisor, Agents } from '../agents/agent';
import { StatisticsView } from '../contracts/jobs';
import { TurnView } from '../contracts/turns';
import { secondOpinion } from '../../test/support/agents/second-opinion';
import { executionOf, resultOf } from '../../test/support/agent-runs';
import { AgentSteps } from '../../test/support/agent-steps';
import { goodAnswer } from '../../test/support/model-answers';
import { ModelEndpoint } from '../../test/support/model-endpoint';

/** A seventh agent, added as CONTRIBUTING says: a folder (test/support/agents/second-opinion) and the line below. */
const agents: Agents = { ...createAgents(), advisors: [secondOpinion] };

jest.setTimeout(60_000);
const CONSULT = 'Advisor.consult';
const consult = (tried = 1) => steps.once(CONSULT, jobId, { tried }, ['SecondOpinion']);

let endpoint: ModelEndpoint;
let steps: AgentSteps;
let jobId: string;

async function begin(environment: Record<string, string> = {}, registry = agents): Promise<void> {
  endpoint = await ModelEndpoint.start((call) => goodAnswer(call));
  const models = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: endpoint.url };
  steps = await AgentSteps.create({ ...models, ...environment }, { agents: registry });
  jobId = await steps.job();
  const run = { job_id: jobId, run_no: 1 };
  await steps.answer('DataProcessor.analysis', jobId);
  await steps.answer('ModelBuilder.training', jobId);
  await steps.store.openAttempt(run, 'training', 1);
  await steps.store.saveOutput(run, 'training', 1, 'execution', executionOf('training'));
  await steps.store.saveOutput(run, 'training', 1, 'result', resultOf('training'));
  endpoint.calls.length = 0;
}
afterEach(async () => {
  await endpoint?.stop();
  await steps?.close();
});

const messagesOf = async (name: string) => (await steps.messages(jobId)).filter((each) => each.agent_name === name);

test('is one of the agents, and a run that begins is told of it', async () => {
  await begin();
  expect(listAgents(agents).map(({ name }) => name)).toEqual([
    ...listAgents(createAgents()).map(({ name }) => name),
    'SecondOpinion',
  ]);
  const start = await steps.once('beginRun', jobId);
  expect(start).toMatchObject({ advisors: [{ name: 'SecondOpinion', after: 'training' }] });
});

test('is asked with its own tools and prompt, recorded turn by turn, and shown in messages and statistics', async () => {
  await begin();
  endpoint.play([{ call: [{ name: 'leaderboard', arguments: {} }] }, { say: { opinion: 'It is 8 rentals off.' } }]);
  expect(await consult()).toEqual({ again: true });
  expect(await consult()).toEqual({ said: true });
  // After a kill the answer is found.
  expect(await consult()).toEqual({ said: true });
  expect(endpoint.callsOf('SecondOpinion')).toHaveLength(2);
  expect(endpoint.calls[0]!.body.messages[1]!.content).toContain('On average the model is 8 off in total_rentals.');
  expect(endpoint.calls[1]!.body.messages.at(-1)!.content).toContain('GBM_2');

  expect(await messagesOf('SecondOpinion')).toMatchObject([
    { source: 'llm', content: 'On average the model is 8 off in total_rentals.' },
    { source: 'llm', content: 'It is 8 rentals off.' },
  ]);
  const statistics = await steps.statistics(jobId, 'SecondOpinion');
  expect(StatisticsView.parse(statistics)).toMatchObject({ calls_count: 2, input_tokens: 200, output_tokens: 40 });
  const turns = (await steps.store.turnsOfJob(jobId)).filter(({ agent_name }) => agent_name === 'SecondOpinion');
  expect(turns.map((turn) => TurnView.parse(turn))).toMatchObject([
    { phase: 'training', attempt: 1, turn: 1 },
    { phase: 'training', attempt: 1, turn: 2, calls: 1 },
  ]);
});

test.each([
  ['no model is configured for it', { AGENT_MODELS: 'SecondOpinion=template' }],
  ['its model is of no use', {}],
])('speaks by its template where %s', async (_name, environment) => {
  await begin(environment);
  endpoint.play(() => ({ say: 'No idea.' }));
  while ('again' in (await consult()));
  const [first] = await messagesOf('SecondOpinion');
  expect(first).toMatchObject({ source: 'template', content: 'On average the model is 8 off in total_rentals.' });
});

test('that fails keeps no job from going on', async () => {
  const broken: Advisor = {
    ...{ name: 'SecondOpinion', role: '', after: 'training' },
    template: async () => {
      throw new TypeError('no such thing');
    },
  };
  await begin({}, { ...createAgents(), advisors: [broken] });
  for (const tried of [1, 2]) {
    await expect(consult(tried)).rejects.toThrow('no such thing');
  }
  expect(await consult(3)).toEqual({ said: false });
});

test('that is gone in this version is passed over', async () => {
  await begin({}, createAgents());
  expect(await consult()).toEqual({ said: false });
});

test('must not have the name of another', () => {
  const twice = { ...agents, advisors: [{ ...secondOpinion, name: 'Analyst' }] };
  expect(() => listAgents(twice)).toThrow('Two agents are called Analyst.');
});
