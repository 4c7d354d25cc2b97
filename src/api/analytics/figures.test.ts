import type { JobStatus } from '../../contracts/status';
import {
  agentFigures,
  days,
  durationsOf,
  errorFigures,
  executionFigures,
  jobFigures,
  phaseFigures,
  type AttemptFacts,
  type JobFacts,
  type TurnFacts,
} from './figures';

const at = (time: string) => `2026-11-${time}:00.000Z`;
const failure = { category: 'data' as const, code: 'too_few_rows', message: 'Too few.', hint: 'More.' };
let made = 0;
const job = (status: JobStatus, created: string, ended: string | null, error: JobFacts['error'] = null): JobFacts => ({
  ...{ id: `job-${(made += 1)}`, status, created_at: at(created), started_at: at(created) },
  ...{ finished_at: ended === null ? null : at(ended), error },
});
const JOBS = [
  job('completed', '20T10:00', '20T10:10'),
  job('completed', '20T23:50', '21T00:20'),
  job('failed', '21T09:00', '21T09:01', failure),
  job('cancelled', '21T09:00', '21T09:02'),
  job('training_model', '22T09:00', null),
];

it.each<[number[], ReturnType<typeof durationsOf>]>([
  [[], { p50: null, p95: null }],
  [[7], { p50: 7, p95: 7 }],
  [[3, 1, 2], { p50: 2, p95: 3 }],
  [Array.from({ length: 100 }, (_, index) => index + 1), { p50: 50, p95: 95 }],
])('durations of %j', (seconds, expected) => expect(durationsOf(seconds)).toEqual(expected));

it('jobs: cancelled and running ones are neither a success nor a failure', () => {
  expect(jobFigures(JOBS)).toEqual({
    created: 5,
    by_status: { completed: 2, failed: 1, cancelled: 1, training_model: 1 },
    success_rate: 2 / 3,
    seconds: { p50: 600, p95: 1800 },
  });
  expect(jobFigures([])).toMatchObject({ success_rate: null, seconds: { p50: null } });
});

it('days: every one of them, by when a job ended', () => {
  const ended = (finished_at: string, category: 'data' | 'model' | null): AttemptFacts => ({
    ...{ phase: 'training', outcome: 'needs_fix', started_at: at('20T10:00'), finished_at: at(finished_at) },
    failure: category && { ...failure, category },
  });
  const attempts = [
    ended('20T10:01', 'data'),
    ended('20T10:02', 'data'),
    ended('20T10:03', 'model'),
    ended('21T00:00', null),
    ended('18T10:00', 'data'),
  ];
  const found = days({ jobs: JOBS, attempts }, new Date('2026-11-19T00:00:00Z'), new Date('2026-11-22T15:00:00Z'));
  expect(
    found.map(({ day, created, completed, failed, cancelled }) => [day, created, completed, failed, cancelled]),
  ).toEqual([
    ['2026-11-19', 0, 0, 0, 0],
    ['2026-11-20', 2, 1, 0, 0],
    ['2026-11-21', 2, 1, 1, 1],
    ['2026-11-22', 1, 0, 0, 0],
  ]);
  expect(found.map(({ errors }) => errors)).toEqual([{}, { data: 2, model: 1 }, { data: 1 }, {}]);
});

const attempt = (
  outcome: AttemptFacts['outcome'],
  ended: string | null,
  error: AttemptFacts['failure'] = null,
): AttemptFacts => ({
  ...{ phase: 'training', outcome, failure: error, started_at: at('20T10:00') },
  finished_at: ended === null ? null : at(ended),
});

it('phases: attempts that run are not counted, times are those of successes', () => {
  const attempts = [attempt('succeeded', '20T10:02'), attempt('needs_fix', '20T11:00', failure), attempt(null, null)];
  expect(phaseFigures(attempts)).toEqual([
    {
      ...{ phase: 'training', attempts: 2, succeeded: 1, needed_fix: 1, failed: 0, cancelled: 0 },
      seconds: { p50: 120, p95: 120 },
    },
  ]);
});

it('errors: those of attempts apart from those that ended a job', () => {
  const other = { ...failure, code: 'constant_target' };
  const attempts = [attempt('failed', '20T10:02', failure), attempt('needs_fix', '20T10:02', other)];
  expect(errorFigures(JOBS, attempts)).toEqual([
    { category: 'data', code: 'too_few_rows', attempts: 1, jobs: 1 },
    { category: 'data', code: 'constant_target', attempts: 1, jobs: 0 },
  ]);
});

it('agents: tokens and prices that are not known are not zero', () => {
  const turn: TurnFacts = {
    ...{ agent_name: 'Analyst', model: 'm', calls: 2, input_tokens: 100, output_tokens: 10, cost_usd: 0.5, seconds: 3 },
    answered_at: at('20T10:00'),
  };
  const silent = { ...turn, calls: 1, input_tokens: null, output_tokens: null, cost_usd: null, seconds: 1 };
  const lost = { ...silent, calls: 4, answered_at: null };
  const [mixed, unpriced] = agentFigures([turn, silent, lost, { ...silent, model: 'local' }]);
  expect(mixed).toEqual({
    ...{ agent_name: 'Analyst', model: 'm', turns: 3, calls: 7, failed_turns: 1, input_tokens: 100, output_tokens: 10 },
    ...{ uncounted_turns: 1, cost_usd: 0.5, seconds: { p50: 1, p95: 3 } },
  });
  expect(unpriced).toMatchObject({ model: 'local', cost_usd: null, turns: 1 });
});

it('runs: those that replaced another, and what all of them took', () => {
  const run = { incarnation: 1, exit: 'exited' as const, seconds: 10, cpu_seconds: 15 };
  const lost = { incarnation: 1, exit: null, seconds: null, cpu_seconds: null };
  const figures = executionFigures([run, lost, { ...run, incarnation: 2 }]);
  expect(figures).toMatchObject({ runs: 3, replacements: 1, seconds: 20, cpu_seconds: 30 });
  expect(figures.by_exit).toEqual({ exited: 2 });
  expect(executionFigures([lost])).toMatchObject({ cpu_seconds: null, seconds: 0 });
});
