import type { JobEvent } from '../../src/contracts/events';
import { JobEvent as JobEventSchema } from '../../src/contracts/events';
import type { RunKey } from '../../src/entities';
import { readEvents, startApi, type TestApi } from './support/api';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => api?.stop());

/** A job with a run, without Temporal: the worker's side is played by the real store. */
async function running(): Promise<RunKey> {
  const id = await api.job();
  const run = await api.store.claimRun(id, { from: 'analysis', allowedStatuses: ['created'], action: 'upload' });
  return run!;
}
const log = (run: RunKey, number: number) =>
  api.store.appendLogs(run, [
    { key: String(number), level: 'INFO', message: `line ${number}`, timestamp: new Date().toISOString() },
  ]);
const numbers = (events: JobEvent[]) => events.map((event) => event.seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('the event stream', () => {
  it('replays all and follows on without loss or repetition, for readers that start anywhere', async () => {
    const run = await running();
    for (let index = 0; index < 5; index += 1) await log(run, index);
    // Two events so far are the job's own; readers start before, amid and after what is there.
    const readers = [0, 3, 7].map((after) => readEvents(api.url, run.job_id, { after }));
    for (let index = 5; index < 40; index += 1) await log(run, index);
    await api.store.updateJob(run, { status: 'completed', progress: 100 });
    const streams = await Promise.all(readers);
    expect(streams.map(({ events }) => numbers(events))).toEqual([upTo(43), upTo(43, 4), upTo(43, 8)]);
    for (const { events } of streams) {
      expect(events.at(-1)).toMatchObject({ type: 'end', data: { status: 'completed', prompt: 'Forecast two weeks' } });
      events.forEach((event) => JobEventSchema.parse(event));
    }
  });

  it('goes on after the last event that a client had, and tells one that has all not to come back', async () => {
    const run = await running();
    await log(run, 1);
    const lost = await readEvents(api.url, run.job_id, { enough: (events) => events.length >= 2 });
    const last = lost.events.at(-1)!.seq;
    await log(run, 2);
    await api.store.updateJob(run, { status: 'failed' });
    const rest = await readEvents(api.url, run.job_id, { after: 0, lastEventId: last });
    expect([...numbers(lost.events), ...numbers(rest.events)]).toEqual(upTo(5));
    expect(await readEvents(api.url, run.job_id, { lastEventId: 5 })).toEqual({ status: 204, events: [] });
  });

  it('does not end at the end of an earlier run', async () => {
    const run = await running();
    await api.store.updateJob(run, { status: 'failed' });
    const again = await api.store.claimRun(run.job_id, {
      from: 'analysis',
      allowedStatuses: ['failed'],
      action: 'retry',
    });
    const reader = readEvents(api.url, run.job_id, {});
    await log(again!, 1);
    await api.store.updateJob(again!, { status: 'completed' });
    const types = (await reader).events.map((event) => event.type);
    expect(types).toEqual(['status', 'status', 'end', 'status', 'log', 'end']);
  });

  it('replays thousands of events in order', async () => {
    const run = await running();
    const rows = upTo(3000).map((number) => ({
      key: String(number),
      level: 'INFO' as const,
      message: 'x'.repeat(500),
      timestamp: new Date().toISOString(),
    }));
    await api.store.appendLogs(run, rows);
    await api.store.updateJob(run, { status: 'partial' });
    expect(numbers((await readEvents(api.url, run.job_id, {})).events)).toEqual(upTo(3003));
  });

  it('ends when the job is deleted', async () => {
    const run = await running();
    const reader = readEvents(api.url, run.job_id, {});
    await api.store.markDeleted(run.job_id);
    expect(numbers((await reader).events).length).toBeLessThanOrEqual(2);
  });

  it('lets go of its readers when the server stops', async () => {
    const other = await startApi();
    const id = await other.job();
    const reader = readEvents(other.url, id, {});
    await readEvents(other.url, id, { enough: (events) => events.length === 1 });
    await other.stop();
    expect(numbers((await reader).events)).toEqual([1]);
  });
});
