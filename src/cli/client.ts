import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AutomlError } from '../contracts/failure';
import {
  AuditView,
  JobCreated,
  JobView,
  LogView,
  ModelView,
  Problem,
  ResultsView,
  StatusChange,
} from '../contracts/jobs';
import type { CreateJob, ForkJob } from '../contracts/jobs';

/** How long a call that changes nothing twice is tried again while the API is being restarted. */
const PATIENCE_MS = 30_000;

export interface AuditFilter {
  job: string | undefined;
  before: number | undefined;
  limit: number;
}

/** The REST API, as far as the command line needs it. @throws {AutomlError} for every answer that is not a success. */
export class ApiClient {
  constructor(readonly url: string) {}

  async createJob(job: z.input<typeof CreateJob>): Promise<z.infer<typeof JobCreated>> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    return JobCreated.parse(await this.json('/jobs', { method: 'POST', headers, body: JSON.stringify(job) }));
  }

  /** Streams the file from disk; the job starts with it. */
  async upload(jobId: string, file: string): Promise<void> {
    const form = new FormData();
    form.set('file', await openAsBlob(file, { type: 'text/csv' }), path.basename(file));
    await this.once(`/jobs/${encodeURIComponent(jobId)}/upload`, { method: 'POST', body: form });
  }

  async job(jobId: string): Promise<JobView> {
    return JobView.parse(await this.json(`/jobs/${encodeURIComponent(jobId)}`));
  }

  /** The repetition of a call that went unanswered finds the fork that it made. */
  async fork(jobId: string, fork: z.input<typeof ForkJob>): Promise<z.infer<typeof JobCreated>> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const request = { method: 'POST', headers, body: JSON.stringify(fork) };
    return JobCreated.parse(await this.json(`/jobs/${encodeURIComponent(jobId)}/fork`, request));
  }

  async jobs(limit: number): Promise<JobView[]> {
    return z.array(JobView).parse(await this.json(`/jobs?limit=${limit}`));
  }

  async cancel(jobId: string): Promise<void> {
    StatusChange.parse(await this.json(`/jobs/${encodeURIComponent(jobId)}/cancel`, { method: 'POST' }));
  }

  /** Not repeated: an answer that was heard after all would be one to the next question. */
  async answer(jobId: string, answer: string): Promise<z.infer<typeof StatusChange>> {
    const { question_detail: question } = await this.job(jobId);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ answer, ...(question && { question: question.id }) });
    const given = await this.once(`/jobs/${encodeURIComponent(jobId)}/approve`, { method: 'POST', headers, body });
    return StatusChange.parse(await given.json());
  }

  /** Newest first. */
  async logs(jobId: string, limit: number): Promise<LogView[]> {
    return z.array(LogView).parse(await this.json(`/jobs/${encodeURIComponent(jobId)}/logs?limit=${limit}`));
  }

  async results(jobId: string): Promise<ResultsView> {
    return ResultsView.parse(await this.json(`/jobs/${encodeURIComponent(jobId)}/results`));
  }

  async models(jobId: string): Promise<ModelView[]> {
    return z.array(ModelView).parse(await this.json(`/jobs/${encodeURIComponent(jobId)}/models`));
  }

  /** Newest first; `before` is the id of the last row of the page before. */
  async audit(filter: AuditFilter): Promise<AuditView[]> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
    return z.array(AuditView).parse(await this.json(`/audit?${query}`));
  }

  /** The job's event stream from after `lastEventId` on. */
  async events(jobId: string, lastEventId: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (lastEventId > 0) headers['last-event-id'] = String(lastEventId);
    const answer = await this.once(`/jobs/${encodeURIComponent(jobId)}/events`, { headers, signal });
    if (!answer.body) throw unreachable(this.url, new Error('an empty answer'));
    return answer.body;
  }

  /** A call that may be repeated: the API may be on its way back. */
  private async json(route: string, request: RequestInit = {}): Promise<unknown> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await (await this.once(route, request)).json();
      } catch (error) {
        const away = error instanceof AutomlError && error.failure.code === 'api_unreachable';
        if (!away || Date.now() > deadline) throw error;
        await delay(500);
      }
    }
  }

  private async once(route: string, request: RequestInit): Promise<Response> {
    let answer: Response;
    try {
      answer = await fetch(`${this.url}${route}`, request);
    } catch (error) {
      if ((error as Error).name === 'AbortError') throw error;
      throw unreachable(this.url, error);
    }
    if (answer.ok) return answer;
    throw await problemOf(answer);
  }
}

async function problemOf(answer: Response): Promise<AutomlError> {
  const problem = Problem.safeParse(await answer.json().catch(() => undefined));
  if (problem.success) {
    const { category, code, detail, hint } = problem.data;
    return new AutomlError({ category, code, message: detail, hint });
  }
  return new AutomlError({
    category: 'system',
    code: 'unexpected_answer',
    message: `The server at ${new URL(answer.url).origin} answered ${answer.status} in a form that is not ours.`,
    hint: 'Check that the address is that of this application.',
  });
}

function unreachable(url: string, cause: unknown): AutomlError {
  return new AutomlError(
    {
      category: 'system',
      code: 'api_unreachable',
      message: `The API at ${url} does not answer.`,
      hint: 'Start it with `npm start`, or name another address with --url.',
    },
    { cause, retryable: true },
  );
}
