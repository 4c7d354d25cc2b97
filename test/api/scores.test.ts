import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startTemporal } from '../support/temporal';
import { startApi, type TestApi } from './support/api';

/** What a scoring is refused for before anything runs; scorings themselves are in the tiers with a real model. */
let temporal: TestWorkflowEnvironment;
let api: TestApi;

jest.setTimeout(60_000);
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  temporal = await startTemporal();
  api = await startApi({ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_TASK_QUEUE: 'scores' });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await temporal?.teardown();
});

const newJob = async () =>
  (await api.call('POST', '/jobs', { name: 'Job', prompt: 'Predict y' })).body.job_id as string;

it('a job without a model has nothing to score with', async () => {
  const job = await newJob();
  expect(await api.call('POST', `/jobs/${job}/score`, { rows: [{ x: 1 }] })).toMatchObject({
    status: 409,
    body: { code: 'not_ready', hint: expect.any(String) },
  });
  expect(await api.call('POST', '/jobs/nobody/score', {})).toMatchObject({ status: 404 });
  const id = 'score_00000000-0000-0000-0000-000000000000';
  for (const score of [id, '..%2F..%2Fdataset', 'x']) {
    expect(await api.call('GET', `/jobs/${job}/scores/${score}/predictions_csv`)).toMatchObject({ status: 404 });
  }
});

it.each([
  ['no rows', { rows: [] }],
  ['too many rows', { rows: Array.from({ length: 10_001 }, () => ({ x: 1 })) }],
  ['a list in a cell', { rows: [{ x: [1] }] }],
  ['an endless cell', { rows: [{ x: 'y'.repeat(100_001) }] }],
  ['a nameless column', { rows: [{ '': 1 }] }],
  ['no horizon that is one', { horizon: 0 }],
])('a request with %s is refused', async (_, body) => {
  const job = await newJob();
  expect(await api.call('POST', `/jobs/${job}/score`, body)).toMatchObject({
    status: 422,
    body: { code: 'invalid_request', errors: expect.any(Array) },
  });
});
