import { TRAINING_STAGES } from '../contracts/status';
import type { ExecutionKey } from './engine';
import { executionName, handleOf, keyName } from './names';

const key = { job_id: 'a-job_1', phase: 'training', attempt: 2 } as const;

test.each([
  ['an attempt', key, 'automl-0123abcd-a-job_1-training-2-i3'],
  ['a stage', { ...key, stage: 'seal' }, 'automl-0123abcd-a-job_1-training-2-seal-i3'],
  ['a trial', { ...key, trial: 1 }, 'automl-0123abcd-a-job_1-training-2t1-i3'],
  ["a trial's stage", { ...key, trial: 1, stage: 'train' }, 'automl-0123abcd-a-job_1-training-2t1-train-i3'],
] as const)('%s is found again by its name', (_name, about, name) => {
  expect(executionName('0123abcd', { ...about, incarnation: 3 })).toBe(name);
  expect(handleOf(name, '0123abcd', 'local')).toEqual({ ...about, incarnation: 3, engine: 'local', name });
  expect(handleOf(name, 'ffffffff', 'local')).toBeUndefined();
});

test('neither a trial nor a stage is taken for its attempt, or for another one', () => {
  const alone: ExecutionKey[] = [key, { ...key, trial: 1 }, { ...key, trial: 11 }];
  const keys = alone.flatMap((one) => [one, ...TRAINING_STAGES.map((stage) => ({ ...one, stage }))]);
  const prefixes = keys.map((about) => `${keyName('0123abcd', about)}-i`);
  for (const prefix of prefixes) expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
});
