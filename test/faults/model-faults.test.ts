import { setTimeout as pause } from 'node:timers/promises';
import type { MessageView } from '../../src/contracts/jobs';
import type { TurnView } from '../../src/contracts/turns';
import { goodAnswer } from '../support/model-answers';
import { ModelEndpoint, type ModelCall, type Reply } from '../support/model-endpoint';
import { expectNothingLeft } from './healed';
import { Installation } from './support/installation';
import { eventually } from './support/moments';
import { Scene } from './support/scene';

/**
 * What may happen to a model endpoint and to a worker that waits for it, on the real stack. Each job completes; the
 * calls are counted where they arrive. The quick ones run in `npm test`, all of them with FAULTS=all.
 */

const full = process.env['FAULTS'] === 'all';
const FAULT_TIMEOUT_MS = 600_000;
const CALL_TIMEOUT_SECONDS = 10;
/** Long enough that a kill hits a call that is under way. */
const THINKING_MS = 1500;
/** Of the answered calls of an undisturbed job: one for each step. */
const STEPS = 7;

const looks = (name: string): Reply => ({ call: [{ name, arguments: {} }] });
const thinking = async (call: ModelCall) => {
  await pause(THINKING_MS);
  return goodAnswer(call);
};

let endpoint: ModelEndpoint;
let installation: Installation;

beforeAll(async () => {
  endpoint = await ModelEndpoint.start();
  installation = await Installation.create('local', {
    OPENAI_API_KEY: 'sk-only-for-tests-0123456789',
    OPENAI_BASE_URL: endpoint.url,
    MODEL_CALL_TIMEOUT: String(CALL_TIMEOUT_SECONDS),
    MODEL_PATIENCE: '150',
  });
  await installation.start();
}, FAULT_TIMEOUT_MS);
afterAll(async () => {
  await installation?.discard();
  await endpoint?.stop();
}, 120_000);
beforeEach(() => {
  endpoint.calls.length = 0;
  endpoint.play((call) => goodAnswer(call));
});

/** Minutes long: for the full matrix. */
const thorough = full ? test : test.skip;

test(
  'a job whose agents all ask a model, with tools, and whose plan is tried while its worker is killed',
  async () => {
    endpoint.play((call) => {
      if (call.body.messages.length > 2 || call.agent === 'DataProcessor') return goodAnswer(call);
      return looks(call.agent === 'ModelBuilder' ? 'execute_script_in_pipeline' : 'past_attempts');
    });
    const scene = await newScene();
    await scene.submit();
    const trial = { job_id: scene.jobId, phase: 'training', attempt: 1, trial: 1, stage: 'train' } as const;
    const running = async () => {
      const handle = await installation.engine.find(trial);
      return handle !== undefined && (await installation.engine.inspect(handle)).running;
    };
    await eventually('the plan is tried', 240, running, 50);
    await installation.kill('worker');
    expect(await running()).toBe(true);
    await expectCompleted(scene);
    await expectTriedOnce(scene);
    const answered = await answeredTurns(scene);
    expect(answered.map(({ agent_name }) => agent_name)).toEqual([
      ...['DataProcessor', 'ModelBuilder', 'ModelBuilder', 'Analyst', 'Analyst', 'Prediction', 'Prediction'],
      ...['Analyst', 'Analyst', 'Visualization', 'Visualization', 'Analyst', 'Analyst'],
    ]);
    expect(endpoint.calls).toHaveLength(answered.length);
    const shown = await installation.client.json<TurnView[]>(`/jobs/${scene.jobId}/turns`);
    expect(
      shown.map(({ agent_name, turn, calls, input_tokens }) => ({ agent_name, turn, calls, input_tokens })),
    ).toEqual(answered.map(({ agent_name, turn }) => ({ agent_name, turn, calls: 1, input_tokens: 100 })));
    expect(await without(scene)).toEqual([]);
  },
  FAULT_TIMEOUT_MS,
);

