import { setTimeout as pause } from 'node:timers/promises';
import type { JobEvent } from '../../contracts/events';
import type { JobStore } from '../../entities';

const POLL_MS = 200;
/** Events read at once. */
const PAGE = 500;
/** Events kept for listeners that are nearly up to date: these need no query of their own. */
const KEPT = 2 * PAGE;
/** Turns without news after which the job is looked for: it may have been deleted. */
const QUIET_TURNS = 10;

/**
 * One job's events for any number of readers: a single query a turn finds what is new, and only while somebody
 * reads. Each reader names the last event it has, so nobody gets one twice or misses one, wherever it starts.
 */
export class EventFeed {
  private readers = 0;
  private recent: JobEvent[] = [];
  private waiting: (() => void)[] = [];
  private gone = false;

  constructor(
    private readonly jobId: string,
    private readonly store: JobStore,
    private newest: number,
  ) {}

  /** Batches of events after number `after`, without end until the signal aborts or the job is gone. */
  async *read(after: number, signal: AbortSignal): AsyncGenerator<JobEvent[]> {
    let last = after;
    this.readers += 1;
    if (this.readers === 1) void this.poll();
    const wake = () => this.tell();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        // Taken before the read: news that come while it runs are not slept through.
        const news = new Promise<void>((resolve) => this.waiting.push(resolve));
        const events = await this.after(last);
        if (events.length > 0) {
          last = events.at(-1)!.seq;
          yield events;
        } else if (this.gone) return;
        else await news;
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.readers -= 1;
    }
  }

  get idle(): boolean {
    return this.readers === 0;
  }

  private async after(last: number): Promise<JobEvent[]> {
    const first = this.recent[0];
    if (first && first.seq <= last + 1) {
      const events = this.recent.slice(last + 1 - first.seq);
      if (events.length > 0 || last === this.newest) return events;
    }
    return await this.store.events(this.jobId, last, PAGE).catch(() => []);
  }

  private async poll(): Promise<void> {
    let quiet = 0;
    while (this.readers > 0 && !this.gone) {
      try {
        const events = await this.store.events(this.jobId, this.newest, PAGE);
        quiet = events.length > 0 ? 0 : quiet + 1;
        if (events.length > 0) this.keep(events);
        if (quiet % QUIET_TURNS === 1) this.gone = (await this.store.getJob(this.jobId)) === undefined;
      } catch {
        // The database is away: readers wait, and get what they lack when it is back.
      }
      if (quiet === 0 || this.gone) this.tell();
      await pause(POLL_MS);
    }
  }

  private keep(events: JobEvent[]): void {
    this.newest = events.at(-1)!.seq;
    this.recent = [...this.recent, ...events].slice(-KEPT);
  }

  private tell(): void {
    const { waiting } = this;
    this.waiting = [];
    waiting.forEach((wake) => wake());
  }
}
