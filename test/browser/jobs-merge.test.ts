import { goneFrom, lostFrom, mergeJobs, type Fresh } from '../../web/src/features/jobs/api/merge-jobs';
import { fitFor } from '../../web/src/features/jobs/api/change-jobs';
import type { JobView } from '../../web/src/lib/types';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const job = (id: number, status: JobView['status'] = 'completed', updated = id): JobView =>
  ({
    id: String(id),
    status,
    final: ['completed', 'failed', 'partial', 'cancelled'].includes(status),
    created_at: at(id),
    updated_at: at(updated),
  }) as JobView;
const fresh = (jobs: JobView[], gone: string[] = []): Fresh => ({ total: 99, jobs, gone });
const ids = (jobs: readonly JobView[]) => jobs.map((one) => one.id).join(' ');

describe('the loaded list, brought up to date', () => {
  const loaded = [job(5), job(4, 'training_model'), job(3)];

  test.each([
    ['a new job comes first', fresh([job(6)]), 'all', '6 5 4 3'],
    ['a deleted one is gone', fresh([], ['5']), 'all', '4 3'],
    ['one that no longer fits the filter leaves', fresh([job(4, 'completed', 9)]), 'active', ''],
    ['one older than what is loaded waits for its page', fresh([job(1, 'training_model')]), 'all', '5 4 3'],
  ] as const)('%s', (_, news, filter, expected) => {
    const list = filter === 'active' ? loaded.filter((one) => !one.final) : loaded;
    expect(ids(mergeJobs(list, news, filter, false))).toBe(expected);
  });

  test('an answer that was overtaken changes nothing', () => {
    const [first] = mergeJobs([job(5, 'completed', 9)], fresh([job(5, 'training_model', 8)]), 'all');
    expect(first!.status).toBe('completed');
  });

  test('jobs of one moment stand as the pages have them, by id', () => {
    const twins = ['b', 'a', 'c'].map((id) => ({ ...job(1), id }));
    expect(ids(mergeJobs(twins, undefined, 'all'))).toBe('c b a');
  });

  test('what ran and is not among what runs is asked for', () => {
    expect(ids(lostFrom(loaded, [job(5)]))).toBe('4');
    expect(lostFrom(loaded, [job(4, 'training_model')])).toEqual([]);
  });

  test('only what lies within the newest can be missed from them', () => {
    expect(goneFrom(loaded, [job(5), job(3)], false)).toEqual(['4']);
    expect(goneFrom(loaded, [job(5)], false)).toEqual([]);
    expect(goneFrom(loaded, [job(5)], true)).toEqual(['4', '3']);
  });
});

test('each action takes the jobs that it fits', () => {
  const chosen = [job(1, 'training_model'), job(2, 'failed'), job(3, 'completed'), job(4, 'created')];
  expect(ids(fitFor('cancel', chosen))).toBe('1');
  expect(ids(fitFor('retry', chosen))).toBe('2');
  expect(ids(fitFor('remove', chosen))).toBe('1 2 3 4');
});