test(
  'worker killed while model calls are in flight: no recorded answer is asked again',
  async () => {
    endpoint.play(thinking);
    const scene = await newScene();
    await scene.submit();
    const kills = ['DataProcessor', 'ModelBuilder', 'Visualization'];
    for (const agent of kills) {
      await eventually(`${agent} is asked`, 240, () => endpoint.callsOf(agent).length > 0, 5);
      await installation.kill('worker');
    }
    await expectCompleted(scene);
    await expectEachAnswerOnce(scene, kills.length);
    expect(await without(scene)).toEqual([]);
  },
  FAULT_TIMEOUT_MS,
);

thorough(
  'worker killed right after an answer has been sent, six times',
  async () => {
    const scene = await newScene();
    let kills = 0;
    endpoint.play((call, number) => {
      // The answer is on its way: somewhere between the network and the record.
      if (number % 2 === 1 && kills < 6) {
        kills += 1;
        setTimeout(() => void installation.kill('worker').catch(() => undefined), (number * 7) % 30);
      }
      return goodAnswer(call);
    });
    await scene.submit();
    await expectCompleted(scene);
    await expectEachAnswerOnce(scene, kills);
  },
  FAULT_TIMEOUT_MS,
);

thorough(
  'everything killed while a model call is in flight, then started again',
  async () => {
    endpoint.play(thinking);
    const scene = await newScene();
    await scene.submit();
    await eventually('ModelBuilder is asked', 120, () => endpoint.callsOf('ModelBuilder').length > 0, 5);
    await installation.killEverything();
    await installation.start();
    await expectCompleted(scene);
    await expectEachAnswerOnce(scene, 1);
  },
  FAULT_TIMEOUT_MS,
);

test(
  'the endpoint is down for a while: it is waited for',
  async () => {
    const { port } = endpoint;
    const scene = await newScene();
    await endpoint.stop();
    await scene.submit();
    await pause(full ? 90_000 : 15_000);
    endpoint = await ModelEndpoint.start((call) => goodAnswer(call), port);
    await expectCompleted(scene);
    expect(await without(scene)).toEqual([]);
    const [first] = await turns(scene);
    expect(first).toMatchObject({ agent_name: 'DataProcessor' });
    expect(first!.calls).toBeGreaterThan(1);
  },
  FAULT_TIMEOUT_MS,
);

thorough(
  'the endpoint stays down: the templates carry on',
  async () => {
    const { port } = endpoint;
    const scene = await newScene();
    await endpoint.stop();
    await scene.submit();
    await expectCompleted(scene);
    endpoint = await ModelEndpoint.start([], port);
    expect(await without(scene)).toHaveLength(STEPS);
  },
  FAULT_TIMEOUT_MS,
);

test(
  '429 with Retry-After: asked again when the endpoint allows it, not before',
  async () => {
    const seconds = 7;
    endpoint.play((call, number) =>
      number === 1 ? { status: 429, headers: { 'retry-after': String(seconds) } } : goodAnswer(call),
    );
    const scene = await newScene();
    await scene.submit();
    await expectCompleted(scene);
    const [limited, next] = endpoint.calls;
    expect((next!.at - limited!.at) / 1000).toBeGreaterThanOrEqual(seconds);
    expect(endpoint.calls).toHaveLength(STEPS + 1);
    expect(await without(scene)).toEqual([]);
  },
  FAULT_TIMEOUT_MS,
);

thorough.each<[string, Reply]>([
  ['answers 500', { status: 500 }],
  ['hangs', { hang: true }],
  ['hangs up half way', { closeAfter: 50 }],
])(
  'an endpoint that %s at every second call',
  async (_name, fault) => {
    endpoint.play((call, number) => (number % 2 === 1 ? fault : goodAnswer(call)));
    const scene = await newScene();
    await scene.submit();
    await expectCompleted(scene);
    expect(endpoint.calls).toHaveLength(2 * STEPS);
    expect(await without(scene)).toEqual([]);
  },
  FAULT_TIMEOUT_MS,
);

