import { executionName, handleOf, keyName } from './names';

const key = { job_id: 'a-job_1', phase: 'training', attempt: 2 } as const;

test.each([
  ['an attempt', key, 'automl-0123abcd-a-job_1-training-2-i3'],
  ['a trial', { ...key, trial: 1 }, 'automl-0123abcd-a-job_1-training-2t1-i3'],
])('%s is found again by its name', (_name, about, name) => {
  expect(executionName('0123abcd', { ...about, incarnation: 3 })).toBe(name);
  expect(handleOf(name, '0123abcd', 'local')).toEqual({ ...about, incarnation: 3, engine: 'local', name });
  expect(handleOf(name, 'ffffffff', 'local')).toBeUndefined();
});

test('a trial is not taken for its attempt, nor for another trial', () => {
  const prefixes = [key, { ...key, trial: 1 }, { ...key, trial: 11 }].map((about) => `${keyName('0123abcd', about)}-i`);
  for (const prefix of prefixes) expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
});
