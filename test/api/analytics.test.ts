import { startApi, type TestApi } from './support/api';

let api: TestApi;
beforeEach(async () => (api = await startApi({ EXECUTION_ENGINE: 'local' })), 60_000);
afterEach(async () => await api?.stop());

it('tells what jobs did in the last days, without those that were deleted', async () => {
  const [kept, gone] = [await api.job(), await api.job()];
  const failure = { category: 'data' as const, code: 'too_few_rows', message: 'Too few rows.', hint: 'Upload more.' };
  for (const id of [kept, gone]) {
    const run = { job_id: id, run_no: 0 };
    await api.store.openAttempt(run, 'analysis', 1);
    await api.store.finishAttempt(run, 'analysis', 1, { outcome: 'failed', failure });
  }
  await api.call('DELETE', `/jobs/${gone}`);
  const { status, body } = await api.call('GET', '/analytics?days=7');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    days: 7,
    cut: false,
    jobs: { created: 1, success_rate: null },
    phases: [{ phase: 'analysis', attempts: 1, failed: 1, succeeded: 0, seconds: { p50: null } }],
    errors: [{ category: 'data', code: 'too_few_rows', attempts: 1, jobs: 0 }],
    agents: [],
    executions: { runs: 0, replacements: 0 },
  });
  expect(body.by_day).toHaveLength(7);
  expect(body.by_day.at(-1)).toMatchObject({ day: new Date().toISOString().slice(0, 10), created: 1 });
});

it.each(['0', '366', 'many'])('refuses %s days with what is allowed', async (days) => {
  const { status, body } = await api.call('GET', `/analytics?days=${days}`);
  expect(status).toBe(422);
  expect(JSON.stringify(body)).toContain('days');
});
