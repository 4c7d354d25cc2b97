import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { dateTime, metricName, metricValue, skillSize } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import { useJobTalk } from '../api/change-job';
import { questionOf, type Choice, type Question } from '../api/question';
import { PlanDialog } from './PlanDialog';
import { RaiseBudget } from './RaiseBudget';

/** A job that waits for its reader says for what, and takes the answer on the spot. */
export function QuestionNote({ job }: { job: JobView }) {
  if (job.status !== 'awaiting_user_input') return null;
  const question = questionOf(job);
  return <Waiting key={question.id} job={job} question={question} />;
}

function Waiting({ job, question }: { job: JobView; question: Question }) {
  const { t } = useI18n();
  const { answer } = useJobTalk(job.id);
  const [open, setOpen] = useState<'plan' | 'budget' | null>(null);
  const label = useLabels(question);
  const detail = useDetail(job, question);
  const give = (choice: Choice) => {
    if (choice.id === 'revise') return setOpen('plan');
    if (choice.changes) return setOpen(open === 'budget' ? null : 'budget');
    answer.mutate(
      { answer: choice.id, question: job.question_detail?.id },
      { onSuccess: () => notifications.show({ message: t.question.answered }) },
    );
  };
  const [raise] = question.choices.filter(({ changes }) => changes);
  return (
    <>
      <NoteBox
        tone="warn"
        note={{ title: t.question.title[question.kind], detail }}
        actions={question.choices.map((choice, index) => (
          <Button
            key={choice.id}
            size="xs"
            variant={index === 0 ? 'filled' : 'default'}
            disabled={answer.isPending}
            onClick={() => give(choice)}
          >
            {label(choice)}
          </Button>
        ))}
      />
      {open === 'budget' && raise && <RaiseBudget job={job} choice={raise} />}
      {answer.error && <ErrorNote error={answer.error} />}
      {open === 'plan' && <PlanDialog job={job} onClose={() => setOpen(null)} />}
    </>
  );
}

/** What every gate offers is said in the reader's language; what the data offers, as the server says it. */
function useLabels({ kind }: Question) {
  const { t } = useI18n();
  return (choice: Choice) => t.question.choices[`${kind}.${choice.id}`] ?? choice.label;
}

function useDetail(job: JobView, question: Question): string {
  const { t, locale } = useI18n();
  const label = useLabels(question);
  const otherwise = question.choices.find(({ id }) => id === question.default);
  const words = {
    plan: t.question.plan,
    budget: t.question.budget,
    final: `${resultOf(job, t, locale)} ${t.question.final}`,
    choice: question.text,
  }[question.kind];
  if (!otherwise || question.deadline === null) return words;
  return `${words}\n${t.question.otherwise(label(otherwise), dateTime(question.deadline, locale))}`;
}

/** The headline: the metric that decides, beside the naive baseline. */
function resultOf(job: JobView, t: ReturnType<typeof useI18n>['t'], locale: string): string {
  const { metric, score, baseline_score: naive, skill: gain } = job;
  if (metric === null || score === null) return t.question.unmeasured;
  const name = metricName(metric);
  const value = metricValue(metric, score, locale);
  if (gain === null) return t.question.alone(name, value);
  const against = metricValue(metric, naive, locale);
  return gain > 0
    ? t.question.better(name, value, against, skillSize(metric, gain, locale))
    : t.question.worse(name, value, against);
}
