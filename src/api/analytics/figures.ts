import type {
  AgentFigures,
  DayOfJobs,
  Durations,
  ErrorFigures,
  ExecutionFigures,
  PhaseFigures,
} from '../../contracts/analytics';
import type { Failure } from '../../contracts/failure';
import { PHASES, type JobStatus } from '../../contracts/status';
import type { AgentTurnRow, AttemptRow, ExecutionRow, JobRow } from '../../entities';

export type JobFacts = Pick<JobRow, 'id' | 'status' | 'created_at' | 'started_at' | 'finished_at' | 'error'>;
export type AttemptFacts = Pick<AttemptRow, 'phase' | 'outcome' | 'failure' | 'started_at' | 'finished_at'>;
export type TurnFacts = Pick<
  AgentTurnRow,
  'agent_name' | 'model' | 'calls' | 'input_tokens' | 'output_tokens' | 'cost_usd' | 'seconds' | 'answered_at'
>;
export type ExecutionFacts = Pick<ExecutionRow, 'incarnation' | 'exit' | 'seconds' | 'cpu_seconds'>;

const DAY_MS = 86_400_000;

export function durationsOf(seconds: readonly number[]): Durations {
  const sorted = [...seconds].sort((a, b) => a - b);
  // Nearest rank: a figure that really was measured.
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { p50: at(0.5), p95: at(0.95) };
}

function secondsBetween(start: string | null, end: string | null): number[] {
  return start === null || end === null ? [] : [(Date.parse(end) - Date.parse(start)) / 1000];
}

/** Of each kind, those for which `key` gives the same; in the order in which they were first seen. */
function groups<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const group = found.get(key(item));
    if (group) group.push(item);
    else found.set(key(item), [item]);
  }
  return [...found.values()];
}

export function jobFigures(jobs: readonly JobFacts[]) {
  const by_status: Partial<Record<JobStatus, number>> = {};
  for (const { status } of jobs) by_status[status] = (by_status[status] ?? 0) + 1;
  const [completed, missed] = [by_status.completed ?? 0, (by_status.failed ?? 0) + (by_status.partial ?? 0)];
  const took = jobs
    .filter(({ status }) => status === 'completed')
    .flatMap(({ started_at, finished_at }) => secondsBetween(started_at, finished_at));
  return {
    created: jobs.length,
    by_status,
    success_rate: completed + missed === 0 ? null : completed / (completed + missed),
    seconds: durationsOf(took),
  };
}

/** Every day from the first to today, those without jobs too. */
export function days(
  { jobs, attempts }: { jobs: readonly JobFacts[]; attempts: readonly AttemptFacts[] },
  since: Date,
  until: Date,
): DayOfJobs[] {
  const found = new Map<string, DayOfJobs>();
  for (let time = since.getTime(); time <= until.getTime(); time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10);
    found.set(day, { day, created: 0, completed: 0, partial: 0, failed: 0, cancelled: 0, errors: {} });
  }
  const dayOf = (time: string | null) => (time === null ? undefined : found.get(time.slice(0, 10)));
  for (const job of jobs) {
    const [began, ended] = [dayOf(job.created_at), dayOf(job.finished_at)];
    if (began) began.created += 1;
    const { status } = job;
    if (ended && (status === 'completed' || status === 'partial' || status === 'failed' || status === 'cancelled')) {
      ended[status] += 1;
    }
  }
  const failures = [...attempts, ...jobs.map(({ error, finished_at }) => ({ failure: error, finished_at }))];
  for (const { failure, finished_at } of failures) {
    const errors = dayOf(finished_at)?.errors;
    if (errors && failure) errors[failure.category] = (errors[failure.category] ?? 0) + 1;
  }
  return [...found.values()];
}

export function phaseFigures(attempts: readonly AttemptFacts[]): PhaseFigures[] {
  return PHASES.flatMap((phase) => {
    const ended = attempts.filter((attempt) => attempt.phase === phase && attempt.outcome !== null);
    if (ended.length === 0) return [];
    const count = (outcome: AttemptRow['outcome']) => ended.filter((attempt) => attempt.outcome === outcome).length;
    const succeeded = ended.filter(({ outcome }) => outcome === 'succeeded');
    return [
      {
        phase,
        attempts: ended.length,
        succeeded: succeeded.length,
        needed_fix: count('needs_fix'),
        failed: count('failed'),
        cancelled: count('cancelled'),
        seconds: durationsOf(succeeded.flatMap((each) => secondsBetween(each.started_at, each.finished_at))),
      },
    ];
  });
}

/** What went wrong, most frequent first. */
export function errorFigures(jobs: readonly JobFacts[], attempts: readonly AttemptFacts[]): ErrorFigures[] {
  const failures = (rows: readonly { error: Failure | null }[], kind: 'jobs' | 'attempts') =>
    rows.flatMap(({ error }) => (error ? [{ category: error.category, code: error.code, kind }] : []));
  const all = [
    ...failures(jobs, 'jobs'),
    ...failures(
      attempts.map(({ failure }) => ({ error: failure })),
      'attempts',
    ),
  ];
  return groups(all, ({ category, code }) => `${category} ${code}`)
    .map((group) => ({
      category: group[0]!.category,
      code: group[0]!.code,
      attempts: group.filter(({ kind }) => kind === 'attempts').length,
      jobs: group.filter(({ kind }) => kind === 'jobs').length,
    }))
    .sort((a, b) => b.jobs - a.jobs || b.attempts - a.attempts || a.code.localeCompare(b.code));
}

export function agentFigures(turns: readonly TurnFacts[]): AgentFigures[] {
  return groups(turns, ({ agent_name, model }) => JSON.stringify([agent_name, model]))
    .map((group) => {
      const priced = group.filter(({ cost_usd }) => cost_usd !== null);
      const answered = group.filter(({ answered_at }) => answered_at !== null);
      return {
        agent_name: group[0]!.agent_name as AgentFigures['agent_name'],
        model: group[0]!.model,
        turns: group.length,
        calls: sum(group.map(({ calls }) => calls)),
        failed_turns: group.length - answered.length,
        input_tokens: sum(group.map(({ input_tokens }) => input_tokens)),
        output_tokens: sum(group.map(({ output_tokens }) => output_tokens)),
        uncounted_turns: answered.filter(({ input_tokens }) => input_tokens === null).length,
        cost_usd: priced.length === 0 ? null : sum(priced.map(({ cost_usd }) => cost_usd)),
        seconds: durationsOf(answered.map(({ seconds }) => seconds)),
      };
    })
    .sort((a, b) => b.turns - a.turns || a.agent_name.localeCompare(b.agent_name));
}

export function executionFigures(executions: readonly ExecutionFacts[]): ExecutionFigures {
  const by_exit: ExecutionFigures['by_exit'] = {};
  for (const { exit } of executions) if (exit) by_exit[exit] = (by_exit[exit] ?? 0) + 1;
  const measured = executions.filter(({ cpu_seconds }) => cpu_seconds !== null);
  return {
    runs: executions.length,
    replacements: executions.filter(({ incarnation }) => incarnation > 1).length,
    by_exit,
    seconds: sum(executions.map(({ seconds }) => seconds)),
    cpu_seconds: measured.length === 0 ? null : sum(measured.map(({ cpu_seconds }) => cpu_seconds)),
  };
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
