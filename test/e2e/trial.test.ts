import Docker from 'dockerode';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { MessageView } from '../../src/contracts/jobs';
import type { TurnView } from '../../src/contracts/turns';
import { NO_MODELS } from '../support/agent-steps';
import { RestClient } from '../support/client';
import { goodAnswer } from '../support/model-answers';
import { ModelEndpoint, type ModelCall } from '../support/model-endpoint';
import { childLog, startStack, type TestStack } from '../support/stack';

/** A plan that a model has tried before it decides, on real H2O in a real container. */

const answers = existsSync(process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock');
const docker = answers || process.env['REQUIRE_DOCKER'] === '1';
if (!docker) test.skip('no Docker engine answers on this machine', () => undefined);

const CSV = path.join(__dirname, '..', '..', 'examples', 'breast_cancer.csv');

(docker ? describe : describe.skip)('a trial in a container', () => {
  const engine = new Docker();
  let endpoint: ModelEndpoint;
  let stack: TestStack;
  let client: RestClient;

  beforeAll(async () => {
    endpoint = await ModelEndpoint.start(triesFirst);
    const models = { ...NO_MODELS, OPENAI_API_KEY: 'sk-e2e', OPENAI_BASE_URL: endpoint.url, OPENAI_MODEL: 'scripted' };
    stack = await startStack({ env: { EXECUTION_ENGINE: 'docker', ...models } });
    client = new RestClient(stack.url);
  }, 600_000);
  afterAll(async () => {
    await stack?.stop();
    await endpoint?.stop();
  }, 60_000);

  test('runs locked down, its outcome reaches the next turn, and nothing of it is left', async () => {
    const id = await client.createJob({
      ...{ name: 'Tried', prompt: 'Predict the diagnosis', target_column: 'diagnosis', max_models: 2, seed: 7 },
    });
    await client.upload(id, CSV);
    const { container, ended } = await trialOf(id);
    const job = await client.final(id, 600);
    if (job.status !== 'completed') throw new Error(`${job.error_message}\n${await childLog(stack, 'worker')}`);

    expectLockedDown(container, path.join(stack.dataDir, 'coding', `pipeline_${id}`));
    await expectTold(id);
    // It was gone before the training began: the two never ran side by side.
    expect(ended).toBe(true);
    expect(await containersOf(id)).toEqual([]);
    const left = await readdir(path.join(stack.dataDir, 'coding', `pipeline_${id}`, 'attempts', 'training-1-trial-1'));
    expect(left.sort()).toEqual(['config.json', 'training_script.py']);
  }, 900_000);

  /** The trial's container as the engine describes it while it is there, and whether it went before the training's came. */
  async function trialOf(id: string): Promise<{ container: Docker.ContainerInspectInfo; ended: boolean }> {
    let container: Docker.ContainerInspectInfo | undefined;
    for (;;) {
      const job = await client.job(id);
      if (job.final) throw new Error(`No trial was seen: ${job.status}\n${await childLog(stack, 'worker')}`);
      const names = await containersOf(id);
      const trial = names.find((name) => /-training-1t1-train\b/.test(name));
      if (trial) container ??= await engine.getContainer(trial).inspect();
      const others = names.filter((name) => !/-training-1t1\b/.test(name));
      if (container && others.length > 0) return { container, ended: others.length === names.length };
      await pause(100);
    }
  }

  async function containersOf(id: string): Promise<string[]> {
    const all = await engine.listContainers({ all: true, filters: { label: [`automl.job=${id}`] } });
    return all.flatMap(({ Names }) => Names.map((name) => name.replace('/', '')));
  }

  /** What the model was told is what its second turn's prompt holds, and the user reads the same. */
  async function expectTold(id: string): Promise<void> {
    const told = endpoint
      .callsOf('ModelBuilder')
      .at(-1)!
      .body.messages.findLast(({ role }) => role === 'tool');
    const outcome = JSON.parse(told!.content!) as { seconds: number; leaderboard: { score: number }[] };
    expect(outcome).toMatchObject({ succeeded: true, failure: null, metric: 'auc' });
    expect(outcome.leaderboard[0]!.score).toBeGreaterThan(0.9);
    const turns = await client.json<TurnView[]>(`/jobs/${id}/turns`);
    const asked = turns.filter(({ agent_name, phase }) => agent_name === 'ModelBuilder' && phase === 'training');
    expect(asked.map(({ calls }) => calls)).toEqual([1, 1]);
    const messages = await client.json<MessageView[]>(`/jobs/${id}/messages`);
    const says = messages.filter(({ content }) => content.startsWith('Tried the plan on a sample (trial 1, '));
    expect(says.map(({ agent_name }) => agent_name)).toEqual(['CodeExecutor']);
    expect(says[0]!.content).toContain('it runs. The best of its models');
  }
});

/** ModelBuilder has its plan tried, and answers when it has heard what came of it. */
function triesFirst(call: ModelCall) {
  const heard = call.body.messages.some(({ role }) => role === 'tool');
  if (call.agent !== 'ModelBuilder' || heard) return goodAnswer(call);
  return { call: [{ name: 'execute_script_in_pipeline', arguments: {} }] };
}

function expectLockedDown({ HostConfig, Config, Mounts }: Docker.ContainerInspectInfo, workspace: string): void {
  expect(HostConfig).toMatchObject({
    ...{ NetworkMode: 'none', ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] },
    ...{ Privileged: false, PidsLimit: 512 },
  });
  expect(HostConfig.Memory).toBeGreaterThan(0);
  expect(HostConfig.MemorySwap).toBe(HostConfig.Memory);
  expect(Config.User).toMatch(/^[1-9]\d*:/);
  expect(Config.Env.join()).not.toContain('sk-e2e');
  // One folder is its own to write to, and that is the trial's.
  const writable = Mounts.filter(({ RW }) => RW).map(({ Source }) => path.relative(workspace, Source));
  expect(writable).toEqual([path.join('attempts', 'training-1-trial-1', 'out')]);
}
