import type { ModelLimits } from '../config';
import { HIGHER_IS_BETTER, skillOf } from '../contracts/analysis';
import type { JobOptions, JobView } from '../contracts/jobs';
import { questionId, type Choice, type Question } from '../contracts/questions';
import { ANSWER_TIMEOUT_SECONDS, type Gate } from '../contracts/steps';
import type { BudgetQuestion } from '../contracts/turns';
import { decimal, list, percent } from '../agents/text';

type Asked = Omit<Question, 'deadline'>;

const LABELS = {
  plan: { approve: 'Start the training', revise: 'Change the plan', reject: 'Cancel the job' },
  budget: { approve: 'Go on with templates', reject: 'Cancel the job' },
  final: { approve: 'Keep the result', revise: 'Train again with changes', reject: 'Reject the result' },
} as const;

/** The gates that the options ask for, as a run starts with them. */
export function gatesOf(options: JobOptions): { approval: Gate | null; final_approval?: Gate } {
  const { approval = 'none', approval_default: otherwise = 'approve' } = options;
  const gate: Gate = { timeout_secs: timeoutOf(options), otherwise };
  return {
    approval: approval === 'plan' || approval === 'all' ? gate : null,
    ...(approval === 'final' || approval === 'all' ? { final_approval: gate } : {}),
  };
}

export function timeoutOf({ approval_timeout_secs: seconds = ANSWER_TIMEOUT_SECONDS }: JobOptions): number {
  return seconds;
}

export function planQuestion(attempt: number, { approval_default: otherwise = 'approve' }: JobOptions): Asked {
  return {
    id: questionId.plan(attempt),
    kind: 'plan',
    text: 'The training plan is ready. Approve it to start the training, change it, or reject it to cancel the job.',
    choices: choicesOf(LABELS.plan),
    default: otherwise,
  };
}

/** @param round counts how often the result of this run is shown; @param mayRevise false where it trained often enough */
export function finalQuestion(job: JobView, { round, mayRevise }: { round: number; mayRevise: boolean }): Asked {
  const { revise: _revise, ...ends } = LABELS.final;
  return {
    id: questionId.final(job.run_no, round),
    kind: 'final',
    text: `${resultInWords(job)} Keep the result, ${mayRevise ? 'have it trained again with changes, ' : ''}or reject it.`,
    choices: choicesOf(mayRevise ? LABELS.final : ends),
    default: job.options.approval_default ?? 'approve',
  };
}

/** @param raised the limits that may be raised, with their new values; null where there is none */
export function budgetQuestion(
  { run_no, options }: JobView,
  asked: BudgetQuestion,
  raised: Partial<ModelLimits> | null,
): Asked {
  const raise: Choice[] = raised
    ? [
        {
          id: 'raise',
          label: `Raise to ${budgetInWords(raised)} and go on with models`,
          changes: { model_budget: { ...options.model_budget, ...raised } },
        },
      ]
    : [];
  return {
    id: questionId.budget(run_no, asked.budget),
    kind: 'budget',
    text: `The budget for models is used up (${asked.why}). Raise it, go on with templates, or cancel the job.`,
    choices: [...raise, ...choicesOf(LABELS.budget)],
    default: 'approve',
  };
}

function choicesOf(labels: Partial<Record<string, string>>): Choice[] {
  return Object.entries(labels).map(([id, label]) => ({ id, label: label! }));
}

function resultInWords({ metric, score, baseline_score: naive }: JobView): string {
  if (metric === null || score === null) return 'The result is there, though its quality could not be measured.';
  const value = `On rows that it never saw the model has ${metric.toUpperCase()} ${decimal(score)}`;
  if (naive === null) return `${value}.`;
  const higher = HIGHER_IS_BETTER.has(metric);
  const gain = skillOf(metric, score, naive) ?? 0;
  const size = higher ? decimal(Math.abs(gain)) : percent(Math.abs(gain));
  const against = `the naive baseline ${decimal(naive)}`;
  return gain > 0 ? `${value}, ${against}: ${size} better.` : `${value}, ${against}: it is no better.`;
}

function budgetInWords({ calls, tokens, usd, minutes }: Partial<ModelLimits>): string {
  const parts: [number | null | undefined, (value: number) => string][] = [
    [calls, (value) => `${value} calls`],
    [tokens, (value) => `${value} tokens`],
    [usd, (value) => `$${value}`],
    [minutes, (value) => `${value} minutes`],
  ];
  return list(parts.flatMap(([value, words]) => (typeof value === 'number' ? [words(value)] : [])));
}
