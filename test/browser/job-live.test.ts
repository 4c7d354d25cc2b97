import type { JobEvent } from '../../src/contracts/events';
import type { JobView, LogView } from '../../src/contracts/jobs';
import { applyEvents, attemptsOf, EMPTY_LIVE, mergeById } from '../../web/src/features/job/api/job-live';

const at = '2026-01-01T00:00:00.000Z';
const job = (status: JobView['status']) => ({ id: 'j', status }) as JobView;
const line = (id: number): LogView => ({ id, job_id: 'j', message: `line ${id}`, level: 'INFO', timestamp: at });
const log = (seq: number, id: number): JobEvent => ({ seq, type: 'log', data: line(id) });
const attempt = (seq: number, number: number, state: 'started' | 'reattached' | 'failed' | 'succeeded'): JobEvent => ({
  seq,
  type: 'attempt',
  data: { phase: 'training', attempt: number, incarnation: 1, state, detail: state, time: at },
});

describe('a job put together from its events', () => {
  test('an event that comes again after a reconnect changes nothing', () => {
    const once = applyEvents(EMPTY_LIVE, [log(1, 10), log(2, 11), { seq: 3, type: 'status', data: job('queued') }]);
    const again = applyEvents(once, [log(1, 10), log(2, 11), log(4, 12)]);
    expect(again.logs.map((row) => row.id)).toEqual([10, 11, 12]);
    expect(again).toMatchObject({ seq: 4, job: { status: 'queued' }, ended: false });
  });

  test('rows that polling brought are not doubled by the stream, and stand in their order', () => {
    const polled = { ...EMPTY_LIVE, logs: mergeById<LogView>([], [line(11), line(12)]) };
    const streamed = applyEvents(polled, [log(1, 10), log(2, 11), log(3, 13)]);
    expect(streamed.logs.map((row) => row.id)).toEqual([10, 11, 12, 13]);
    expect(mergeById(streamed.logs, [line(12)])).toBe(streamed.logs);
  });

  test('an end holds until a retry sends more', () => {
    const ended = applyEvents(EMPTY_LIVE, [{ seq: 1, type: 'end', data: job('failed') }]);
    expect(ended).toMatchObject({ ended: true, job: { status: 'failed' } });
    const retried = applyEvents(ended, [{ seq: 2, type: 'status', data: job('queued') }]);
    expect(retried).toMatchObject({ ended: false, job: { status: 'queued' } });
  });

  test('attempts show their last state and how often they were recovered', () => {
    const { attempts } = applyEvents(EMPTY_LIVE, [
      attempt(1, 1, 'started'),
      attempt(2, 1, 'failed'),
      attempt(3, 2, 'started'),
      attempt(4, 2, 'reattached'),
      attempt(5, 2, 'reattached'),
      attempt(6, 2, 'succeeded'),
    ]);
    expect(attemptsOf(attempts, 'training')).toEqual([
      { attempt: 1, state: 'failed', detail: 'failed', recoveries: 0 },
      { attempt: 2, state: 'succeeded', detail: 'succeeded', recoveries: 2 },
    ]);
    expect(attemptsOf(attempts, 'prediction')).toEqual([]);
  });
});
