import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useI18n } from '../../../lib/i18n';
import type { JobView } from '../../../lib/types';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import { useJobTalk } from '../api/change-job';
import { PlanDialog } from './PlanDialog';

/** A job that waits for its reader says for what, and takes the answer on the spot. */
export function ApprovalNote({ job }: { job: JobView }) {
  return job.status === 'awaiting_user_input' ? <Waiting job={job} /> : null;
}

function Waiting({ job }: { job: JobView }) {
  const { t } = useI18n();
  const { answer } = useJobTalk(job.id);
  const [changing, setChanging] = useState(false);
  const budget = job.question === 'budget';
  const title = budget ? t.activity.budgetTitle : t.activity.approvalTitle;
  const detail = budget ? t.activity.budgetText : (job.waiting_for ?? undefined);
  const give = (value: 'approve' | 'reject', message: string) =>
    answer.mutate(value, { onSuccess: () => notifications.show({ message }) });
  return (
    <>
      <NoteBox
        tone="warn"
        note={{ title, detail }}
        actions={
          <>
            <Button
              size="xs"
              loading={answer.isPending}
              onClick={() => give('approve', budget ? t.activity.wentOn : t.activity.approved)}
            >
              {budget ? t.activity.goOn : t.activity.approve}
            </Button>
            {!budget && (
              <Button size="xs" variant="default" disabled={answer.isPending} onClick={() => setChanging(true)}>
                {t.plan.change}
              </Button>
            )}
            <Button
              size="xs"
              variant="default"
              disabled={answer.isPending}
              onClick={() => give('reject', t.activity.rejected)}
            >
              {budget ? t.activity.endJob : t.activity.reject}
            </Button>
          </>
        }
      />
      {answer.error && <ErrorNote error={answer.error} />}
      {changing && <PlanDialog job={job} onClose={() => setChanging(false)} />}
    </>
  );
}
