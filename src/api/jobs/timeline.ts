import type { AttemptView, ExecutionView, TimelineView } from '../../contracts/timeline';
import {
  attemptView,
  executionView,
  runName,
  type AgentTurnRow,
  type AttemptRow,
  type ExecutionRow,
} from '../../entities';

/** A line of a run's log that says that a model was trained, or loaded from its checkpoint. */
export interface ModelMark {
  /** `<phase>-<attempt>[-<stage>]-<incarnation>-<line>`, as the log keeps it. */
  key: string;
  message: string;
  timestamp: string;
}

/** A worker's word that it has found a run again. */
export interface Reattachment {
  phase: string;
  attempt: number;
  stage?: string;
  incarnation: number;
  time: string;
}

export interface TimelineFacts {
  attempts: AttemptRow[];
  executions: ExecutionRow[];
  reattachments: Reattachment[];
  marks: ModelMark[];
  turns: Pick<AgentTurnRow, 'phase' | 'attempt' | 'calls' | 'input_tokens' | 'output_tokens' | 'cost_usd'>[];
}

export const LOADED = 'is loaded from its checkpoint.';
export const TRAINED = 'Trained ';

/** What was tried, who ended it, what went on where it was, and what it cost. */
export function timelineOf(facts: TimelineFacts): TimelineView {
  return {
    attempts: facts.attempts.map((attempt) => ({ ...attemptView(attempt), ...costOf(attempt, facts) })),
    executions: facts.executions.map((execution) => ({ ...executionView(execution), ...storyOf(execution, facts) })),
  };
}

type Cost = Pick<AttemptView, 'run_seconds' | 'model_calls' | 'tokens' | 'cost_usd'>;

function costOf({ phase, attempt }: AttemptRow, { executions, turns }: TimelineFacts): Cost {
  const isOfIt = (row: { phase: string; attempt: number }) => row.phase === phase && row.attempt === attempt;
  const asked = turns.filter(isOfIt);
  const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const known = (values: (number | null)[]) => (values.every((value) => value === null) ? null : sum(values));
  return {
    run_seconds: sum(executions.filter(isOfIt).map(({ seconds }) => seconds)),
    model_calls: sum(asked.map(({ calls }) => calls)),
    tokens: known(asked.flatMap(({ input_tokens, output_tokens }) => [input_tokens, output_tokens])),
    cost_usd: known(asked.map(({ cost_usd }) => cost_usd)),
  };
}

type Story = Pick<ExecutionView, 'reattached_at' | 'loaded_models' | 'lost_seconds'>;

function storyOf(execution: ExecutionRow, { reattachments, marks }: TimelineFacts): Story {
  const name = runName(execution);
  const own = marks.filter(({ key }) => key.startsWith(`${name}-`));
  return {
    reattached_at: reattachments.filter((one) => runName(one) === name).map(({ time }) => time),
    loaded_models: own.filter(({ message }) => message.endsWith(LOADED)).length,
    lost_seconds: lostBy(execution, own),
  };
}

/** What was worked on since the last model that was kept; a run that ended by itself, or paused, has lost nothing. */
function lostBy({ exit, started_at, finished_at }: ExecutionRow, own: ModelMark[]): number | null {
  if (finished_at === null || exit === null || exit === 'exited' || exit === 'paused') return null;
  const kept = Math.max(Date.parse(started_at), ...own.map(({ timestamp }) => Date.parse(timestamp)));
  return Math.max(0, (Date.parse(finished_at) - kept) / 1000);
}
