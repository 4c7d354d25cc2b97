import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobView, MessageView, ModelView, PlanView, ResultsView } from '../../src/contracts/jobs';
import type { TimelineView } from '../../src/contracts/timeline';
import { StateFile } from '../../src/launcher/state';
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
  const { executions: begun } = await client.json<TimelineView>(`/jobs/${id}/timeline`);
  expect(begun.map((run) => [run.stage, run.exit])).toEqual([
    ['seal', 'exited'],
    ['train', 'paused'],
  ]);

  await post(`/jobs/${id}/resume`);
  const final = await client.final(id, 300);
  if (final.status !== 'completed') throw new Error(`${final.error_message}\n${await childLog(stack, 'worker')}`);
  expect(final.pause_requested).toBe(false);
  const { executions, attempts } = await client.json<TimelineView>(`/jobs/${id}/timeline`);
  const training = executions.filter((run) => run.stage === 'train');
  expect(training.map((run) => [run.attempt, run.incarnation, run.exit])).toEqual([
    [1, 1, 'paused'],
    [1, 2, 'exited'],
  ]);
  expect(attempts.filter((one) => one.phase === 'training')).toHaveLength(1);
  const logs = await client.json<{ message: string }[]>(`/jobs/${id}/logs`);
  const loaded = logs.filter(({ message }) => message.endsWith('is loaded from its checkpoint.'));
  expect(loaded).toHaveLength(paused.models_trained);
  expect(training.map((run) => run.loaded_models)).toEqual([0, paused.models_trained]);
  const [model] = await client.json<ModelView[]>(`/jobs/${id}/models`);
  expect(model!.metrics['auc']).toBeGreaterThan(0.9);
}, 400_000);

