import path from 'node:path';
import type { ModelView } from '../../src/contracts/jobs';
import type { TimelineView } from '../../src/contracts/timeline';
import { RestClient } from '../support/client';
import { childLog, startStack, type TestStack } from '../support/stack';

/** The user's controls on a real training: API, worker, Temporal and H2O as they run for a user. */
const DATA = path.join(__dirname, '..', '..', 'examples', 'breast_cancer.csv');
const JOB = { prompt: 'Predict whether the tumour is malignant', target_column: 'diagnosis', seed: 7 };

let stack: TestStack;
let client: RestClient;

beforeAll(async () => {
  stack = await startStack({ env: { EXECUTION_ENGINE: 'local' } });
  client = new RestClient(stack.url);
}, 600_000);
afterAll(async () => await stack?.stop(), 60_000);

const post = async (route: string, body: object = {}) =>
  await client.json(route, { method: 'POST', body: JSON.stringify(body) });

test('approved, paused during its training, resumed: nothing is trained twice, and the job completes', async () => {
  const id = await client.createJob({ ...JOB, name: 'Paused', max_models: 4, approval: 'plan' });
  await client.upload(id, DATA);
  await client.until(id, (job) => job.status === 'awaiting_user_input', 60);
  const said = await post(`/jobs/${id}/messages`, { content: 'Sí, adelante' });
  expect(said).toMatchObject({ message_type: 'user', answer: 'approve' });

  await client.until(id, (job) => job.models_trained >= 1, 120);
  await post(`/jobs/${id}/pause`);
  const paused = await client.until(id, (job) => job.status === 'paused' || job.final, 120);
  expect(paused).toMatchObject({ status: 'paused', phase: 'training', pause_requested: true });
  expect(paused.models_trained).toBeLessThan(4);
  expect((await client.json<TimelineView>(`/jobs/${id}/timeline`)).executions.map((run) => run.exit)).toEqual([
    'paused',
  ]);

  await post(`/jobs/${id}/resume`);
  const final = await client.final(id, 300);
  if (final.status !== 'completed') throw new Error(`${final.error_message}\n${await childLog(stack, 'worker')}`);
  expect(final.pause_requested).toBe(false);
  const { executions, attempts } = await client.json<TimelineView>(`/jobs/${id}/timeline`);
  const training = executions.filter((run) => run.phase === 'training');
  expect(training.map((run) => [run.attempt, run.incarnation, run.exit])).toEqual([
    [1, 1, 'paused'],
    [1, 2, 'exited'],
  ]);
  expect(attempts.filter((one) => one.phase === 'training')).toHaveLength(1);
  const logs = await client.json<{ message: string }[]>(`/jobs/${id}/logs`);
  const loaded = logs.filter(({ message }) => message.endsWith('is loaded from its checkpoint.'));
  expect(loaded).toHaveLength(paused.models_trained);
  const [model] = await client.json<ModelView[]>(`/jobs/${id}/models`);
  expect(model!.metrics['auc']).toBeGreaterThan(0.9);
}, 400_000);
