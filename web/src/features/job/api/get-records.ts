import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';
import type { LogView } from '../../../lib/types';
import { jobKey } from './get-job';

const RUNNING_MS = 5000;

interface Watch {
  id: string;
  /** Changes with every event that may bring more. */
  stamp: string;
  running: boolean;
}

/** Attempts and executions; containers come and go between two events, so that it is asked for again while it runs. */
export function useTimeline({ id, stamp, running }: Watch) {
  return useQuery({
    queryKey: [...jobKey(id), 'timeline', stamp],
    queryFn: ({ signal }) => dataOf(api.GET('/jobs/{id}/timeline', { params: { path: { id } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: running ? RUNNING_MS : false,
  });
}

export function useResources({ id, stamp, running }: Watch) {
  return useQuery({
    queryKey: [...jobKey(id), 'resources', stamp],
    queryFn: ({ signal }) => dataOf(api.GET('/jobs/{id}/resources', { params: { path: { id } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: running ? RUNNING_MS : false,
  });
}

/** The agents' reports and what they used so far. */
export function useAgentRecords(id: string, stamp: string) {
  return useQuery({
    queryKey: [...jobKey(id), 'agents', stamp],
    queryFn: async ({ signal }) => {
      const call = { params: { path: { id } }, signal };
      const [reports, statistics] = await Promise.all([
        dataOf(api.GET('/jobs/{id}/reports', call)),
        dataOf(api.GET('/jobs/{id}/statistics', call)),
      ]);
      return { reports, statistics };
    },
    placeholderData: keepPreviousData,
  });
}

export function useTurns(id: string, stamp: string) {
  return useQuery({
    queryKey: [...jobKey(id), 'turns', stamp],
    queryFn: ({ signal }) => dataOf(api.GET('/jobs/{id}/turns', { params: { path: { id } }, signal })),
    placeholderData: keepPreviousData,
  });
}

const PAGE = 5000;

/** The job's whole log as a text file, page by page: the page on screen may hold only its newest part. */
export async function logText(id: string): Promise<string> {
  const rows: LogView[] = [];
  let before: number | undefined;
  for (;;) {
    const query = { limit: PAGE, ...(before !== undefined && { before }) };
    const page = await dataOf(api.GET('/jobs/{id}/logs', { params: { path: { id }, query } }));
    rows.push(...page);
    before = page.at(-1)?.id;
    if (page.length < PAGE) break;
  }
  return rows
    .reverse()
    .map((row) => `${row.timestamp} ${row.level.padEnd(7)} ${row.message}\n`)
    .join('');
}