test('a plan is changed at its gate; the result is shown, also after a kill, trained otherwise, shown again and kept', async () => {
  const id = await client.createJob({ ...JOB, name: 'Revised', max_models: 4, approval: 'all' });
  await client.upload(id, DATA);
  const { bounds } = await planOf(id, 1);
  const refused = await fetch(`${stack.url}/jobs/${id}/plan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ features: ['diagnosis'], folds: 11 }),
  });
  expect(refused.status).toBe(422);
  const features = bounds.features.slice(0, 6);
  await post(`/jobs/${id}/plan`, { features, algorithms: ['GLM'], folds: 2, max_models: 1 });
  const { plan, edits } = await planOf(id, 2);
  expect(plan).toMatchObject({ features, algorithms: ['GLM'], max_models: 1, validation: { folds: 2 } });
  expect(edits).toEqual({ features, algorithms: ['GLM'], folds: 2 });
  await post(`/jobs/${id}/approve`, { answer: 'approve' });
  const first = await resultOf(id, 'final-1-1');
  expect(first).toMatchObject({ phase: 'visualization', models_trained: 1 });
  expect(first.question_detail!.text).toContain(`AUC ${Number(first.score!.toPrecision(4))}`);
  expect(first.question_detail!.choices.map((choice) => choice.id)).toEqual(['approve', 'revise', 'reject']);
  expect(await trained(id)).toEqual([
    [1, 'revised'],
    [2, 'succeeded'],
  ]);

  await killWorker(stack);
  await post(`/jobs/${id}/plan`, { algorithms: ['DRF'], max_models: 1 });
  expect((await planOf(id, 3)).plan).toMatchObject({ algorithms: ['DRF'], features: bounds.features });
  await post(`/jobs/${id}/approve`, { answer: 'approve' });
  const second = await resultOf(id, 'final-1-2');
  expect(second.score).not.toBe(first.score);
  const late = await post(`/jobs/${id}/approve`, { answer: 'approve', question: 'final-1-1' }).catch(String);
  expect(late).toContain('other_question');
  await post(`/jobs/${id}/messages`, { content: 'Keep the result' });
  expect(await client.final(id, 60)).toMatchObject({ status: 'completed', run_no: 1, score: second.score });
  expect((await trained(id)).at(-1)).toEqual([3, 'succeeded']);
  const [model] = await client.json<ModelView[]>(`/jobs/${id}/models`);
  expect(model!.name).toContain('DRF');
  const messages = await client.json<MessageView[]>(`/jobs/${id}/messages`);
  const answers = messages.filter(({ content }) => content.startsWith('Answer: ')).map(({ content }) => content);
  expect(answers).toEqual(['Answer: Train again with changes.', 'Answer: Keep the result.']);
}, 400_000);

test('asks what the data leave open, tries two drafts and keeps one, through the death of the worker at each of them', async () => {
  const id = await client.createJob({
    name: 'Shop',
    prompt: 'Predict north and south',
    ...{ ask: true, search: 2, max_models: 1, seed: 7 },
  });
  const file = path.join(stack.dataDir, 'shop.csv');
  await writeFile(file, shop());
  await client.upload(id, file);
  await client.until(id, (job) => job.final || job.question_detail?.id === 'dates-1', 120);
  await killWorker(stack);
  expect(await post(`/jobs/${id}/messages`, { content: 'Day first, please' })).toMatchObject({ answer: 'day_first' });
  const { question_detail: asked } = await client.until(
    id,
    (job) => job.final || job.question_detail?.id === 'target-1',
    120,
  );
  const [assumed, other] = asked!.choices;
  await post(`/jobs/${id}/approve`, { answer: other!.id, question: asked!.id });

  const drafts = async () => (await trained(id)).map(([, outcome]) => outcome);
  while ((await drafts()).length < 2) await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await drafts())[0]).toBe('succeeded');
  await killWorker(stack);
  const final = await client.final(id, 300);
  if (final.status !== 'completed') throw new Error(`${final.error_message}\n${await childLog(stack, 'worker')}`);
  expect(final.target_column).toBe(other!.label);
  expect(assumed!.label).not.toBe(other!.label);

  const ends = await trained(id);
  expect(ends.map(([, outcome]) => outcome).sort()).toEqual(['not_chosen', 'succeeded']);
  const [kept] = ends.find(([, outcome]) => outcome === 'succeeded')!;
  const { executions } = await client.json<TimelineView>(`/jobs/${id}/timeline`);
  const runs = executions.filter((run) => run.stage === 'train');
  expect(runs.map((run) => [run.attempt, run.incarnation, run.exit])).toEqual([
    [1, 1, 'exited'],
    [2, 1, 'exited'],
  ]);
  const models = await client.json<ModelView[]>(`/jobs/${id}/models`);
  expect(models.map(({ name }) => name)).toEqual([expect.stringContaining(`(attempt ${kept})`)]);
  expect(final.score).toBe(models[0]!.metrics[final.metric!]);
  const { leaderboard, predictions_csv } = await client.json<ResultsView>(`/jobs/${id}/results`);
  expect([...new Set(leaderboard.map((row) => row.attempt))]).toEqual([kept]);
  expect(predictions_csv).toBe(true);
  expect((await client.json<PlanView>(`/jobs/${id}/plan`)).attempt).toBe(kept);
  const messages = await client.json<MessageView[]>(`/jobs/${id}/messages`);
  const said = messages.map(({ content }) => content);
  expect(said.filter((text) => text.startsWith('Answer: '))).toEqual([
    'Answer: Day first.',
    `Answer: ${other!.label}.`,
  ]);
  expect(said.filter((text) => text.includes(`attempt ${kept} is kept`))).toHaveLength(1);
}, 400_000);

/** Two columns alike, and dates in no order that read both ways. */
function shop(): string {
  const pad = (part: number) => String(part).padStart(2, '0');
  const lines = Array.from({ length: 150 }, (_, row) => {
    const [day, month] = [1 + ((row * 7) % 12), 1 + ((row * 5) % 12)];
    const x = (row * 31) % 97;
    return `${x},${(row * 17) % 23},${100 + x + (row % 5)},${300 - x + (row % 7)},${pad(day)}/${pad(month)}/2024`;
  });
  return ['size,visits,north,south,sold', ...lines].join('\n');
}

async function resultOf(id: string, question: string): Promise<JobView> {
  return await client.until(id, (job) => job.final || job.question_detail?.id === question, 300);
}

/** It is started again by its launcher. */
async function killWorker({ dataDir }: TestStack): Promise<void> {
  const { children } = new StateFile(path.join(dataDir, 'run')).running() ?? {};
  process.kill(children!.worker!.pid, 'SIGKILL');
}

async function trained(id: string): Promise<[number, string | null][]> {
  const { attempts } = await client.json<TimelineView>(`/jobs/${id}/timeline`);
  return attempts.flatMap(({ phase, attempt, outcome }) => (phase === 'training' ? [[attempt, outcome]] : []));
}

/** The plan of this attempt, once the job waits for a word about it. */
async function planOf(id: string, attempt: number): Promise<PlanView> {
  for (let asked = 0; asked < 240; asked += 1) {
    const view = await client.json<PlanView>(`/jobs/${id}/plan`).catch(() => undefined);
    if (view?.attempt === attempt && view.open) return view;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`The plan of attempt ${attempt} did not come.`);
}

test('a limit that falls ends a training that runs, with what is finished; one that rises lets it go on', async () => {
  const start = async (name: string, max_models: number) => {
    const id = await client.createJob({ ...JOB, name, max_models });
    await client.upload(id, DATA);
    return id;
  };
  const change = async (id: string, max_models: number) => {
    await client.until(id, (job) => job.models_trained >= 1 || job.final, 200);
    const changed = JSON.stringify({ max_models });
    const { message } = await client.json(`/jobs/${id}`, { method: 'PATCH', body: changed });
    expect(message).toMatch(/from its next model on/);
  };
  const lowered = await start('Lowered', 10);
  await change(lowered, 2);
  // Five models of room: the change must arrive before the last of the old limit is trained.
  const raised = await start('Raised', 6);
  await change(raised, 7);
  for (const [id, fewest, most, max_models] of [
    [lowered, 2, 4, 2],
    [raised, 7, 7, 7],
  ] as const) {
    const job = await client.final(id, 400);
    if (job.status !== 'completed') throw new Error(`${job.error_message}\n${await childLog(stack, 'worker')}`);
    expect(job.models_trained).toBeGreaterThanOrEqual(fewest);
    expect(job.models_trained).toBeLessThanOrEqual(most);
    expect((await client.json<ResultsView>(`/jobs/${id}/results`)).limits).toEqual({
      max_models,
      max_runtime_secs: null,
    });
    const told = (await client.events(id)).flatMap((event) =>
      event.type === 'attempt' && event.data.state === 'limits_changed' ? [event.data.detail] : [],
    );
    expect(told).toEqual([expect.stringContaining(`${max_models} models`)]);
    const { executions } = await client.json<TimelineView>(`/jobs/${id}/timeline`);
    expect(executions.filter((run) => run.stage === 'train')).toHaveLength(1);
  }
}, 900_000);

test('forked at its training and at its prediction: what is finished before is taken over, the rest is made', async () => {
  const id = await client.createJob({ ...JOB, name: 'Parent', max_models: 2 });
  await client.upload(id, DATA);
  const parent = await client.final(id, 300);
  expect(parent).toMatchObject({ status: 'completed', version_number: 1, forked_from: null });

  const made = await Promise.all([
    post(`/jobs/${id}/fork`, { from: 'training', changes: { max_models: 3, name: 'More models' } }),
    post(`/jobs/${id}/fork`, { from: 'prediction' }),
  ]);
  await client.json(`/jobs/${id}`, { method: 'DELETE' });
  const [retrained, predicted] = await Promise.all(
    made.map(async ({ job_id }) => {
      const job = await client.final(job_id as string, 400);
      if (job.status !== 'completed') throw new Error(`${job.error_message}\n${await childLog(stack, 'worker')}`);
      const { executions } = await client.json<TimelineView>(`/jobs/${job.id}/timeline`);
      return { ...job, ran: executions.map((run) => run.phase) };
    }),
  );
  expect(retrained).toMatchObject({ name: 'More models', models_trained: 3, parent_job_id: id });
  expect(retrained!.ran).toEqual(['training', 'training', 'training', 'prediction', 'visualization']);
  expect(predicted).toMatchObject({ score: parent.score, parent_job_id: id });
  expect([retrained!.version_number, predicted!.version_number].sort()).toEqual([2, 3]);
  expect(predicted!.ran).toEqual(['prediction', 'visualization']);
  expect(await client.json(`/jobs/${predicted!.id}/results`)).toMatchObject({ predictions_csv: true });
}, 400_000);