thorough(
  'an endpoint that always hangs costs no more than the patience',
  async () => {
    endpoint.play(() => ({ hang: true }));
    const scene = await newScene();
    await scene.submit();
    await expectCompleted(scene);
    expect(await without(scene)).toHaveLength(STEPS);
    expect(endpoint.calls.length).toBeLessThan(150 / CALL_TIMEOUT_SECONDS);
  },
  FAULT_TIMEOUT_MS,
);

interface TurnRow {
  phase: string;
  attempt: number;
  agent_name: string;
  turn: number;
  calls: number;
  answer: string | null;
}

async function newScene(): Promise<Scene> {
  return new Scene(installation, await installation.rows());
}

async function expectCompleted(scene: Scene): Promise<void> {
  const job = await scene.final();
  expect(job).toMatchObject({ status: 'completed', error: null, progress: 100, run_no: 1 });
  await expectNothingLeft(installation);
  // The key is nowhere but in the worker's memory.
  for (const name of ['worker', 'api', 'launcher'] as const)
    expect(installation.log(name, 1e6)).not.toContain('sk-only');
}

async function turns(scene: Scene): Promise<TurnRow[]> {
  return await scene.rows.all<TurnRow>('SELECT * FROM agent_turns WHERE job_id = ? ORDER BY created_at', scene.jobId);
}

async function answeredTurns(scene: Scene): Promise<TurnRow[]> {
  return (await turns(scene)).filter(({ answer }) => answer !== null);
}

/** At most one call more a kill, each for a turn that had no recorded answer; and the records know of every call. */
async function expectEachAnswerOnce(scene: Scene, kills: number): Promise<void> {
  const rows = await turns(scene);
  expect(rows.every(({ answer }) => answer !== null)).toBe(true);
  expect(endpoint.calls.length).toBeLessThanOrEqual(rows.length + kills);
  expect(rows.reduce((total, { calls }) => total + calls, 0)).toBeGreaterThanOrEqual(endpoint.calls.length);
  const repeated = rows.filter(({ calls }) => calls > 1);
  expect(repeated.length).toBeLessThanOrEqual(kills);
  const statistics = await installation.client.json<{ calls_count: number }[]>(`/jobs/${scene.jobId}/statistics`);
  const counted = statistics.reduce((total, row) => total + row.calls_count, 0);
  // CodeExecutor describes its three runs without a model.
  expect(counted).toBe(rows.length + 3);
}

/** What the trial measured is recorded, told to the model and to the user, and no part of it is left or counted. */
async function expectTriedOnce(scene: Scene): Promise<void> {
  const told = endpoint
    .callsOf('ModelBuilder')
    .at(-1)!
    .body.messages.findLast(({ role }) => role === 'tool');
  expect(JSON.parse(told!.content!)).toMatchObject({ succeeded: true, failure: null, trials_left: 1 });
  const messages = await installation.client.json<MessageView[]>(`/jobs/${scene.jobId}/messages`);
  const says = messages.filter(({ content }) => content.startsWith('Tried the plan on a sample (trial 1, '));
  expect(says.map(({ agent_name, content }) => [agent_name, /it runs\. The best of its models/.test(content)])).toEqual(
    [['CodeExecutor', true]],
  );
  const executions = await scene.rows.all<{ phase: string; stage: string }>(
    'SELECT phase, stage FROM executions WHERE job_id = ?',
    scene.jobId,
  );
  expect(executions.map(({ phase, stage }) => phase + stage).sort()).toEqual([
    'prediction',
    'trainingevaluate',
    'trainingseal',
    'trainingtrain',
    'visualization',
  ]);
}

/** What the user reads where a template had to carry on. */
async function without(scene: Scene): Promise<string[]> {
  const messages = await installation.client.json<MessageView[]>(`/jobs/${scene.jobId}/messages`);
  return messages.map(({ content }) => content).filter((content) => content.startsWith('The template answers'));
}
