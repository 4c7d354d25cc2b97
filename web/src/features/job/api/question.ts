import type { JobView } from '../../../lib/types';

type Detail = NonNullable<JobView['question_detail']>;
export type Choice = Detail['choices'][number];
export type Question = Omit<Detail, 'deadline'> & { deadline: string | null };

const OFFERED = { plan: ['approve', 'revise', 'reject'], budget: ['approve', 'reject'] } as const;

/** What a waiting job asks; a job that an older version left waiting says only what kind of question it is. */
export function questionOf(job: Pick<JobView, 'question' | 'question_detail' | 'waiting_for'>): Question {
  if (job.question_detail) return job.question_detail;
  const kind = job.question === 'budget' ? 'budget' : 'plan';
  return {
    id: kind,
    kind,
    text: job.waiting_for ?? '',
    choices: OFFERED[kind].map((id) => ({ id, label: id })),
    default: 'approve',
    deadline: null,
  };
}

/** The limits that a choice would raise, with the values it suggests. */
export function limitsOf({ changes }: Choice): Record<string, number> {
  const given = Object.entries(changes?.model_budget ?? {});
  return Object.fromEntries(given.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
