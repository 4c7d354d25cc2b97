import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { installationOf as installationOfEngines } from '../../src/engines/names';
import { installationOf } from '../../src/api/health/health.controller';
import { JobView, Problem, workflowIdOf } from '../../src/contracts/jobs';
import { startTemporal } from '../support/temporal';
import { CSV, filesUnder, rawRequest, startApi, type TestApi } from './support/api';

let temporal: TestWorkflowEnvironment;
let api: TestApi;

beforeAll(async () => {
  temporal = await startTemporal();
  api = await startApi({ TEMPORAL_ADDRESS: temporal.address, MAX_UPLOAD_MB: '1' });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await temporal?.teardown();
});

const statusOf = async (id: string) => (await api.call('GET', `/jobs/${id}`)).body.status as string;
const described = async (id: string) => await temporal.client.workflow.getHandle(workflowIdOf(id)).describe();
async function ended(id: string, status: 'completed' | 'failed' | 'partial', phase: 'training' | 'final_check') {
  const { run_no } = (await api.store.getJob(id))!;
  await api.store.updateJob({ job_id: id, run_no }, { status, phase });
  await temporal.client.workflow.getHandle(workflowIdOf(id)).terminate();
}

describe('how long a job would take', () => {
  it('is told from completed jobs of its kind, and is null before there is one', async () => {
    const route = '/jobs/estimate?bytes=40000&max_models=5';
    expect(await api.call('GET', route)).toMatchObject({
      status: 200,
      body: { max_models: 5, max_runtime_secs: null, seconds: null, jobs: 0 },
    });
    const table = `${CSV}${'2024-02-01,3\n'.repeat(3000)}`;
    for (const more of [{ max_models: 5 }, { max_models: 5, ask: true }, { max_models: 5, max_runtime_secs: 60 }]) {
      const id = await api.job(more);
      await api.upload(id, table);
      await ended(id, 'completed', 'final_check');
    }
    // The one that may have waited for an answer and the one with a time limit tell nothing of this one.
    const { body } = await api.call('GET', route);
    expect(body).toMatchObject({ jobs: 1, seconds: { least: expect.any(Number) } });
    expect(body.seconds.least).toBe(body.seconds.most);
    expect((await api.call('GET', '/jobs/estimate?bytes=400&max_models=5')).body.jobs).toBe(0);
    expect((await api.call('GET', '/jobs/estimate')).status).toBe(422);
  });
});

