import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Dependencies } from '../../src/activities/dependencies';
import { inheritFiles } from '../../src/activities/inheritance';
import { Workspace } from '../../src/activities/workspace';
import { dataProcessor } from '../../src/agents/data-processor';
import type { JobRun } from '../../src/contracts/jobs';
import type { Phase, ScriptPhase } from '../../src/contracts/status';
import { analysisInputOf, days, values } from '../support/agent-inputs';
import { storedUploadPath, uploadedFile } from '../../src/entities';
import { CSV, filesUnder, startApi, type TestApi } from './support/api';

/** Forks over HTTP and their files; Temporal is away, which must hurt neither. */
let api: TestApi;
beforeEach(async () => (api = await startApi({ EXECUTION_ENGINE: 'local' })), 60_000);
afterEach(async () => await api?.stop());

const deps = () =>
  ({ config: api.config, store: api.store, engine: { list: async () => [] } }) as unknown as Dependencies;
const workspaceOf = (id: string) => new Workspace(api.config.codingDir, id);
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

async function fork(id: string, from: Phase, changes?: object, key?: string) {
  return await api.call('POST', `/jobs/${id}/fork`, { from, changes }, key ? { 'idempotency-key': key } : {});
}

/** A job that has finished analysis and training, as the worker would have left it; the training at its 2nd attempt. */
async function trained(more: object = {}): Promise<string> {
  const id = await api.job({ target_column: 'sales', max_models: 3, ...more });
  const dataset_path = storedUploadPath(id, 'sales.csv');
  const place = uploadedFile(api.config.uploadDir, dataset_path);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, CSV);
  const dataset = { dataset_path, dataset_name: 'sales.csv', dataset_bytes: CSV.length };
  const claim = { from: 'analysis', allowedStatuses: ['created'], action: 'upload', dataset } as const;
  const run = (await api.store.claimRun(id, claim))!;
  const own = workspaceOf(id);
  mkdirSync(path.join(own.root, 'attempts', 'training-2'), { recursive: true });
  writeFileSync(own.dataset, CSV);
  writeFileSync(own.file('dataset.json'), '{}');
  writeFileSync(own.file('model.zip'), 'a model');
  writeFileSync(own.file('training_script.py'), 'train()');
  writeFileSync(path.join(own.root, 'attempts', 'training-2', 'training_script.py'), 'train()');
  const table = { date: days(60), sales: values(60, (row) => 100 + (row % 7)) };
  const input = analysisInputOf(table, { target_column: 'sales' }, { sha256: hashOf(CSV) });
  const answer = await dataProcessor.template(input, { signal: new AbortController().signal });
  await finish(run, 'analysis', 1);
  await api.store.saveOutput(run, 'analysis', 1, 'DataProcessor', answer);
  await api.store.openAttempt(run, 'training', 1);
  await api.store.finishAttempt(run, 'training', 1, { outcome: 'failed', detail: 'out of memory' });
  await finish(run, 'training', 2);
  await api.store.addMessage(run, {
    ...{ key: 'training-2-ModelBuilder-0', agent_name: 'ModelBuilder', content: 'A plan.' },
    ...{ message_type: 'agent', source: 'template' },
  });
  await api.store.saveModel(run, {
    ...{ attempt: 2, name: 'GBM (attempt 2)', model_path: path.join('coding', `pipeline_${id}`, 'model.zip') },
    ...{ metrics: { mae: 3 }, baseline: null, metric: 'mae' },
  });
  await api.store.updateJob(run, { target_column: 'sales', metric: 'mae', score: 3, models_trained: 3 });
  return id;
}

async function finish(run: JobRun, phase: Phase, attempt: number): Promise<void> {
  await api.store.openAttempt(run, phase, attempt);
  await api.store.finishAttempt(run, phase, attempt, { outcome: 'succeeded' });
  if (phase === 'analysis') return;
  const artifacts = [{ kind: 'model', path: 'model.zip', bytes: 7, sha256: hashOf('a model') }];
  await api.store.saveOutput(run, phase, attempt, 'execution', { attempt, succeeded: true, artifacts });
  await api.store.saveScript(run, {
    ...{ script_type: phase as ScriptPhase, attempt, script_name: `${phase}_script.py` },
    ...{ script_content: 'train()', agent_name: 'ModelBuilder' },
  });
}

it('takes over what is finished: rows, files and lineage, but not what it cost', async () => {
  const parent = await trained();
  const answer = await fork(parent, 'prediction', { name: 'Again' });
  expect(answer).toMatchObject({ status: 201, body: { status: 'queued' } });
  const id = answer.body.job_id as string;
  expect(await api.store.getJob(id)).toMatchObject({
    ...{ name: 'Again', parent_job_id: parent, root_job_id: parent, forked_from: 'prediction', version_number: 2 },
    ...{ status: 'queued', phase: 'prediction', run_no: 1, metric: 'mae', score: 3, target_column: 'sales' },
    dataset_path: `uploads/${id}/sales.csv`,
  });
  expect(await api.store.finishedPhases(id)).toEqual(['analysis', 'training']);
  expect(await api.store.lastAttempt(id, 'training', 1)).toBe(2);
  expect((await api.call('GET', `/jobs/${id}/messages`)).body).toMatchObject([{ content: 'A plan.', job_id: id }]);
  expect((await api.call('GET', `/jobs/${id}/scripts`)).body).toHaveLength(1);
  expect((await api.call('GET', `/jobs/${id}/statistics`)).body).toEqual([]);
  const [model] = (await api.call('GET', `/jobs/${id}/models`)).body as { model_path: string }[];
  expect(model!.model_path).toBe(path.join('coding', `pipeline_${id}`, 'model.zip'));

  await inheritFiles(deps(), { job_id: id, run_no: 1, from: 'prediction' });
  expect(await filesUnder(workspaceOf(id).root)).toEqual(
    ['attempts/training-2/training_script.py', 'dataset.csv', 'dataset.json', 'model.zip', 'training_script.py'].sort(),
  );
  expect(await filesUnder(path.join(api.config.uploadDir, id))).toEqual(['sales.csv']);
  expect(await filesUnder(path.join(api.config.modelsDir, id))).toEqual(['model.zip']);
  expect(await api.store.awaitsInheritance(id)).toBe(false);
  expect((await api.call('GET', `/jobs?parent=${parent}`)).body).toMatchObject([{ id }]);
});

