import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { orphans } from '../../src/cli/checks/orphans';
import { startApi, type TestApi } from './support/api';

let api: TestApi;
beforeEach(async () => (api = await startApi({ EXECUTION_ENGINE: 'local' })), 60_000);
afterEach(async () => await api?.stop());

it('tells every call that changed something, newest first, page by page, and outlives the job', async () => {
  const id = await api.job();
  await api.call('PUT', `/jobs/${id}/name`, { name: 'Renamed' });
  const { body } = await api.call('POST', '/connections', { name: 'Files', type: 'sqlite', database: 'sales.db' });
  await api.call('DELETE', `/connections/${body.id}`);
  await api.call('POST', `/jobs/${id}/cancel`);
  const first = await api.call('GET', '/audit?limit=2');
  expect(first.body).toMatchObject([
    { action: 'cancel', job_id: id },
    { action: 'delete_connection', job_id: null },
  ]);
  expect(first.headers.get('x-total-count')).toBe('5');
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')![1]!;
  const route = next.startsWith('http') ? new URL(next).pathname + new URL(next).search : next;
  const second = await api.call('GET', route);
  expect(second.body.map((row: { action: string }) => row.action)).toEqual(['create_connection', 'rename']);
  expect((await api.call('GET', `/audit?job=${id}`)).body).toHaveLength(3);
  await api.store.purgeJob(id);
  expect((await api.call('GET', `/audit?job=${id}`)).body).toHaveLength(3);
});

it('the doctor names folders that belong to no job, and none that does', async () => {
  const id = await api.job();
  mkdirSync(path.join(api.config.codingDir, `pipeline_${id}`), { recursive: true });
  const look = () => orphans({ config: api.config, environment: {} });
  expect(await look()).toMatchObject({ verdict: 'ok' });
  mkdirSync(path.join(api.config.codingDir, 'pipeline_nobody'), { recursive: true });
  expect(await look()).toMatchObject({ verdict: 'warning', found: expect.stringContaining('coding/pipeline_nobody') });
});