describe('a job over HTTP', () => {
  it('is made, uploaded, and started as one workflow with everything the UI shows', async () => {
    const { status, body } = await api.call('POST', '/jobs', {
      name: 'Sales',
      prompt: 'Forecast two weeks',
      target_column: 'sales',
      horizon: 14,
    });
    expect([status, body]).toEqual([
      201,
      { job_id: expect.any(String), status: 'created', message: expect.any(String) },
    ]);
    const id = body.job_id as string;
    const uploaded = await api.upload(id, CSV, 'Ventas año 2024.csv');
    expect(uploaded.status).toBe(200);
    expect(uploaded.body.file_path).toBe(`uploads/${id}/Ventas_año_2024.csv`);
    expect(await readFile(path.join(api.config.dataDir, uploaded.body.file_path), 'utf8')).toBe(CSV);

    const answer = await api.call('GET', `/jobs/${id}`);
    const job = JobView.parse(answer.body);
    expect(job).toMatchObject({ status: 'queued', run_no: 1, target_column: 'sales', options: { horizon: 14 } });
    expect(answer.headers.get('retry-after')).toBe('2');
    const headers = { 'if-none-match': answer.headers.get('etag')! };
    expect(await rawRequest(api.url, { route: `/jobs/${id}`, headers })).toEqual({ status: 304, body: '' });

    const workflow = await described(id);
    expect(workflow).toMatchObject({ type: 'automlJob', status: { name: 'RUNNING' }, memo: { run_no: 1 } });
    expect(workflow.searchAttributes).toMatchObject({ AutomlStatus: ['queued'], AutomlTarget: ['sales'] });
  });

  it('answers ready while database and Temporal do', async () => {
    expect(await api.call('GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { database: true, temporal: true },
    });
    const live = await api.call('GET', '/health/live');
    expect(live.body).toEqual({ status: 'ok', instance: installationOf(api.config.dataDir) });
    // What the engines label their executions with.
    expect(live.body.instance).toBe(installationOfEngines(api.config.dataDir));
    expect((await api.call('GET', '/system')).body).toMatchObject({ database: 'sqlite', max_upload_bytes: 1024 ** 2 });
  });

  it('runs again only when it is final, from the phase that did not finish', async () => {
    const id = await api.job();
    expect(await api.call('POST', `/jobs/${id}/retry`)).toMatchObject({ status: 409, body: { code: 'job_not_final' } });
    await api.upload(id, CSV);
    expect(await api.call('POST', `/jobs/${id}/retry`)).toMatchObject({ status: 409, body: { code: 'job_not_final' } });
    const run = { job_id: id, run_no: 1 };
    await api.store.openAttempt(run, 'analysis', 1);
    await api.store.finishAttempt(run, 'analysis', 1, { outcome: 'succeeded' });
    await ended(id, 'failed', 'training');

    const tooFar = await api.call('POST', `/jobs/${id}/retry`, { from: 'prediction' });
    expect(tooFar).toMatchObject({ status: 409, body: { code: 'phase_not_reached' } });
    const answers = await Promise.all([
      api.call('POST', `/jobs/${id}/retry`),
      api.call('POST', `/jobs/${id}/retry`, {}),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(answers.find((answer) => answer.status === 200)?.body.previous_status).toBe('failed');
    expect((await described(id)).memo).toEqual({ run_no: 2, from: 'training' });

    await ended(id, 'completed', 'final_check');
    expect(await api.call('POST', `/jobs/${id}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'already_completed' },
    });
    expect(await api.call('POST', `/jobs/${id}/retry`, { from: 'nonsense' })).toMatchObject({ status: 422 });
    expect((await api.call('POST', `/jobs/${id}/retry`, { from: 'analysis' })).status).toBe(200);
  });

  it('is cancelled: at once before it started, through its workflow while it runs, never twice', async () => {
    const early = await api.job();
    expect((await api.call('POST', `/jobs/${early}/cancel`)).status).toBe(200);
    expect(await statusOf(early)).toBe('cancelled');
    const again = await api.call('POST', `/jobs/${early}/cancel`);
    expect(again).toMatchObject({ status: 409, body: { code: 'already_final' } });

    const id = await api.job();
    await api.upload(id, CSV);
    expect(await api.call('POST', `/jobs/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { previous_status: 'queued' },
    });
    const history = await temporal.client.workflow.getHandle(workflowIdOf(id)).fetchHistory();
    expect(history.events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);
    expect((await api.call('GET', `/jobs/${id}`)).body.cancel_requested).toBe(true);
  });

  it('vanishes from every route when it is deleted, and its purge is started', async () => {
    const id = await api.job();
    await api.upload(id, CSV);
    expect((await api.call('DELETE', `/jobs/${id}`)).status).toBe(204);
    const purge = await temporal.client.workflow.getHandle(`automl-purge-${id}`).describe();
    expect(purge).toMatchObject({ type: 'purgeJob', status: { name: 'RUNNING' } });
    for (const route of ['', '/logs', '/events', '/predictions_csv', '/results', '/timeline']) {
      expect([route, (await api.call('GET', `/jobs/${id}${route}`)).status]).toEqual([route, 404]);
    }
    expect((await api.call('DELETE', `/jobs/${id}`)).status).toBe(404);
  });

  it('is renamed, listed, searched and paged with plain arrays', async () => {
    const ids = [
      await api.job({ name: 'Paged A' }),
      await api.job({ name: 'Paged B' }),
      await api.job({ name: 'Paged C' }),
    ];
    expect((await api.call('PUT', `/jobs/${ids[0]}/name`, { name: 'Paged D' })).body.name).toBe('Paged D');
    const first = await api.call('GET', '/jobs?search=paged&limit=2&status=created');
    expect(first.headers.get('x-total-count')).toBe('3');
    const [, next] = /<([^>]+)>; rel="next"/.exec(first.headers.get('link')!)!;
    const second = await api.call('GET', next!);
    const names = [...first.body, ...second.body].map((job: { name: string }) => job.name);
    expect(names).toEqual(['Paged C', 'Paged B', 'Paged D']);
    expect(second.headers.get('link')).toBeNull();
  });

  it('is made once by twenty parallel calls with one key', async () => {
    const body = { name: 'Once', prompt: 'once only' };
    const key = { 'idempotency-key': 'abc' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.call('POST', '/jobs', body, key)));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.job_id}`)).size).toBe(1);
    expect((await api.call('GET', '/jobs?search=once')).body).toHaveLength(1);
    const other = await api.call('POST', '/jobs', { ...body, prompt: 'other' }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });
});

describe('bad input is a clear problem, and nothing is left of it', () => {
  const zip = Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0, 0, 0, 1, 2, 3, 4]);
  const files: [string, string | Buffer, number, string][] = [
    ['empty', '', 422, 'empty_file'],
    ['blank', ' \n\n \r\n', 422, 'empty_file'],
    ['header only', 'date,sales\n', 422, 'header_only'],
    ['a zip named .csv', zip, 422, 'not_a_table'],
    ['binary data', Buffer.from(Array.from({ length: 4000 }, (_, index) => index % 7)), 422, 'not_a_table'],
    ['a web page', '<!doctype html><html><body>Sign in</body></html>', 422, 'not_a_table'],
    ['JSON', '{"rows": [1, 2, 3]}', 422, 'not_a_table'],
    ['too large', `a,b\n${'1,2\n'.repeat(400_000)}`, 413, 'file_too_large'],
  ];
  it.each(files)('file: %s', async (_what, content, status, code) => {
    const id = await api.job();
    const answer = await api.upload(id, content);
    expect(Problem.parse(answer.body)).toMatchObject({ status, code, category: 'data' });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.hint.length).toBeGreaterThan(10);
    expect(await statusOf(id)).toBe('created');
    expect(
      (await filesUnder(api.config.uploadDir)).filter((file) => /quarantine|^[^/]*$/.test(file) || file.startsWith(id)),
    ).toEqual([]);
    // The job still takes a good file.
    expect((await api.upload(id, CSV)).status).toBe(200);
  });

  it('uploads that are no upload', async () => {
    const id = await api.job();
    const plain = await api.call('POST', `/jobs/${id}/upload`, { file: 'x' });
    expect(plain).toMatchObject({ status: 415, body: { code: 'multipart_expected' } });
    const send = async (form: FormData) => {
      const response = await fetch(`${api.url}/jobs/${id}/upload`, { method: 'POST', body: form });
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    const wrongField = new FormData();
    wrongField.set('data', new Blob([CSV]), 'a.csv');
    expect(await send(wrongField)).toEqual([400, 'upload_malformed']);
    const twoFiles = new FormData();
    twoFiles.append('file', new Blob([CSV]), 'a.csv');
    twoFiles.append('file', new Blob([CSV]), 'b.csv');
    expect(await send(twoFiles)).toEqual([400, 'upload_malformed']);
    const noFile = new FormData();
    noFile.set('note', 'no file here');
    expect(await send(noFile)).toEqual([400, 'file_missing']);
    const torn = await api.call('POST', `/jobs/${id}/upload`, '--b\r\nContent-Disposition: form-data; name="file"', {
      'content-type': 'multipart/form-data; boundary=b',
    });
    expect(torn).toMatchObject({ status: 400, body: { code: 'upload_malformed' } });
    expect(await filesUnder(path.join(api.config.uploadDir, '.quarantine'))).toEqual([]);
    expect(await statusOf(id)).toBe('created');
  });

  it('a path in the file name stays a name', async () => {
    for (const [given, kept] of [
      ['../../../etc/passwd.csv', 'passwd.csv'],
      ['C:\\data\\..\\x.csv', 'x.csv'],
      ['...csv', 'dataset.csv'],
      ['.htaccess', 'htaccess.csv'],
      ['a;rm -rf $(x).csv', 'a_rm_-rf_x_.csv'],
    ]) {
      const id = await api.job();
      const answer = await api.upload(id, CSV, given);
      expect([given, answer.body.file_path]).toEqual([given, `uploads/${id}/${kept}`]);
      expect(await filesUnder(path.join(api.config.uploadDir, id))).toEqual([kept]);
    }
  });

  it('an upload that the client breaks off leaves nothing', async () => {
    const id = await api.job();
    const { port } = new URL(api.url);
    await new Promise<void>((resolve) => {
      const request = http.request({
        host: '127.0.0.1',
        port,
        path: `/jobs/${id}/upload`,
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': '500000' },
      });
      request.on('error', () => resolve());
      request.on('close', () => resolve());
      request.write(
        `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${'1,2\n'.repeat(30_000)}`,
      );
      setTimeout(() => request.destroy(), 150);
    });
    const quarantine = path.join(api.config.uploadDir, '.quarantine');
    await until(async () => (await filesUnder(quarantine)).length === 0);
    expect((await api.upload(id, CSV)).status).toBe(200);
  });

  it.each([
    ['longer than what is sent', 100],
    ['shorter than what is sent', -10],
  ])('a content length that is %s', async (_what, by) => {
    const id = await api.job();
    const { port } = new URL(api.url);
    const body = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${CSV}\r\n--b--\r\n`;
    const answer = await new Promise<string>((resolve) => {
      const headers = `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${body.length + by}`;
      const socket = net.connect(Number(port), '127.0.0.1', () =>
        socket.end(`POST /jobs/${id}/upload HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n${body}`),
      );
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('error', () => resolve(text));
      socket.on('close', () => resolve(text));
    });
    // Node itself answers what follows a body that is too long for its header.
    expect(answer).not.toContain('200 OK');
    await until(async () => (await filesUnder(path.join(api.config.uploadDir, '.quarantine'))).length === 0);
    expect(await statusOf(id)).toBe('created');
    expect((await api.upload(id, CSV)).status).toBe(200);
  });

  it('of two uploads at once one has the job', async () => {
    const id = await api.job();
    const answers = await Promise.all([api.upload(id, CSV), api.upload(id, `${CSV}2024-01-03,3\n`)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    const kept = await readFile(path.join(api.config.uploadDir, id, 'sales.csv'), 'utf8');
    expect(kept).toBe(answers[0]!.status === 200 ? CSV : `${CSV}2024-01-03,3\n`);
    expect(await api.upload(id, CSV)).toMatchObject({ status: 409, body: { code: 'already_uploaded' } });
    expect(await filesUnder(path.join(api.config.uploadDir, '.quarantine'))).toEqual([]);
  });

  it.each([
    ['POST', '/jobs', 400, 'invalid_json', '{"name": '],
    ['POST', '/jobs', 400, 'invalid_json', '"text"'],
    ['POST', '/jobs', 422, 'invalid_request', '[]'],
    ['POST', '/jobs', 422, 'invalid_request', undefined],
    ['POST', '/jobs', 422, 'invalid_request', { name: 'x' }],
    ['POST', '/jobs', 422, 'invalid_request', { name: '  ', prompt: 'x' }],
    ['POST', '/jobs', 422, 'invalid_request', { name: 'x', prompt: 'y', horizon: 0 }],
    ['POST', '/jobs', 404, 'data_set_not_found', { name: 'x', prompt: 'y', dataset_id: 'none' }],
    ['POST', '/jobs', 413, 'payload_too_large', { name: 'x', prompt: 'p'.repeat(2_000_000) }],
    ['GET', '/jobs/none', 404, 'job_not_found', undefined],
    ['GET', '/jobs/%00', 404, 'job_not_found', undefined],
    ['GET', '/jobs/%zz', 400, 'bad_request', undefined],
    ['GET', '/jobs/..%2f..%2fetc%2fpasswd', 404, 'job_not_found', undefined],
    ['GET', '/models/..%2f..%2fx/download', 404, 'model_not_found', undefined],
    ['GET', '/jobs?limit=0', 422, 'invalid_request', undefined],
    ['GET', '/jobs?status=nonsense', 422, 'invalid_request', undefined],
    ['GET', '/jobs?cursor=nonsense', 422, 'cursor_invalid', undefined],
    ['GET', '/jobs?sort=deleted_at', 422, 'invalid_request', undefined],
    ['GET', '/jobs?min_skill=good', 422, 'invalid_request', undefined],
    ['GET', '/nowhere', 404, 'not_found', undefined],
    ['POST', '/jobs/none/upload', 404, 'job_not_found', undefined],
    ['POST', '/jobs/none/retry', 404, 'job_not_found', undefined],
    ['POST', '/jobs/none/cancel', 404, 'job_not_found', undefined],
    ['PUT', '/jobs/none/name', 404, 'job_not_found', { name: 'x' }],
    ['DELETE', '/jobs/none', 404, 'job_not_found', undefined],
    ['POST', '/connections/none/test', 404, 'connection_not_found', undefined],
    ['DELETE', '/datasets/sql/none', 404, 'data_set_not_found', undefined],
  ])('%s %s: %i %s', async (method, route, status, code, body) => {
    const answer = await api.call(method, route, body);
    expect(Problem.parse(answer.body)).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at .*\.ts/);
  });

  it('a body that is no JSON', async () => {
    const form = await api.call('POST', '/jobs', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form).toMatchObject({ status: 415, body: { code: 'json_expected' } });
  });
});

describe('result files', () => {
  async function jobWithFiles() {
    const id = await api.job();
    await api.upload(id, CSV);
    const folder = path.join(api.config.codingDir, `pipeline_${id}`);
    await mkdir(folder, { recursive: true });
    const stored = (name: string) => path.relative(api.config.dataDir, path.join(folder, name));
    return { id, folder, stored };
  }
  const sha = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

  it('are 409 while the job may still make them, 404 when it did not, and never served unregistered', async () => {
    const { id, folder } = await jobWithFiles();
    await writeFile(path.join(folder, 'predictions.csv'), 'date,forecast\n');
    const early = await api.call('GET', `/jobs/${id}/predictions_csv`);
    expect(early).toMatchObject({ status: 409, body: { code: 'not_ready' } });
    await ended(id, 'failed', 'training');
    expect(await api.call('GET', `/jobs/${id}/predictions_csv`)).toMatchObject({
      status: 404,
      body: { code: 'no_result' },
    });
    for (const what of ['forecast_plot', 'figures']) {
      expect(await api.call('GET', `/jobs/${id}/${what}`)).toMatchObject({ status: 404, body: { code: 'no_result' } });
    }
  });

  it('are served as attachments with their bytes, and 304 when unchanged', async () => {
    const { id, folder, stored } = await jobWithFiles();
    const table = 'date,forecast\n2024-01-03,3\n';
    await writeFile(path.join(folder, 'predictions.csv'), table);
    await writeFile(path.join(folder, 'forecast_plot.png'), 'png');
    await writeFile(path.join(folder, 'model.zip'), 'zip');
    await api.store.savePrediction(id, { attempt: 1, path: stored('predictions.csv'), row_count: 1 });
    await api.store.savePrediction(id, { attempt: 1, path: stored('forecast_plot.png'), kind: 'plot' });
    const about = {
      metrics: { mae: 2, rmse: null },
      baseline: { name: 'naive', metrics: { mae: 4 } },
      metric: 'mae' as const,
    };
    const modelId = await api.store.saveModel(id, {
      attempt: 1,
      name: 'GBM',
      model_path: stored('model.zip'),
      ...about,
    });

    const csv = await api.call('GET', `/jobs/${id}/predictions_csv`);
    expect([csv.status, sha(csv.body)]).toEqual([200, sha(table)]);
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="predictions.csv"');
    expect(csv.headers.get('x-content-type-options')).toBe('nosniff');
    const headers = { 'if-none-match': csv.headers.get('etag')! };
    expect((await rawRequest(api.url, { route: `/jobs/${id}/predictions_csv`, headers })).status).toBe(304);
    const safe = await rawRequest(api.url, { route: `/jobs/${id}/predictions_csv?spreadsheet=true`, headers });
    expect(safe.status).toBe(200);
    expect(safe.body).toContain('"2024-01-03","3"\r\n');
    const plot = await api.call('GET', `/jobs/${id}/forecast_plot`);
    expect([plot.headers.get('content-type'), plot.headers.get('content-disposition')]).toEqual([
      'image/png',
      'inline; filename="forecast_plot.png"',
    ]);
    expect((await api.call('GET', `/models/${modelId}/download`)).status).toBe(200);
    expect((await api.call('GET', `/jobs/${id}/results`)).body.figures).toBe(false);
    await writeFile(path.join(folder, 'figures.zip'), 'zip');
    expect((await api.call('GET', `/jobs/${id}/figures`)).headers.get('content-disposition')).toBe(
      'attachment; filename="figures.zip"',
    );
    const results = (await api.call('GET', `/jobs/${id}/results`)).body;
    expect(results).toMatchObject({ forecast_plot: true, figures: true, predictions_csv: true, metric: 'mae' });
    expect(results.metrics).toMatchObject({ mae: 2 });
    expect(results.model_files).toEqual([{ id: modelId, name: 'GBM', exists: true }]);
    expect((await api.call('GET', `/jobs/${id}/models`)).body[0]).toMatchObject({
      id: modelId,
      baseline: { name: 'naive' },
    });
  });

  it('go into one archive as far as they are there, and never of a job that is gone', async () => {
    const id = await api.job();
    const { status, headers } = await api.call('GET', `/jobs/${id}/archive`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/zip');
    expect(headers.get('content-disposition')).toContain(`job-${id}.zip`);
    await api.call('DELETE', `/jobs/${id}`);
    expect((await api.call('GET', `/jobs/${id}/archive`)).status).toBe(404);
    expect((await api.call('GET', `/jobs/${id}/archive?dataset=perhaps`)).status).toBe(422);
  });

  it("never follow a link, nor leave the job's own folder", async () => {
    const { id, folder, stored } = await jobWithFiles();
    const secret = path.join(api.config.dataDir, 'secret.txt');
    await writeFile(secret, 'secret');
    await symlink(secret, path.join(folder, 'predictions.csv'));
    await symlink(api.config.dataDir, path.join(folder, 'elsewhere'));
    for (const target of [
      stored('predictions.csv'),
      'secret.txt',
      '/etc/passwd',
      stored('elsewhere/secret.txt'),
      stored('.'),
    ]) {
      await api.store.savePrediction(id, { attempt: 1, path: target });
      expect([target, (await api.call('GET', `/jobs/${id}/predictions_csv`)).status]).toEqual([target, 409]);
    }
  });
});

/** Waits for what happens by itself; a condition that never comes true is a failed test. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It did not happen within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
