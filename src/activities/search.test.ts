import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createActivities } from '.';
import type { ExecutionReport, RuntimeResult } from '../contracts/execution';
import { finishedAttempts, ModelRow } from '../entities';
import type { TrainingPlan } from '../contracts/plans';
import { samePlan } from '../agents/scripted';
import { AgentSteps } from '../../test/support/agent-steps';
import { goodAnswer } from '../../test/support/model-answers';
import { ModelEndpoint } from '../../test/support/model-endpoint';
import { executionOf, resultOf } from '../../test/support/agent-runs';
import { StoredSteps } from './stored-steps';
import { registerModel } from './published';
import { Workspace } from './workspace';

/** The end of a zip archive with one empty file, `manifest.json`, in it; the comment tells one from another. */
function archive(comment: string): Buffer {
  const name = Buffer.from('manifest.json');
  const header = (signature: number, length: number) => {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32LE(signature);
    bytes.writeUInt16LE(name.length, length === 30 ? 26 : 28);
    return Buffer.concat([bytes, name]);
  };
  const [local, central] = [header(0x04034b50, 30), header(0x02014b50, 46)];
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([local, central, end, Buffer.from(comment)]);
}

let steps: AgentSteps;

beforeAll(async () => (steps = await AgentSteps.create({})), 30_000);
afterAll(async () => await steps?.close());

/** A training that was built by the real agent and left what an execution leaves. */
async function trained(jobId: string, attempt: number, score: number | null): Promise<Buffer> {
  const { store } = steps;
  const run = { job_id: jobId, run_no: 1 };
  await store.openAttempt(run, 'training', attempt);
  await steps.answer('ModelBuilder.training', jobId, { attempt, more: { draft: { number: attempt, of: 3 } } });
  const workspace = new Workspace(steps.config.codingDir, jobId);
  const output = workspace.file(workspace.outputFolder('training', attempt));
  await mkdir(output, { recursive: true });
  const bytes = archive(`model of attempt ${attempt}`);
  await writeFile(path.join(output, 'model.zip'), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const artifacts = [{ kind: 'model' as const, path: 'model.zip', bytes: bytes.length, sha256 }];
  const leaderboard = [{ model_id: 'GBM_2', algorithm: 'GBM', metric: 'mae' as const, score, train_seconds: 1 }];
  const result: RuntimeResult = resultOf('training', { artifacts, leaderboard, metrics: { mae: 10 * attempt } });
  const execution: ExecutionReport = executionOf('training', { attempt, artifacts, models_trained: attempt });
  await store.saveOutput(run, 'training', attempt, 'result', result);
  await store.saveOutput(run, 'training', attempt, 'execution', execution);
  await registerModel(steps.dependencies, { ...run, attempt }, result);
  return bytes;
}

test('the best draft is published, whichever ran last; all that follows builds on it, and a repetition changes nothing', async () => {
  const { store, config } = steps;
  const jobId = await steps.job({ search: 3 });
  await store.openAttempt({ job_id: jobId, run_no: 1 }, 'analysis', 1);
  await steps.answer('DataProcessor.analysis', jobId);
  const { main } = createActivities(steps.dependencies);
  const run = { job_id: jobId, run_no: 1, from: 'analysis' as const };
  await main.finishPhase(run, 'analysis', 1);
  expect(await main.beginRun(run)).toMatchObject({ search: 3 });

  await trained(jobId, 1, 9);
  const best = await trained(jobId, 2, 7);
  await trained(jobId, 3, 8);
  for (const attempt of [1, 2, 3]) await main.finishDraft(run, attempt, { good: true, why: '' });
  const keep = async () => await steps.once('keepBest', jobId, { attempt: 3 }, [[1, 2, 3]]);
  expect(await keep()).toEqual({ attempt: 2 });
  // The last draft's model must not come back.
  expect(await keep()).toEqual({ attempt: 2 });
  await main.finishPhase(run, 'training', 2);

  const workspace = new Workspace(config.codingDir, jobId);
  expect(await readFile(workspace.file('model.zip'))).toEqual(best);
  expect(await readFile(path.join(config.modelsDir, jobId, 'model.zip'))).toEqual(best);
  expect(existsSync(workspace.file('training_script.py'))).toBe(true);
  const attempts = (await store.listAttempts(jobId)).filter(({ phase }) => phase === 'training');
  expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, 'not_chosen'],
    [2, 'succeeded'],
    [3, 'not_chosen'],
  ]);
  expect(attempts[2]!.detail).toBe('Attempt 2 validates better: mae 7 against mae 8.');
  expect(finishedAttempts(await store.listAttempts(jobId)).map(({ phase, attempt }) => [phase, attempt])).toEqual([
    ['analysis', 1],
    ['training', 2],
  ]);
  expect(await store.getJob(jobId)).toMatchObject({ score: 20, models_trained: 2 });
  const models = await store.database.read((manager) => manager.findBy(ModelRow, { job_id: jobId }));
  expect(models.map(({ attempt }) => attempt)).toEqual([2]);
  const { plan, result } = await new StoredSteps(steps.dependencies).training(jobId);
  expect(result.metrics).toEqual({ mae: 20 });
  expect(plan.rationale).toContain('Draft 2 of 3');
  const said = (await steps.messages(jobId)).filter(({ content }) => content.includes('is kept'));
  expect(said.map(({ content }) => content)).toEqual([
    'Of 3 drafts that succeeded attempt 2 is kept: it validates best, with mae 7.',
  ]);
  const events = await store.events(jobId, 0, 500);
  const kept = events.filter((event) => event.type === 'leaderboard' && event.data.attempt === 2);
  expect(kept).toHaveLength(2);
}, 60_000);

