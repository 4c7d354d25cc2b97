import { useMutation } from '@tanstack/react-query';
import { api, dataOf } from '../../../lib/http';
import type { ScoredRows } from '../../../lib/types';

type JsonRow = Record<string, string | number | boolean | null>;

/** What is to be scored: a file, pasted text, or (a forecast) nothing but a number of steps. */
export interface Scoring {
  file: File | null;
  text: string;
  horizon: number | null;
}

export function useScore(jobId: string) {
  return useMutation({ mutationFn: (scoring: Scoring) => score(jobId, scoring) });
}

async function score(jobId: string, { file, text, horizon }: Scoring): Promise<ScoredRows> {
  const params = { path: { id: jobId } };
  const steps = horizon === null ? {} : { horizon };
  const rows = file ? null : pastedRows(text);
  const table = file ?? (rows === null && text.trim() !== '' ? new Blob([text]) : null);
  if (table === null) {
    return await dataOf(api.POST('/jobs/{id}/score', { params, body: { ...steps, ...(rows ? { rows } : {}) } }));
  }
  const form = new FormData();
  if (horizon !== null) form.append('horizon', String(horizon));
  form.append('file', table, file?.name ?? 'pasted.csv');
  return await dataOf(api.POST('/jobs/{id}/score_file', { params, body: { file: '' }, bodySerializer: () => form }));
}

/** Pasted JSON as rows: a list of objects, or one; null for what is no JSON, which is read as a table then. */
export function pastedRows(text: string): JsonRow[] | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const read: unknown = JSON.parse(text);
    return (Array.isArray(read) ? read : [read]) as JsonRow[];
  } catch {
    return null;
  }
}

export function scoredUrl(jobId: string, scoreId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}/scores/${encodeURIComponent(scoreId)}/predictions_csv`;
}
