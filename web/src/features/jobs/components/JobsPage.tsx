import { Button, Group, SegmentedControl, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue, useDocumentTitle, useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'wouter';
import { useI18n } from '../../../lib/i18n';
import { PlusIcon, SearchIcon } from '../../../lib/icons';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { FILTERS, useJobs, type Filter } from '../api/list-jobs';
import { JobCards } from './JobCards';
import { JobsTable } from './JobsTable';
import classes from './jobs.module.css';

const PAGE = 50;

export function JobsPage() {
  const { t } = useI18n();
  useDocumentTitle(`${t.jobs.title} · ${t.app.name}`);
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [limit, setLimit] = useState(PAGE);
  const [asked] = useDebouncedValue(search.trim(), 250);
  const { data, error, isPending, refetch } = useJobs({ search: asked, filter, limit });
  const narrow = useMediaQuery('(max-width: 820px)', undefined, { getInitialValueInEffect: false });
  const filtered = asked !== '' || filter !== 'all';

  if (data && data.total === 0 && !filtered) return <Welcome />;
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="baseline">
        <Group gap={10} align="baseline">
          <Title order={1} size="h2">
            {t.jobs.title}
          </Title>
          {data && <Text c="dimmed">{t.jobs.count(data.jobs.length, data.total)}</Text>}
        </Group>
      </Group>
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          type="search"
          aria-label={t.jobs.search}
          placeholder={t.jobs.search}
          leftSection={<SearchIcon size={16} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <div className={classes.filters}>
          <SegmentedControl
            aria-label={t.jobs.filter}
            value={filter}
            onChange={(value) => setFilter(value as Filter)}
            data={(Object.keys(FILTERS) as Filter[]).map((value) => ({ value, label: t.jobs.filters[value] }))}
          />
        </div>
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {isPending && !error && <Skeleton height={240} radius="lg" />}
      {data && data.jobs.length > 0 && (narrow ? <JobCards jobs={data.jobs} /> : <JobsTable jobs={data.jobs} />)}
      {data && data.jobs.length === 0 && (
        <Stack align="center" py={56} gap="sm">
          <Text>{t.jobs.nothingFound}</Text>
          <Button
            variant="default"
            onClick={() => {
              setSearch('');
              setFilter('all');
            }}
          >
            {t.jobs.clear}
          </Button>
        </Stack>
      )}
      {data && data.jobs.length < data.total && (
        <Group justify="center">
          <Button variant="default" onClick={() => setLimit((now) => now + PAGE)}>
            {t.jobs.showMore}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** What a newcomer sees: what this is, and the one thing to do. */
function Welcome() {
  const { t } = useI18n();
  return (
    <div className={classes.welcome}>
      <svg className={classes.sketch} viewBox="0 0 320 120" fill="none" aria-hidden="true">
        <path
          d="M8 92 C30 70 44 98 64 76 S96 44 118 66 S150 84 172 48 S204 40 214 52"
          stroke="var(--ink-soft)"
          strokeWidth="3"
        />
        <path
          d="M214 52 C232 70 244 32 262 34 S292 24 312 14"
          stroke="var(--run)"
          strokeWidth="3"
          strokeDasharray="2 8"
          strokeLinecap="round"
        />
        <path d="M214 52 C236 62 258 18 312 -6 V40 C280 46 250 74 214 52Z" fill="var(--run)" opacity="0.12" />
        <circle cx="214" cy="52" r="5" fill="var(--run)" />
      </svg>
      <Title order={1} size="h2" ta="center">
        {t.jobs.emptyTitle}
      </Title>
      <Text c="dimmed" ta="center" maw={520}>
        {t.jobs.emptyText}
      </Text>
      <Button component={Link} href="/app/new" size="md" leftSection={<PlusIcon />} mt="sm">
        {t.jobs.emptyAction}
      </Button>
    </div>
  );
}
