import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { orphans } from '../../src/checks/worker/orphans';
import { runCommandLine } from '../../src/cli/main';
import { Database } from '../../src/entities';
import { audit } from '../../src/entities/audit';
import { filesUnder, startApi, type TestApi } from './support/api';

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

/** What the command line says to `automl audit …`, and its exit code. */
async function auditCommand(...args: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const take = (text: unknown) => said.push(String(text)) > 0;
  const output = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation(take));
  try {
    const environment = { DATA_DIR: api.config.dataDir };
    const code = await runCommandLine(['node', 'automl', '--url', api.url, 'audit', ...args], environment);
    return { code, said: said.join('') };
  } finally {
    output.forEach((spy) => spy.mockRestore());
  }
}

it('is read on the command line, as a table and as JSON', async () => {
  expect(await auditCommand()).toEqual({ code: 0, said: 'Nothing has been changed yet.\n' });
  const id = await api.job();
  await api.call('PUT', `/jobs/${id}/name`, { name: `\u001b[31mRed ${'x'.repeat(150)}` });
  const other = await api.job();
  const { said } = await auditCommand(id);
  const [head, ...rows] = said.trimEnd().split('\n');
  expect(head).toMatch(/^time +action +job +detail$/);
  expect(rows.map((row) => row.split(/ +/)[1])).toEqual(['rename', 'create']);
  expect(said).not.toContain('\u001b');
  expect(rows[0]).toMatch(/x…$/);
  const json = await auditCommand('--json');
  expect(JSON.parse(json.said)).toEqual((await api.call('GET', '/audit')).body);
  expect(JSON.parse((await auditCommand('--json', '--limit', '1')).said)).toMatchObject([{ job_id: other }]);
  expect(JSON.parse((await auditCommand('nobody', '--json')).said)).toEqual([]);
  expect((await auditCommand('--limit', 'many')).code).not.toBe(0);
});

it('gives more rows than the API gives at once, each once', async () => {
  const id = await api.job();
  const database = await Database.open(api.config.databaseUrl);
  await database.write(async (manager) => {
    for (let row = 0; row < 1100; row += 1) await audit(manager, 'rename', id, { row });
  });
  await database.close();
  const rows = JSON.parse((await auditCommand('--json', '--limit', '1050')).said) as { id: number }[];
  expect(new Set(rows.map((row) => row.id)).size).toBe(1050);
  expect(rows).toHaveLength(1050);
});

it('the doctor names folders that belong to no job, and none that does or that is a data set', async () => {
  const id = await api.job();
  mkdirSync(path.join(api.config.codingDir, `pipeline_${id}`), { recursive: true });
  const look = () => orphans({ config: api.config, environment: {} });
  const form = new FormData();
  form.set('file', new Blob(['date,sales\n2024-01-01,1\n2024-01-02,2\n']), 'sales.csv');
  expect((await fetch(`${api.url}/datasets`, { method: 'POST', body: form })).status).toBe(201);
  expect((await filesUnder(api.config.uploadDir)).length).toBeGreaterThan(0);
  expect(await look()).toMatchObject({ verdict: 'ok' });
  mkdirSync(path.join(api.config.codingDir, 'pipeline_nobody'), { recursive: true });
  expect(await look()).toMatchObject({ verdict: 'warning', found: expect.stringContaining('coding/pipeline_nobody') });
});
