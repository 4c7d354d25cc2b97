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
  const give = (value: 'approve' | 'reject', message: string) =>
    answer.mutate(value, { onSuccess: () => notifications.show({ message }) });
  return (
    <>
      <NoteBox
        tone="warn"
        note={{ title: t.activity.approvalTitle, detail: job.waiting_for ?? job.doing ?? undefined }}
        actions={
          <>
            <Button size="xs" loading={answer.isPending} onClick={() => give('approve', t.activity.approved)}>
              {t.activity.approve}
            </Button>
            <Button size="xs" variant="default" disabled={answer.isPending} onClick={() => setChanging(true)}>
              {t.plan.change}
            </Button>
            <Button
              size="xs"
              variant="default"
              disabled={answer.isPending}
              onClick={() => give('reject', t.activity.rejected)}
            >
              {t.activity.reject}
            </Button>
          </>
        }
      />
      {answer.error && <ErrorNote error={answer.error} />}
      {changing && <PlanDialog job={job} onClose={() => setChanging(false)} />}
    </>
  );
}
