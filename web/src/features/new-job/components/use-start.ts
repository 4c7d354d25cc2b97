import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { randomKey } from '../../../lib/http';
import { makeCorrectedVersion, startJob, type StartStage, type Wish } from '../api/start-job';

export type StartState = { stage: 'idle' } | StartStage | { stage: 'cancelled' } | { stage: 'failed'; error: unknown };

/** Creates, uploads and goes to the job; leaving the page cancels an upload that is under way. */
export function useStart() {
  const [state, setState] = useState<StartState>({ stage: 'idle' });
  const running = useRef<AbortController | null>(null);
  /** A creation whose answer was lost is asked again under the same key, so that it makes no second job. */
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  const made = useRef<{ wanted: string; version: number } | null>(null);
  const [, navigate] = useLocation();
  const queries = useQueryClient();

  useEffect(() => () => running.current?.abort(), []);

  /** A job on a stored table names its version; that of corrections is made once, however often the start is tried. */
  const withDataset = async (wish: Wish, signal: AbortSignal) => {
    const { create, source, corrections } = wish;
    if (source.kind === 'file') return create;
    const wanted = JSON.stringify([source, corrections]);
    if (made.current?.wanted !== wanted) {
      made.current = { wanted, version: await makeCorrectedVersion(source, corrections, signal) };
    }
    return { ...create, dataset_id: source.id, dataset_version: made.current.version };
  };

  const start = async (wish: Wish) => {
    const controller = new AbortController();
    running.current = controller;
    const onStage = (stage: StartStage) => {
      if (stage.stage === 'uploading') unanswered.current = null;
      setState(stage);
    };
    try {
      onStage({ stage: 'creating' });
      const create = await withDataset(wish, controller.signal);
      const body = JSON.stringify(create);
      const key = unanswered.current?.body === body ? unanswered.current.key : randomKey();
      unanswered.current = { body, key };
      const id = await startJob({ ...wish, create, key, signal: controller.signal, onStage });
      running.current = null;
      void queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
      navigate(`/app/jobs/${id}`);
    } catch (error) {
      setState(controller.signal.aborted ? { stage: 'cancelled' } : { stage: 'failed', error });
    }
  };
  return { state, start, cancel: () => running.current?.abort() };
}
