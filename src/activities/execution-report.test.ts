import type { ExitKind, RuntimeResult } from '../contracts/execution';
import type { ExecutionHandle, ExitState } from '../engines/engine';
import { reportExecution } from './execution-report';

const handle: ExecutionHandle = {
  job_id: 'j',
  phase: 'training',
  attempt: 2,
  incarnation: 3,
  engine: 'local',
  name: 'n',
};
const seen = { peak_memory_bytes: 5, models_trained: 4 };
const exit = (kind: ExitKind, code: number | null = 0): ExitState => ({
  kind,
  code,
  started_at: '2026-01-01T00:00:00Z',
  finished_at: '2026-01-01T00:00:10Z',
});
const succeeded = {
  status: 'succeeded',
  failure: null,
  metric: 'mae',
  metrics: { mae: 2 },
  baseline: { name: 'SeasonalNaive', metrics: { mae: 3 } },
  skill: 0.33,
  artifacts: [],
  warnings: [],
} as unknown as RuntimeResult;
const own = { category: 'model', code: 'algorithm_failed', message: 'GBM failed.', hint: 'Leave it out.' } as const;

test('a good run', () => {
  expect(reportExecution({ handle, exit: exit('exited'), result: succeeded, problem: null, seen })).toMatchObject({
    execution_id: 'j/training/2/3',
    succeeded: true,
    failure: null,
    score: 2,
    baseline_score: 3,
    seconds: 10,
    models_trained: 4,
  });
});

test.each([
  ['oom_killed', 137, succeeded, 'out_of_memory'],
  ['timed_out', 124, succeeded, 'timed_out'],
  ['quota_exceeded', null, null, 'quota_exceeded'],
  ['lost', null, succeeded, 'lost'],
  ['killed', 137, null, 'killed'],
  ['exited', 1, null, 'script_failed'],
  ['exited', 0, null, 'script_failed'],
  ['exited', 1, { ...succeeded, status: 'failed', failure: own } as RuntimeResult, 'algorithm_failed'],
  ['exited', 3, succeeded, 'script_failed'],
] as const)('an end by %s with code %j fails with its own code', (kind, code, result, expected) => {
  const report = reportExecution({ handle, exit: exit(kind, code), result, problem: null, seen });
  expect([report.succeeded, report.failure?.code]).toEqual([false, expected]);
});

test('what we found wrong with the result comes before what the run said', () => {
  const report = reportExecution({ handle, exit: exit('exited'), result: succeeded, problem: own, seen });
  expect(report).toMatchObject({ succeeded: false, failure: own });
});
