import { Anchor, Progress, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { bytes, duration, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { LinkIcon } from '../../../lib/icons';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { StatusBadge } from '../../../lib/ui/StatusBadge';
import type { components } from '../../../lib/api-types';
import type { JobStatus } from '../../../lib/types';
import { useReadiness, useSystem } from '../api/get-system';
import classes from './system.module.css';

type System = components['schemas']['SystemView'];

export function SystemPage() {
  const { t } = useI18n();
  useDocumentTitle(`${t.system.title} · ${t.app.name}`);
  const { data, error, refetch } = useSystem();
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          {t.system.title}
        </Title>
        <Text c="dimmed">{t.system.lead}</Text>
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={320} radius="lg" />}
      {data && (
        <div className={classes.grid}>
          <Health />
          <Work system={data} />
          <Machine system={data} />
          <About system={data} />
        </div>
      )}
    </Stack>
  );
}

function Health() {
  const { t } = useI18n();
  const { data, error } = useReadiness();
  const states = [
    { name: t.system.database, ok: error ? false : data?.database },
    { name: t.system.temporal, ok: error ? false : data?.temporal },
  ];
  return (
    <Panel title={t.system.checks}>
      <ul className={classes.checks}>
        {states.map(({ name, ok }) => (
          <li key={name} data-ok={ok}>
            <span className={classes.dot} aria-hidden="true" />
            {name} {ok === undefined ? '…' : ok ? t.system.ok : t.system.bad}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Work({ system }: { system: System }) {
  const { t, locale } = useI18n();
  const counts = Object.entries(system.jobs) as [JobStatus, number][];
  return (
    <Panel title={t.system.work}>
      {counts.length === 0 && <p className={classes.quiet}>{t.system.workEmpty}</p>}
      <dl className={classes.facts}>
        {counts.map(([status, count]) => (
          <Fact key={status} name={<StatusBadge status={status} />}>
            {number(count, locale)}
          </Fact>
        ))}
        <Fact name={t.system.waiting}>{number(system.waiting, locale)}</Fact>
      </dl>
    </Panel>
  );
}

function Machine({ system }: { system: System }) {
  const { t, locale } = useI18n();
  return (
    <Panel title={t.system.machine}>
      <Stack gap="md">
        <Meter name={t.system.disk} part={system.disk} />
        <Meter name={t.system.memory} part={system.memory} />
        <dl className={classes.facts}>
          <Fact name={t.system.load}>{t.system.loadOf(number(system.load_average, locale), system.cpus)}</Fact>
        </dl>
      </Stack>
    </Panel>
  );
}

/** Above this share a resource is nearly gone. */
const TIGHT = 0.9;

function Meter({ name, part }: { name: string; part: { free_bytes: number; total_bytes: number } }) {
  const { t, locale } = useI18n();
  const used = part.total_bytes - part.free_bytes;
  const share = part.total_bytes === 0 ? 0 : used / part.total_bytes;
  const words = t.system.used(bytes(used, locale), bytes(part.total_bytes, locale));
  return (
    <div>
      <div className={classes.meter}>
        <span>{name}</span>
        <span className="numbers">{words}</span>
      </div>
      <Progress value={share * 100} color={share > TIGHT ? 'red.8' : undefined} aria-label={`${name}: ${words}`} />
    </div>
  );
}

function About({ system }: { system: System }) {
  const { t, locale } = useI18n();
  return (
    <Panel title={t.system.about}>
      <dl className={classes.facts}>
        <Fact name={t.system.version}>{system.version}</Fact>
        <Fact name={t.system.uptime}>{duration(system.uptime_seconds)}</Fact>
        <Fact name={t.system.engine}>{system.last_engine ?? '–'}</Fact>
        <Fact name={t.system.store}>{system.database}</Fact>
        <Fact name={t.system.upload}>{bytes(system.max_upload_bytes, locale)}</Fact>
        <Fact name={t.system.node}>{system.node}</Fact>
      </dl>
      <Anchor href={system.temporal_ui_url} target="_blank" rel="noreferrer" size="sm" className={classes.out}>
        <LinkIcon size={15} /> {t.system.openTemporal}
      </Anchor>
    </Panel>
  );
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd className="numbers">{children}</dd>
    </div>
  );
}
