import { useEffect, useState, useSyncExternalStore } from 'react';
import { ApiError } from '../../../lib/http';
import type { JobView } from '../../../lib/types';
import { useJob, usePolledRows } from './get-job';
import type { JobLive } from './job-live';
import { JobStream, type Connection } from './job-stream';

export interface LiveJob {
  job: JobView | null;
  live: JobLive;
  connection: Connection | 'offline';
  /** When the server was last heard, ms. */
  heardAt: number;
  error: unknown;
  refetch(): void;
}

/** A job as it is now: by its stream, and by polling where that fails. Mount it with the job's id as `key`. */
export function useJobLive(id: string): LiveJob {
  const [stream] = useState(() => new JobStream(id));
  const { live, connection, openUntil } = useSyncExternalStore(stream.subscribe, stream.getSnapshot);
  const query = useJob(id, connection === 'live');
  const polled = usePolledRows(id, connection === 'polling' && !query.error);

  useEffect(() => {
    stream.start();
    return () => stream.stop();
  }, [stream]);

  const rows = polled.data;
  useEffect(() => {
    if (rows) stream.merge(rows);
  }, [stream, rows]);

  // A job that is not there (or not any more) has no stream either.
  const gone = query.error instanceof ApiError && query.error.status === 404;
  useEffect(() => {
    if (gone) stream.stop();
  }, [stream, gone]);

  const away = query.error !== null;
  useEffect(() => {
    if (!away) stream.hurry();
  }, [stream, away]);

  const moves = query.data && !query.data.final;
  useEffect(() => {
    if (moves) stream.resume();
  }, [stream, moves, query.dataUpdatedAt]);

  return {
    job: newest(live.job, query.data ?? null),
    live,
    connection: query.error && connection !== 'live' ? 'offline' : connection,
    heardAt: Math.max(query.dataUpdatedAt, openUntil),
    error: query.error,
    refetch: () => void query.refetch(),
  };
}

/** The stream and the row may each be ahead by a moment; a name changed just now is only in the row. */
function newest(streamed: JobView | null, asked: JobView | null): JobView | null {
  if (!streamed || !asked) return streamed ?? asked;
  const ahead = Date.parse(streamed.updated_at) - Date.parse(asked.updated_at);
  return ahead > 0 || (ahead === 0 && streamed.progress > asked.progress) ? streamed : asked;
}
