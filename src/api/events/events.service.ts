import { once } from 'node:events';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import type { JobEvent } from '../../contracts/events';
import { JobStore } from '../../entities';
import { EventFeed } from './event-feed';

/** Comments that keep proxies and clients from thinking the stream dead. */
const HEARTBEAT_MS = 15_000;
/** Milliseconds after which a browser that lost the stream asks again. */
const RECONNECT_MS = 1000;

/** Job events as server-sent events: `id` is the number, so a client that reconnects goes on where it was. */
@Injectable()
export class EventsService implements BeforeApplicationShutdown {
  private readonly feeds = new Map<string, EventFeed>();
  private readonly stopping = new AbortController();

  constructor(private readonly store: JobStore) {}

  /** Streams everything after event `after`, until the job has ended, is deleted, or the client goes. */
  async stream(jobId: string, after: number, response: Response): Promise<void> {
    if (await this.endedBy(jobId, after)) {
      // 204 tells an EventSource that it need not come back.
      response.status(204).end();
      return;
    }
    const closed = new AbortController();
    response.once('close', () => closed.abort());
    const signal = AbortSignal.any([closed.signal, this.stopping.signal]);
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
    try {
      await this.send(jobId, after, response, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearInterval(heartbeat);
      response.end();
    }
  }

  /** Lets go of all streams, so that the server can close. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async send(jobId: string, after: number, response: Response, signal: AbortSignal): Promise<void> {
    for await (const events of this.feedOf(jobId, after).read(after, signal)) {
      const ready = response.write(events.map(asText).join(''));
      const last = events.at(-1)!;
      // An `end` that a retry followed is history; only the newest one ends the stream.
      if (last.type === 'end' && (await this.endedBy(jobId, last.seq))) return;
      // A slow client gets no more than it reads; what comes meanwhile waits in the database.
      if (!ready) await once(response, 'drain', { signal });
    }
  }

  private async endedBy(jobId: string, seq: number): Promise<boolean> {
    const job = await this.store.getJob(jobId);
    return job !== undefined && job.final && (await this.store.events(jobId, seq, 1)).length === 0;
  }

  private feedOf(jobId: string, after: number): EventFeed {
    for (const [id, feed] of this.feeds) if (feed.idle) this.feeds.delete(id);
    const known = this.feeds.get(jobId);
    if (known) return known;
    const feed = new EventFeed(jobId, this.store, after);
    this.feeds.set(jobId, feed);
    return feed;
  }
}

function asText({ seq, type, data }: JobEvent): string {
  return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
