import { setTimeout as delay } from 'node:timers/promises';
import { AutomlError } from '../contracts/failure';
import { JobEvent } from '../contracts/events';
import type { ApiClient } from './client';

/** The server sends at least a comment this often; a longer silence means a dead connection. */
const LONGEST_SILENCE_MS = 45_000;
const LONGEST_ABSENCE_MS = 120_000;

/**
 * Every event of a job, once each and in order, across lost connections and restarts of the API. Ends after the
 * job's last event. @throws {AutomlError} when the API stays away for two minutes or refuses
 */
export async function* jobEvents(client: ApiClient, jobId: string, signal: AbortSignal): AsyncGenerator<JobEvent> {
  let last = 0;
  let ended = false;
  let lastHeard = Date.now();
  while (!ended) {
    try {
      for await (const event of oneConnection(client, jobId, last, signal)) {
        lastHeard = Date.now();
        if (event.seq <= last) continue;
        last = event.seq;
        ended = event.type === 'end';
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      const refused = error instanceof AutomlError && !error.retryable;
      if (refused || Date.now() - lastHeard > LONGEST_ABSENCE_MS) throw error;
    }
    if (!ended) await delay(500, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

async function* oneConnection(
  client: ApiClient,
  jobId: string,
  last: number,
  signal: AbortSignal,
): AsyncGenerator<JobEvent> {
  const silence = new AbortController();
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), LONGEST_SILENCE_MS);
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    heard();
    const body = await client.events(jobId, last, AbortSignal.any([signal, silence.signal]));
    const decoder = new TextDecoder();
    let buffer = '';
    for await (const chunk of body) {
      heard();
      buffer += decoder.decode(chunk, { stream: true });
      const blocks = buffer.split(/\r?\n\r?\n/);
      buffer = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseBlock(block);
        if (event) yield event;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

/** One server-sent event; undefined for a comment and for a type that this version does not know. */
export function parseBlock(block: string): JobEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, '');
    fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  const parsed = JobEvent.safeParse({
    seq: Number(fields.get('id')),
    type: fields.get('event'),
    data: JSON.parse(data) as unknown,
  });
  return parsed.success ? parsed.data : undefined;
}
