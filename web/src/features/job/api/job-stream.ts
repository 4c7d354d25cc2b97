import type { JobEvent } from '../../../lib/types';
import { applyEvents, EMPTY_LIVE, mergeById, type JobLive } from './job-live';

export type Connection = 'connecting' | 'live' | 'polling' | 'ended';

export interface StreamState {
  live: JobLive;
  connection: Connection;
  /** When the stream was last open, ms; 0 before it ever was. */
  openUntil: number;
}

const EVENT_TYPES = [
  'status',
  'log',
  'message',
  'leaderboard',
  'attempt',
  'end',
] as const satisfies readonly JobEvent['type'][];
/** Events that come within this time are shown together: a chatty log must not draw the page for every line. */
const BATCH_MS = 60;
/** Without an open stream for this long, the page polls; the stream is still tried again. */
const POLL_AFTER_MS = 4000;
const RETRY_MS = [500, 1000, 2000, 5000, 10_000];
/** A page nobody looks at gives its connection back: a browser opens only six to one server. */
const HIDDEN_MS = 20_000;

/**
 * Follows a job's event stream: reconnects from the last event it has, takes every event once, and says honestly
 * how it is connected. It knows nothing of React; `subscribe` and `getSnapshot` fit useSyncExternalStore.
 */
export class JobStream {
  private state: StreamState = { live: EMPTY_LIVE, connection: 'connecting', openUntil: 0 };
  private readonly listeners = new Set<() => void>();
  private source: EventSource | null = null;
  private waiting: JobEvent[] = [];
  private batchTimer: number | undefined;
  private retryTimer: number | undefined;
  private pollTimer: number | undefined;
  private hiddenTimer: number | undefined;
  private failures = 0;

  constructor(private readonly jobId: string) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): StreamState => this.state;

  start(): void {
    document.addEventListener('visibilitychange', this.onVisibility);
    this.connect();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.close();
    this.stopWaiting();
    for (const timer of [this.batchTimer, this.hiddenTimer]) clearTimeout(timer);
    this.batchTimer = undefined;
  }

  /** After a retry of a finished job: its stream goes on where it ended. */
  resume(): void {
    if (this.source === null && this.state.connection === 'ended') this.connect();
  }

  /** The server answers again: no need to wait for the next try. */
  hurry(): void {
    if (this.source === null && this.failures > 0) this.connect();
  }

  /** What polling brought while the stream was away. */
  merge(more: Pick<JobLive, 'logs' | 'messages'>): void {
    const { live } = this.state;
    const logs = mergeById(live.logs, more.logs);
    const messages = mergeById(live.messages, more.messages);
    if (logs !== live.logs || messages !== live.messages) this.set({ live: { ...live, logs, messages } });
  }

  private connect(): void {
    this.close();
    this.awaitOpen();
    const source = new EventSource(`/jobs/${encodeURIComponent(this.jobId)}/events?after=${this.lastSeq()}`);
    this.source = source;
    source.onopen = () => {
      this.stopWaiting();
      this.failures = 0;
      this.set({ connection: 'live' });
    };
    source.onerror = () => this.onLost();
    for (const type of EVENT_TYPES) source.addEventListener(type, (event) => this.onEvent(type, event));
  }

  private onEvent(type: JobEvent['type'], event: MessageEvent<string>): void {
    try {
      this.waiting.push({ seq: Number(event.lastEventId), type, data: JSON.parse(event.data) } as JobEvent);
    } catch {
      // A line that a proxy broke: the next connection asks for it again, for its number was not counted.
      return this.onLost();
    }
    this.batchTimer ??= window.setTimeout(() => this.flush(), BATCH_MS);
  }

  private flush(): void {
    this.batchTimer = undefined;
    const events = this.waiting;
    this.waiting = [];
    if (events.length > 0) this.set({ live: applyEvents(this.state.live, events) });
  }

  /** The connection is gone: at a job's end that is its normal close, otherwise it is tried again, ever more slowly. */
  private onLost(): void {
    this.flush();
    this.close();
    if (this.state.connection === 'live') this.set({ openUntil: Date.now() });
    if (this.state.live.ended) {
      this.stopWaiting();
      return this.set({ connection: 'ended' });
    }
    this.awaitOpen();
    const delay = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.retryTimer = window.setTimeout(() => this.connect(), delay);
  }

  /** From the loss of the stream until it is open again; every further try belongs to the same wait. */
  private awaitOpen(): void {
    if (this.state.connection !== 'polling') this.set({ connection: 'connecting' });
    this.pollTimer ??= window.setTimeout(() => this.set({ connection: 'polling' }), POLL_AFTER_MS);
  }

  private stopWaiting(): void {
    clearTimeout(this.pollTimer);
    this.pollTimer = undefined;
  }

  private close(): void {
    clearTimeout(this.retryTimer);
    this.source?.close();
    this.source = null;
  }

  private readonly onVisibility = (): void => {
    clearTimeout(this.hiddenTimer);
    if (document.hidden) {
      this.hiddenTimer = window.setTimeout(() => {
        this.flush();
        this.close();
        this.stopWaiting();
      }, HIDDEN_MS);
    } else if (this.source === null && this.state.connection !== 'ended') this.connect();
  };

  private lastSeq(): number {
    return this.waiting.at(-1)?.seq ?? this.state.live.seq;
  }

  private set(patch: Partial<StreamState>): void {
    const changed = (Object.keys(patch) as (keyof StreamState)[]).some((key) => patch[key] !== this.state[key]);
    if (!changed) return;
    this.state = { ...this.state, ...patch };
    for (const listener of this.listeners) listener();
  }
}