it('counts the versions of a lineage through forks of forks, at once too', async () => {
  const parent = await trained();
  const [first, second] = await Promise.all([fork(parent, 'training'), fork(parent, 'training')]);
  await inheritFiles(deps(), { job_id: first!.body.job_id, run_no: 1, from: 'training' });
  const third = await fork(second!.body.job_id, 'analysis');
  const jobs = await Promise.all([first, second, third].map((one) => api.store.getJob(one!.body.job_id as string)));
  expect(jobs.map((job) => job!.version_number).sort()).toEqual([2, 3, 4]);
  expect(jobs.map((job) => job!.root_job_id)).toEqual([parent, parent, parent]);
  expect(jobs[2]!.parent_job_id).toBe(second!.body.job_id);
});

it('is made once a key', async () => {
  const parent = await trained();
  const [one, two] = await Promise.all([1, 2].map(() => fork(parent, 'training', { max_models: 5 }, 'k')));
  expect(one!.body.job_id).toBe(two!.body.job_id);
  expect(await fork(parent, 'training', { max_models: 6 }, 'k')).toMatchObject({
    ...{ status: 422, body: { code: 'idempotency_key_reused' } },
  });
});

it('merges changes over the parent, and null takes an option back', async () => {
  const parent = await trained({ max_runtime_secs: 60 });
  const { body } = await fork(parent, 'training', { max_models: 5, max_runtime_secs: null });
  expect((await api.store.getJob(body.job_id as string))!.options).toEqual({ max_models: 5 });
});

it.each([
  ['a phase that the parent has not reached', 'visualization', {}, 409, 'phase_not_reached'],
  ['a target for a fork behind the analysis', 'training', { target_column: 'x' }, 422, 'change_too_late'],
  ['a budget for a fork behind the training', 'prediction', { max_models: 5 }, 422, 'change_too_late'],
  ['a weight for a fork behind the training', 'prediction', { weight_column: 'x' }, 422, 'change_too_late'],
  ['an unknown setting', 'training', { colour: 'red' }, 422, 'invalid_request'],
  ['an unknown phase', 'lunch', {}, 422, 'invalid_request'],
] as const)('refuses %s', async (_, from, changes, status, code) => {
  const parent = await trained();
  expect(await fork(parent, from as Phase, changes)).toMatchObject({ status, body: { code } });
  expect((await api.call('GET', '/jobs')).body).toHaveLength(1);
});

it('refuses a job without data, and one that is not there', async () => {
  expect(await fork(await api.job(), 'analysis')).toMatchObject({ status: 409, body: { code: 'no_dataset' } });
  expect(await fork('nobody', 'analysis')).toMatchObject({ status: 404 });
});

it('fails where the parent was run again meanwhile, and copies nothing wrong', async () => {
  const parent = await trained();
  const { body } = await fork(parent, 'prediction');
  writeFileSync(workspaceOf(parent).file('model.zip'), 'another model');
  const run: JobRun = { job_id: body.job_id as string, run_no: 1, from: 'prediction' };
  await expect(inheritFiles(deps(), run)).rejects.toMatchObject({ failure: { code: 'parent_changed' } });
  expect(await filesUnder(workspaceOf(run.job_id).root)).not.toContain('model.zip');
});

it('finds what a killed worker left of the copying and completes it', async () => {
  const parent = await trained();
  const { body } = await fork(parent, 'prediction');
  const own = workspaceOf(body.job_id as string);
  mkdirSync(own.root, { recursive: true });
  writeFileSync(`${own.dataset}.4711.partial`, 'half');
  writeFileSync(own.file('dataset.json'), '{}');
  await inheritFiles(deps(), { job_id: body.job_id as string, run_no: 1, from: 'prediction' });
  expect((await filesUnder(own.root)).filter((name) => name.includes('.partial'))).toEqual([]);
  expect(readFileSync(own.dataset, 'utf8')).toBe(CSV);
});

it('keeps its files when the parent is deleted, which waits until the fork has them', async () => {
  const parent = await trained();
  const { body } = await fork(parent, 'prediction');
  await api.call('DELETE', `/jobs/${parent}`);
  expect(await api.store.hasWaitingForks(parent)).toBe(true);
  await inheritFiles(deps(), { job_id: body.job_id as string, run_no: 1, from: 'prediction' });
  expect(await api.store.hasWaitingForks(parent)).toBe(false);
});
