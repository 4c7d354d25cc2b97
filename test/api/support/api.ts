import { mkdtemp, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../../src/api/main';
import { loadConfig, type Config } from '../../../src/config';
import type { JobEvent } from '../../../src/contracts/events';
import { JobStore } from '../../../src/entities';
import { freePort } from './databases';

export interface TestApi {
  url: string;
  config: Config;
  store: JobStore;
  call(method: string, route: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Multipart, one file in the field `file`. */
  upload(jobId: string, content: string | Buffer, name?: string): Promise<Answer>;
  /** Makes a job and returns its id. */
  job(more?: Record<string, unknown>): Promise<string>;
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // The tests look into bodies of every shape.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export const CSV = 'date,sales\n2024-01-01,1\n2024-01-02,2\n';

/** The real API on a free port, with a folder of its own; Temporal is where `env` says, else nowhere. */
export async function startApi(env: Record<string, string> = {}): Promise<TestApi> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'automl-api-'));
  const away = `127.0.0.1:${await freePort()}`;
  const config = loadConfig({ DATA_DIR: dataDir, TEMPORAL_ADDRESS: away, ...env });
  const app = await createApp(config);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const call: TestApi['call'] = async (method, route, body, headers = {}) =>
    await answerOf(
      await fetch(url + route, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  return {
    url,
    config,
    store: app.get(JobStore),
    call,
    async upload(jobId, content, name = 'sales.csv') {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(Buffer.from(content))]), name);
      return await answerOf(await fetch(`${url}/jobs/${jobId}/upload`, { method: 'POST', body: form }));
    },
    async job(more = {}) {
      const { status, body } = await call('POST', '/jobs', { name: 'Sales', prompt: 'Forecast two weeks', ...more });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body.job_id as string;
    },
    async stop() {
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** A request whose headers `fetch` would not send. */
export async function rawRequest(
  url: string,
  options: { method?: string; route: string; headers: Record<string, string> },
): Promise<{ status: number; body: string }> {
  const { port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const { route, method, headers } = options;
    const request = http.request({ host: '127.0.0.1', port, path: route, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
    request.end();
  });
}

/** Reads a job's stream until it ends, or until `enough` says so. */
export async function readEvents(
  url: string,
  jobId: string,
  options: { after?: number; lastEventId?: number; enough?: (events: JobEvent[]) => boolean } = {},
): Promise<{ status: number; events: JobEvent[] }> {
  const headers: Record<string, string> = {};
  if (options.lastEventId !== undefined) headers['last-event-id'] = String(options.lastEventId);
  const query = options.after === undefined ? '' : `?after=${options.after}`;
  const response = await fetch(`${url}/jobs/${jobId}/events${query}`, { headers });
  const events: JobEvent[] = [];
  let text = '';
  const decoder = new TextDecoder();
  if (!response.body) return { status: response.status, events };
  for await (const chunk of response.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop()!;
    for (const part of parts) {
      const [, id, type, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/s.exec(part) ?? [];
      if (id) events.push({ seq: Number(id), type, data: JSON.parse(data!) } as JobEvent);
    }
    // Leaving the loop closes the connection.
    if (options.enough?.(events)) break;
  }
  return { status: response.status, events };
}

/** Every file under a folder, relative to it. */
export async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
