import { openAsBlob } from 'node:fs';
import path from 'node:path';
import type { JobEvent } from '../../src/contracts/events';
import type { JobView } from '../../src/contracts/jobs';

/** What any REST client does: post, upload, poll, fetch. Nothing but HTTP. */
export class RestClient {
  constructor(readonly url: string) {}

  async json<T = Record<string, unknown>>(route: string, request: RequestInit & { body?: string } = {}): Promise<T> {
    const answer = await fetch(this.url + route, {
      ...request,
      headers: { 'content-type': 'application/json', ...request.headers },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${request.method ?? 'GET'} ${route}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async createJob(job: Record<string, unknown>): Promise<string> {
    const made = await this.json<{ job_id: string }>('/jobs', { method: 'POST', body: JSON.stringify(job) });
    return made.job_id;
  }

  async upload(jobId: string, file: string): Promise<{ message: string; file_path: string }> {
    const form = new FormData();
    form.set('file', await openAsBlob(file), path.basename(file));
    const answer = await fetch(`${this.url}/jobs/${jobId}/upload`, { method: 'POST', body: form });
    if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { message: string; file_path: string };
  }

  async job(jobId: string): Promise<JobView> {
    return await this.json<JobView>(`/jobs/${jobId}`);
  }

  /** Polls until the condition holds. @throws after `seconds`, saying where the job stood. */
  async until(jobId: string, holds: (job: JobView) => boolean, seconds: number): Promise<JobView> {
    const giveUp = Date.now() + seconds * 1000;
    for (;;) {
      const job = await this.job(jobId);
      if (holds(job)) return job;
      if (Date.now() > giveUp) throw new Error(`The job is still ${job.status} (${job.doing}) after ${seconds} s`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async final(jobId: string, seconds = 300): Promise<JobView> {
    return await this.until(jobId, (job) => job.final, seconds);
  }

  /** Everything that the stream of a final job tells, in order. */
  async events(jobId: string): Promise<JobEvent[]> {
    const answer = await fetch(`${this.url}/jobs/${jobId}/events`);
    if (!answer.ok) throw new Error(`events: ${answer.status} ${await answer.text()}`);
    const found = (await answer.text()).matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)$/gm);
    return [...found].map(([, id, type, data]) => ({ seq: Number(id), type, data: JSON.parse(data!) }) as JobEvent);
  }

  async file(route: string): Promise<{ type: string | null; headers: Headers; bytes: Buffer }> {
    const answer = await fetch(this.url + route);
    if (!answer.ok) throw new Error(`GET ${route}: ${answer.status} ${await answer.text()}`);
    return {
      type: answer.headers.get('content-type'),
      headers: answer.headers,
      bytes: Buffer.from(await answer.arrayBuffer()),
    };
  }
}
