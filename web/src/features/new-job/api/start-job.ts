import { api, ApiError, dataOf, problemOf } from '../../../lib/http';
import type { CreateJob } from '../../../lib/types';

export type StartStage = { stage: 'creating' } | { stage: 'uploading'; percent: number } | { stage: 'processing' };

interface Start {
  create: CreateJob;
  /** None where the job starts from a data set. */
  file: File | null;
  /** The same key makes a repeated creation answer with the first one's job. */
  key: string;
  signal: AbortSignal;
  onStage(stage: StartStage): void;
}

/**
 * Makes the job and uploads its table, which starts it. A job whose upload failed or was cancelled is removed again.
 * @returns the job's id. @throws {ApiError}, or the signal's reason when it was cancelled.
 */
export async function startJob({ create, file, key, signal, onStage }: Start): Promise<string> {
  onStage({ stage: 'creating' });
  const header = { 'Idempotency-Key': key };
  const { job_id } = await dataOf(api.POST('/jobs', { params: { header }, body: create }));
  if (!file) return job_id;
  onStage({ stage: 'uploading', percent: 0 });
  try {
    await upload(job_id, file, signal, onStage);
  } catch (error) {
    await api.DELETE('/jobs/{id}', { params: { path: { id: job_id } } }).catch(() => undefined);
    throw error;
  }
  return job_id;
}

/** XMLHttpRequest, for fetch tells nothing of an upload's progress. */
function upload(jobId: string, file: File, signal: AbortSignal, onStage: Start['onStage']): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const call = new XMLHttpRequest();
    const body = new FormData();
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
