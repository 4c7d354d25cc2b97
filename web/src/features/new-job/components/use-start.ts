import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { randomKey } from '../../../lib/http';
import type { CreateJob } from '../../../lib/types';
import { startJob, type StartStage } from '../api/start-job';

export type StartState = { stage: 'idle' } | StartStage | { stage: 'cancelled' } | { stage: 'failed'; error: unknown };

/** Creates, uploads and goes to the job; leaving the page cancels an upload that is under way. */
export function useStart() {
  const [state, setState] = useState<StartState>({ stage: 'idle' });
  const running = useRef<AbortController | null>(null);
  /** A creation whose answer was lost is asked again under the same key, so that it makes no second job. */
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  const [, navigate] = useLocation();
  const queries = useQueryClient();

  useEffect(() => () => running.current?.abort(), []);

  const start = async (create: CreateJob, file: File | null) => {
    const controller = new AbortController();
    running.current = controller;
    const body = JSON.stringify(create);
    const key = unanswered.current?.body === body ? unanswered.current.key : randomKey();
    unanswered.current = { body, key };
    const onStage = (stage: StartStage) => {
      if (stage.stage !== 'creating') unanswered.current = null;
      setState(stage);
    };
    try {
      const id = await startJob({ create, file, key, signal: controller.signal, onStage });
      running.current = null;
      void queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
      navigate(`/app/jobs/${id}`);
    } catch (error) {
      setState(controller.signal.aborted ? { stage: 'cancelled' } : { stage: 'failed', error });
    }
  };
  return { state, start, cancel: () => running.current?.abort() };
}
