import { setTimeout as pause } from 'node:timers/promises';
import type { JobEvent } from '../../../src/contracts/events';
import type { LogView } from '../../../src/contracts/jobs';

const AGAIN_MS = 300;
const LOGS_AT_ONCE = 1000;

/** Reads a job's event stream to its end as a browser does: cut off, it comes back and names the last event it has. */
export class StreamFollower {
  readonly events: JobEvent[] = [];
  connections = 0;

  constructor(
    private readonly url: string,
    private readonly jobId: string,
  ) {}

  async untilEnd(): Promise<void> {
    for (;;) {
      const ended = await this.connect().catch(() => false);
      if (ended) return;
      await pause(AGAIN_MS);
    }
  }

  /** @returns whether the server says that there is no more to come */
  private async connect(): Promise<boolean> {
    const last = this.events.at(-1)?.seq;
    const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': String(last) };
    const response = await fetch(`${this.url}/jobs/${this.jobId}/events`, { headers });
    if (response.status === 204) return true;
    if (!response.ok || !response.body) return false;
    this.connections += 1;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) this.take(part);
    }
    return false;
  }

  private take(part: string): void {
    const [, id, type, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/s.exec(part) ?? [];
    if (id) this.events.push({ seq: Number(id), type, data: JSON.parse(data!) } as JobEvent);
  }
}

/** Polls a job's log as a REST client does: each time only for what came after the last line it has. */
export class LogPoller {
  readonly lines: LogView[] = [];

  constructor(
    private readonly url: string,
    private readonly jobId: string,
  ) {}

  async poll(): Promise<void> {
    const after = this.lines.at(-1)?.id ?? 0;
    const answer = await fetch(`${this.url}/jobs/${this.jobId}/logs?after=${after}&limit=${LOGS_AT_ONCE}`);
    if (!answer.ok) throw new Error(`logs: ${answer.status}`);
    this.lines.push(...((await answer.json()) as LogView[]).reverse());
  }

  async until(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // The server may be away for a moment.
      await this.poll().catch(() => undefined);
      await pause(AGAIN_MS);
    }
  }
}
