import { api, ApiError, dataOf, problemOf } from '../../../lib/http';
import type { CreateJob, DatasetOverrides } from '../../../lib/types';
import { countCorrections } from './corrections';
import type { TableSource } from './inspect';

export type StartStage = { stage: 'creating' } | { stage: 'uploading'; percent: number } | { stage: 'processing' };

/** What the reader wants started. */
export interface Wish {
  create: CreateJob;
  source: TableSource;
  corrections: DatasetOverrides;
}

interface Start extends Wish {
  /** The same key makes a repeated creation answer with the first one's job. */
  key: string;
  signal: AbortSignal;
  onStage(stage: StartStage): void;
}

/**
 * Makes the job and uploads its table, which starts it. A job whose upload failed or was cancelled is removed again.
 * @returns the job's id. @throws {ApiError}, or the signal's reason when it was cancelled.
 */
export async function startJob({ create, source, corrections, key, signal, onStage }: Start): Promise<string> {
  const header = { 'Idempotency-Key': key };
  const { job_id } = await dataOf(api.POST('/jobs', { params: { header }, body: create }));
  if (source.kind !== 'file') return job_id;
  onStage({ stage: 'uploading', percent: 0 });
  try {
    await upload(job_id, { file: source.file, corrections }, { signal, onStage });
  } catch (error) {
    await api.DELETE('/jobs/{id}', { params: { path: { id: job_id } } }).catch(() => undefined);
    throw error;
  }
  return job_id;
}

/** The version to train on: the chosen one, or a new one where it is corrected. @throws {ApiError} */
export async function makeCorrectedVersion(
  { id, version }: Extract<TableSource, { kind: 'version' }>,
  overrides: DatasetOverrides,
  signal: AbortSignal,
): Promise<number> {
  if (countCorrections(overrides) === 0) return version;
  const params = { path: { id }, query: { wait: 'true' as const } };
  const body = { base_version: version, overrides };
  const made = await dataOf(api.POST('/datasets/{id}/versions', { params, body, signal }));
  return made.version;
}

/** XMLHttpRequest, for fetch tells nothing of an upload's progress. */
function upload(
  jobId: string,
  { file, corrections }: { file: File; corrections: DatasetOverrides },
  { signal, onStage }: Pick<Start, 'signal' | 'onStage'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const call = new XMLHttpRequest();
    const body = new FormData();
    if (countCorrections(corrections) > 0) body.append('overrides', JSON.stringify(corrections));
    body.append('file', file, file.name);
    call.upload.onprogress = (event) => {
      if (event.lengthComputable)
        onStage({ stage: 'uploading', percent: Math.floor((event.loaded / event.total) * 100) });
    };
    call.upload.onload = () => onStage({ stage: 'processing' });
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) resolve();
      else reject(problemOf(call.status, call.responseText));
    };
    call.onerror = () => reject(new ApiError(0, 'no_answer', 'no answer', ''));
    call.onabort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', () => call.abort(), { once: true });
    call.open('POST', `/jobs/${jobId}/upload`);
    call.setRequestHeader('Accept', 'application/json');
    call.send(body);
  });
}
