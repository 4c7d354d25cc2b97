import { SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { lazy, Suspense, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import { duration, money, number, percent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { useAnalytics, type Analytics } from '../api/get-analytics';
import classes from './analytics.module.css';
import { FiguresTable } from './FiguresTable';

const DaysChart = lazy(() => import('./DaysChart').then((module) => ({ default: module.DaysChart })));
const ErrorsChart = lazy(() => import('./DaysChart').then((module) => ({ default: module.ErrorsChart })));
const SPANS = [7, 30, 90];
const USUAL = 30;

export function AnalyticsPage() {
  const { t } = useI18n();
  useDocumentTitle(`${t.analytics.title} · ${t.app.name}`);
  const [parameters, setParameters] = useSearchParams();
  const asked = Number(parameters.get('days'));
  const days = SPANS.includes(asked) ? asked : USUAL;
  const { data, error, refetch } = useAnalytics(days);
  return (
    <Stack gap="lg">
      <div className={classes.head}>
        <div>
          <Title order={1} size="h2">
            {t.analytics.title}
          </Title>
          <Text c="dimmed">{t.analytics.lead}</Text>
        </div>
        <SegmentedControl
          aria-label={t.analytics.span}
          value={String(days)}
          onChange={(value) => setParameters({ days: value }, { replace: true })}
          data={SPANS.map((span) => ({ value: String(span), label: t.analytics.days(span) }))}
        />
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={420} radius="lg" />}
      {data && <Shown analytics={data} />}
    </Stack>
  );
}

function Shown({ analytics }: { analytics: Analytics }) {
  const { t } = useI18n();
  return (
    <>
      {analytics.cut && <p className={classes.note}>{t.analytics.cut}</p>}
      <Figures analytics={analytics} />
      <Panel title={t.analytics.perDay} hint={t.analytics.perDayHint}>
        <Suspense fallback={<Skeleton height={280} />}>
          <DaysChart days={analytics.by_day} />
        </Suspense>
      </Panel>
      <Phases phases={analytics.phases} />
      <Agents agents={analytics.agents} />
      <Errors analytics={analytics} />
    </>
  );
}

function Figures({ analytics: { jobs, executions, agents } }: { analytics: Analytics }) {
  const { t, locale } = useI18n();
  const priced = agents.filter(({ cost_usd }) => cost_usd !== null);
  const spent = priced.length === 0 ? null : priced.reduce((sum, agent) => sum + (agent.cost_usd ?? 0), 0);
  const tokens = agents.reduce((sum, agent) => sum + agent.input_tokens + agent.output_tokens, 0);
  return (
    <dl className={classes.figures}>
      <Figure name={t.analytics.jobs} value={number(jobs.created, locale)} />
      <Figure
        name={t.analytics.success}
        value={jobs.success_rate === null ? '–' : percent(jobs.success_rate, locale)}
        more={t.analytics.successHint}
      />
      <Figure
        name={t.analytics.median}
        value={duration(jobs.seconds.p50)}
        more={t.analytics.slowest(duration(jobs.seconds.p95))}
      />
      <Figure
        name={t.analytics.runs}
        value={number(executions.runs, locale)}
        more={t.analytics.replaced(executions.replacements)}
      />
      <Figure
        name={t.analytics.processorTime}
        value={duration(executions.cpu_seconds)}
        more={t.analytics.runTime(duration(executions.seconds))}
      />
      <Figure name={t.analytics.spent} value={money(spent, locale)} more={t.analytics.tokens(number(tokens, locale))} />
    </dl>
  );
}

function Figure({ name, value, more }: { name: string; value: string; more?: string }) {
  return (
    <div className={classes.figure}>
      <dt>{name}</dt>
      <dd className="numbers">
        {value}
        {more && <small>{more}</small>}
      </dd>
    </div>
  );
}

function Phases({ phases }: { phases: Analytics['phases'] }) {
  const { t, locale } = useI18n();
  return (
    <TablePanel title={t.analytics.phases} hint={t.analytics.phasesHint} empty={phases.length === 0}>
      <FiguresTable
        label={t.analytics.phases}
        columns={[
          t.analytics.phase,
          ...[t.analytics.attempts, t.analytics.succeeded, t.analytics.mended, t.analytics.failed],
          ...[t.analytics.medianTime, t.analytics.p95],
        ]}
        rows={phases.map((one) => ({
          key: one.phase,
          cells: [
            t.phase[one.phase],
            ...[one.attempts, one.succeeded, one.needed_fix, one.failed].map((value) => number(value, locale)),
            ...[one.seconds.p50, one.seconds.p95].map(duration),
          ],
        }))}
      />
    </TablePanel>
  );
}

function Agents({ agents }: { agents: Analytics['agents'] }) {
  const { t, locale } = useI18n();
  return (
    <TablePanel title={t.analytics.agents} hint={t.analytics.agentsHint} empty={agents.length === 0}>
      <FiguresTable
        label={t.analytics.agents}
        columns={[
          t.analytics.agent,
          ...[t.analytics.turns, t.analytics.calls, t.analytics.unanswered, t.analytics.tokensInOut],
          ...[t.analytics.price, t.analytics.medianTime, t.analytics.p95],
        ]}
        rows={agents.map((one) => ({
          key: `${one.agent_name} ${one.model}`,
          cells: [
            `${one.agent_name} · ${one.model}`,
            ...[one.turns, one.calls, one.failed_turns].map((value) => number(value, locale)),
            `${number(one.input_tokens, locale)} / ${number(one.output_tokens, locale)}`,
            money(one.cost_usd, locale),
            ...[one.seconds.p50, one.seconds.p95].map(duration),
          ],
        }))}
      />
    </TablePanel>
  );
}

function Errors({ analytics: { errors, by_day } }: { analytics: Analytics }) {
  const { t, locale } = useI18n();
  return (
    <TablePanel title={t.analytics.errors} hint={t.analytics.errorsHint} empty={errors.length === 0}>
      <div className={classes.inset}>
        <Suspense fallback={<Skeleton height={280} />}>
          <ErrorsChart days={by_day} />
        </Suspense>
      </div>
      <FiguresTable
        label={t.analytics.errors}
        columns={[t.analytics.error, t.analytics.attempts, t.analytics.jobs]}
        rows={errors.map((one) => ({
          key: `${one.category} ${one.code}`,
          cells: [`${t.category[one.category]}: ${one.code}`, number(one.attempts, locale), number(one.jobs, locale)],
        }))}
      />
    </TablePanel>
  );
}

function TablePanel(props: { title: string; hint: string; empty: boolean; children: ReactNode }) {
  const { t } = useI18n();
  return (
    <Panel title={props.title} hint={props.hint} flush>
      {props.empty ? <p className={classes.quiet}>{t.analytics.none}</p> : props.children}
    </Panel>
  );
}
