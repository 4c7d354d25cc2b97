import { ALL_JOBS, comparatorOf, matches, type JobQuery } from '../../web/src/features/jobs/api/job-query';
import { goneFrom, lostFrom, mergeJobs, type Fresh } from '../../web/src/features/jobs/api/merge-jobs';
import { queryOf } from '../../web/src/features/jobs/api/job-address';
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
    expect(ids(mergeJobs(list, news, { ...ALL_JOBS, filter }, false))).toBe(expected);
  });

  test('an answer that was overtaken changes nothing', () => {
    const [first] = mergeJobs([job(5, 'completed', 9)], fresh([job(5, 'training_model', 8)]), ALL_JOBS);
    expect(first!.status).toBe('completed');
  });

  test('jobs of one moment stand as the pages have them, by id', () => {
    const twins = ['b', 'a', 'c'].map((id) => ({ ...job(1), id }));
    expect(ids(mergeJobs(twins, undefined, ALL_JOBS))).toBe('c b a');
  });

  test('what ran and is not among what runs is asked for', () => {
    expect(ids(lostFrom(loaded, [job(5)]))).toBe('4');
    expect(lostFrom(loaded, [job(4, 'training_model')])).toEqual([]);
  });

  test.each([
    ['one between them', [5, 3], false, ['4']],
    ['none beyond their last', [5], false, []],
    ['all others where they are all', [5], true, ['4', '3']],
    ['none where nothing is known of the rest', [], false, []],
  ])('of the first jobs are missing: %s', (_, head, complete, missing) => {
    expect(goneFrom(loaded, { jobs: head.map((id) => job(id)), complete }, ALL_JOBS)).toEqual(missing);
  });
});

describe('an order that the server keeps is kept between two answers', () => {
  const with_ = (id: number, fields: Partial<JobView>) => ({ ...job(id), ...fields }) as JobView;
  const bySkill: JobQuery = { ...ALL_JOBS, sort: 'skill', order: 'desc' };

  test.each<[string, Partial<JobQuery>, Partial<JobView>[], string]>([
    ['what is not known comes last, down', bySkill, [{ skill: null }, { skill: -1 }, { skill: 0.5 }], '3 2 1'],
    ['and up', { ...bySkill, order: 'asc' }, [{ skill: null }, { skill: -1 }, { skill: 0.5 }], '2 3 1'],
    ['equals stand newest first, down', bySkill, [{ skill: 1 }, { skill: 1 }, { skill: null }], '2 1 3'],
    ['and up', { ...bySkill, order: 'asc' }, [{ skill: 1 }, { skill: 1 }, { skill: 2 }], '2 1 3'],
    [
      'words without regard to case, by code point',
      { sort: 'name', order: 'asc' },
      [{ name: 'b' }, { name: 'A' }, { name: '\uffee' }, { name: '\u{1f600}' }, { name: 'É' }, { name: 'ab' }],
      '2 6 1 5 3 4',
    ],
  ])('%s', (_, query, rows, expected) => {
    const jobs = rows.map((row, at) => with_(at + 1, row));
    expect(ids([...jobs].sort(comparatorOf({ ...ALL_JOBS, ...query })))).toBe(expected);
  });

  test('a job that has got its score moves to its place, one beyond the loaded ones waits', () => {
    const loaded = [with_(1, { skill: 0.9 }), with_(2, { skill: 0.5 }), with_(3, { skill: 0.4 })];
    const news = fresh([with_(3, { skill: 0.7 }), with_(4, { skill: 0.1 })]);
    expect(ids(mergeJobs(loaded, news, bySkill, false))).toBe('1 3 2');
    expect(ids(mergeJobs(loaded, news, bySkill, true))).toBe('1 3 2 4');
  });
});

test.each<[string, Partial<JobQuery>, Partial<JobView>, boolean]>([
  ['its phase', { phases: ['training'] }, { phase: 'training' }, true],
  ['another phase', { phases: ['training'] }, { phase: 'prediction' }, false],
  ['its target', { target: 'sales' }, { target_column: 'Sales' }, false],
  ['at the bound', { bounds: { min_skill: 0.1 } }, { skill: 0.1 }, true],
  ['below it', { bounds: { min_skill: 0.1 } }, { skill: 0.09 }, false],
  ['not known', { bounds: { max_cost_usd: 5 } }, { cost_usd: null }, false],
  ['free of cost, below the bound', { bounds: { max_cost_usd: 5 } }, { cost_usd: 0 }, true],
])('a job that moved still belongs in the list or not: %s', (_, query, fields, belongs) => {
  expect(matches({ ...job(1), ...fields } as JobView, { ...ALL_JOBS, ...query })).toBe(belongs);
});

test.each<[string, Partial<JobQuery>]>([
  ['', {}],
  ['q=%20sales%20&status=failed', { search: 'sales', filter: 'failed' }],
  ['sort=naive.asc', { sort: 'skill', order: 'asc' }],
  ['sort=cost.desc&phase=training,nonsense&target=y', { sort: 'cost_usd', phases: ['training'], target: 'y' }],
  ['min_skill=-0.5&max_skill=NaN&min_cost_usd=', { bounds: { min_skill: -0.5 } }],
  ['status=toString&sort=constructor.asc', {}],
])('the address %s asks for the list that it says', (address, expected) => {
  expect(queryOf(new URLSearchParams(address))).toEqual({ ...ALL_JOBS, ...expected });
});

test('each action takes the jobs that it fits', () => {
  const chosen = [job(1, 'training_model'), job(2, 'failed'), job(3, 'completed'), job(4, 'created')];
  expect(ids(fitFor('cancel', chosen))).toBe('1');
  expect(ids(fitFor('retry', chosen))).toBe('2');
  expect(ids(fitFor('remove', chosen))).toBe('1 2 3 4');
});
