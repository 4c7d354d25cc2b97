import { Button, Skeleton, Textarea } from '@mantine/core';
import { lazy, Suspense, useState, type FormEvent, type KeyboardEvent } from 'react';
import { duration, money, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { SendIcon } from '../../../lib/icons';
import type { JobView, ReportView, StatisticsView } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import { useJobTalk } from '../api/change-job';
import { useAgentRecords } from '../api/get-records';
import type { JobLive } from '../api/job-live';
import { MessageList } from './AgentMessages';
import { AgentTurns } from './AgentTurns';
import classes from './activity.module.css';
import jobClasses from './job.module.css';

const Markdown = lazy(() => import('../../../lib/ui/Markdown'));

/** The agents' conversation with its evidence beside it; while the job runs, the reader can join in. */
export function AgentsTab({ job, live }: { job: JobView; live: JobLive }) {
  const { t } = useI18n();
  const stamp = `${live.messages.length}/${job.status}`;
  const { data, error, refetch } = useAgentRecords(job.id, stamp);
  return (
    <div className={`${jobClasses.columns} ${jobClasses.even}`}>
      <Panel title={t.activity.conversation}>
        <MessageList messages={live.messages} running={!job.final} />
        {!job.final && <Composer jobId={job.id} />}
      </Panel>
      <div className={jobClasses.column}>
        {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
        <Panel title={t.activity.evidence}>
          <Reports reports={data?.reports ?? []} />
        </Panel>
        <AgentTurns jobId={job.id} stamp={stamp} />
        <Panel title={t.activity.statistics} flush>
          <Statistics rows={data?.statistics ?? []} />
        </Panel>
      </div>
    </div>
  );
}

function Composer({ jobId }: { jobId: string }) {
  const { t } = useI18n();
  const { say } = useJobTalk(jobId);
  const [text, setText] = useState('');
  const ready = text.trim() !== '' && !say.isPending;
  const send = () => {
    if (ready) say.mutate(text.trim(), { onSuccess: () => setText('') });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
  };
  return (
    <form className={classes.composer} onSubmit={onSubmit}>
      <Textarea
        label={t.activity.say}
        description={t.activity.sayHint}
        placeholder={t.activity.sayPlaceholder}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={20_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {say.error && <ErrorNote error={say.error} />}
      <div className={classes.composerFoot}>
        <Button type="submit" leftSection={<SendIcon size={15} />} disabled={!ready} loading={say.isPending}>
          {t.activity.send}
        </Button>
      </div>
    </form>
  );
}

/** Each report behind its title; a conversation is read first, its evidence on demand. */
function Reports({ reports }: { reports: ReportView[] }) {
  const { t } = useI18n();
  if (reports.length === 0) return <p className={jobClasses.empty}>{t.job.messagesEmpty}</p>;
  return (
    <ul className={classes.reports}>
      {reports.map((report) => (
        <li key={report.id} className={classes.report}>
          <Report report={report} />
        </li>
      ))}
    </ul>
  );
}

function Report({ report }: { report: ReportView }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={classes.stage}>{t.phase[report.stage]}</span> {report.title}
      </summary>
      {open && (
        <div className={classes.reportBody} tabIndex={0} role="group" aria-label={report.title}>
          <Suspense fallback={<Skeleton height={80} />}>
            <Markdown text={report.content} />
          </Suspense>
        </div>
      )}
    </details>
  );
}

function Statistics({ rows }: { rows: StatisticsView[] }) {
  const { t, locale } = useI18n();
  if (rows.length === 0)
    return <p className={`${jobClasses.empty} ${jobClasses.inset}`}>{t.activity.statisticsEmpty}</p>;
  return (
    <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.activity.statistics}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th scope="col">{t.activity.agent}</th>
            {[t.activity.calls, t.activity.tokensInOut, t.activity.cost, t.activity.time].map((name) => (
              <th key={name} scope="col" className={ui.right}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>{row.agent_name}</td>
              <td className={ui.right}>{number(row.calls_count, locale)}</td>
              <td className={ui.right}>
                {row.tokens_consumed === null
                  ? '–'
                  : `${number(row.input_tokens, locale)} / ${number(row.output_tokens, locale)}`}
              </td>
              <td className={ui.right}>{money(row.cost_usd, locale)}</td>
              <td className={ui.right}>{duration(row.total_execution_time)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
