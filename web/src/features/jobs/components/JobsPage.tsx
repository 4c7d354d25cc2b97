import { Button, Group, Menu, SegmentedControl, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle, useMediaQuery } from '@mantine/hooks';
import { useCallback, useMemo, useState } from 'react';
import type { RowSelectionState } from '@tanstack/react-table';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ColumnsIcon, SearchIcon } from '../../../lib/icons';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { useTyped } from '../../../lib/use-typed';
import { useJobs } from '../api/list-jobs';
import { COLUMN_IDS, type ColumnId } from '../api/job-address';
import { ALL_JOBS, FILTERS, type Filter } from '../api/job-query';
import { BulkBar } from './BulkBar';
import { FilterMenu, NO_FILTERS } from './FilterMenu';
import { JobCards } from './JobCards';
import { headerOf, JobsTable } from './JobsTable';
import { useColumns, useTableState } from './use-table-state';
import { Welcome } from './Welcome';
import classes from './jobs.module.css';

export function JobsPage() {
  const { t, locale } = useI18n();
  useDocumentTitle(`${t.jobs.title} · ${t.app.name}`);
  const { query, sorting, setSorting, set } = useTableState();
  const columns = useColumns();
  const [selection, setSelection] = useState<RowSelectionState>({});
  const list = useJobs(query);
  const { jobs, total, hasMore, loading, loadMore } = list;
  const narrow = useMediaQuery('(max-width: 820px)', undefined, { getInitialValueInEffect: false });
  const filtered =
    JSON.stringify({ ...query, sort: ALL_JOBS.sort, order: ALL_JOBS.order }) !== JSON.stringify(ALL_JOBS);

  const onNearEnd = useCallback(() => {
    if (hasMore && !loading) void loadMore();
  }, [hasMore, loading, loadMore]);

  const selected = useMemo(() => jobs.filter((job) => selection[job.id]), [jobs, selection]);
  if (!list.isPending && !list.error && total === 0 && !filtered) return <Welcome />;
  return (
    <Stack gap="lg">
      <Group gap={10} align="baseline">
        <Title order={1} size="h2">
          {t.jobs.title}
        </Title>
        {!list.isPending && <Text c="dimmed">{t.jobs.count(number(total, locale))}</Text>}
      </Group>
      <div className={classes.tools}>
        <SearchField value={query.search} onChange={(q) => set({ q })} />
        <div className={classes.filters}>
          <SegmentedControl
            aria-label={t.jobs.filter}
            value={query.filter}
            onChange={(value) => set({ status: value === 'all' ? '' : value })}
            data={(Object.keys(FILTERS) as Filter[]).map((value) => ({ value, label: t.jobs.filters[value] }))}
          />
        </div>
        <FilterMenu query={query} jobs={jobs} set={set} />
        {!narrow && <ColumnsMenu {...columns} />}
      </div>
      {list.error && <ErrorNote error={list.error} onRetry={list.refetch} />}
      {list.isPending && !list.error && <Skeleton height={240} radius="lg" />}
      {jobs.length > 0 && narrow && <JobCards jobs={jobs} onNearEnd={onNearEnd} />}
      {jobs.length > 0 && !narrow && (
        <JobsTable
          jobs={jobs}
          total={total}
          sorting={sorting}
          onSorting={setSorting}
          visibility={columns.visibility}
          selection={selection}
          onSelection={setSelection}
          onNearEnd={onNearEnd}
        />
      )}
      {!list.isPending && !list.error && jobs.length === 0 && (
        <Stack align="center" py={56} gap="sm">
          <Text>{t.jobs.nothingFound}</Text>
          <Button variant="default" onClick={() => set({ ...NO_FILTERS, q: '', status: '' })}>
            {t.jobs.clear}
          </Button>
        </Stack>
      )}
      {selected.length > 0 && <BulkBar jobs={selected} onSelection={setSelection} />}
    </Stack>
  );
}

function SearchField({ value, onChange }: { value: string; onChange(value: string): void }) {
  const { t } = useI18n();
  const { text, type } = useTyped(value, onChange);
  return (
    <TextInput
      className={classes.search}
      type="search"
      aria-label={t.jobs.search}
      placeholder={t.jobs.search}
      leftSection={<SearchIcon size={16} />}
      maxLength={200}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}

function ColumnsMenu({ visibility, toggle }: ReturnType<typeof useColumns>) {
  const { t } = useI18n();
  const optional = COLUMN_IDS.filter((id): id is Exclude<ColumnId, 'name'> => id !== 'name');
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="default" leftSection={<ColumnsIcon size={16} />}>
          {t.jobs.columnsShown}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {optional.map((id) => (
          <Menu.CheckboxItem key={id} checked={visibility[id] ?? true} onChange={() => toggle(id)}>
            {headerOf(id, t)}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
