import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';

export interface AnalysisSections {
  /** What was wrong with the data and what was done about it. */
  findings: string | null;
  /** How much each feature alone says about the target. */
  associations: string | null;
}

/** Parts of the analysis in its own Markdown; null where it says nothing. */
export function useFindings(id: string, stamp: string) {
  return useQuery({
    queryKey: ['jobs', 'one', id, 'findings', stamp],
    queryFn: async ({ signal }): Promise<AnalysisSections> => {
      const reports = await dataOf(api.GET('/jobs/{id}/reports', { params: { path: { id } }, signal }));
      const analysis = reports.findLast((report) => report.stage === 'analysis');
      const section = (title: string) => (analysis ? sectionOf(analysis.content, title) : null);
      return { findings: section('Findings'), associations: section('What goes with the target') };
    },
  });
}

/** A section of a Markdown page, without its heading; null where it is missing or empty. */
export function sectionOf(page: string, title: string): string | null {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.trim() === `## ${title}`);
  if (start < 0) return null;
  const end = lines.findIndex((line, at) => at > start && /^#{1,2} /.test(line));
  const text = lines
    .slice(start + 1, end < 0 ? undefined : end)
    .join('\n')
    .trim();
  return text === '' ? null : text;
}