test('a model that is not what its run reported is not kept in silence', async () => {
  const jobId = await steps.job({ search: 2 });
  await steps.answer('DataProcessor.analysis', jobId);
  await trained(jobId, 1, 7);
  const workspace = new Workspace(steps.config.codingDir, jobId);
  await rm(path.join(workspace.file(workspace.outputFolder('training', 1)), 'model.zip'));
  await expect(steps.once('keepBest', jobId, { attempt: 1 }, [[1]])).rejects.toMatchObject({ type: 'missing_output' });
}, 60_000);

describe('drafts of a model', () => {
  let endpoint: ModelEndpoint;
  let asking: AgentSteps;

  beforeAll(async () => {
    endpoint = await ModelEndpoint.start((call) =>
      goodAnswer(call, call.agent === 'ModelBuilder' ? { algorithms: ['GLM'] } : {}),
    );
    asking = await AgentSteps.create({ OPENAI_API_KEY: 'sk-only-for-tests', OPENAI_BASE_URL: endpoint.url });
  }, 30_000);
  afterAll(async () => {
    await asking?.close();
    await endpoint?.stop();
  });

  test('that are all the same are refused, and the variation of the template is tried instead', async () => {
    const jobId = await asking.job({ search: 2 });
    await asking.answer('DataProcessor.analysis', jobId);
    const plans: TrainingPlan[] = [];
    for (const number of [1, 2]) {
      const answer = await asking.answer('ModelBuilder.training', jobId, {
        attempt: number,
        more: { draft: { number, of: 2 } },
      });
      plans.push(answer.output.plan as TrainingPlan);
      expect(answer.source).toBe(number === 1 ? 'llm' : 'template');
      const run = { job_id: jobId, run_no: 1 };
      await asking.store.saveOutput(run, 'training', number, 'execution', executionOf('training', { attempt: number }));
      await asking.store.saveOutput(run, 'training', number, 'result', resultOf('training'));
      await asking.answer('Analyst.training', jobId, { attempt: number });
    }
    expect(plans[0]!.algorithms).toEqual(['GLM']);
    expect(samePlan(plans[0]!, plans[1]!)).toBe(false);
    // Asked, refused with the reason, asked once more.
    const asked = endpoint.callsOf('ModelBuilder');
    expect(asked).toHaveLength(3);
    expect(JSON.stringify(asked[2]!.body.messages)).toContain('must differ from every earlier one');
  }, 60_000);
});
