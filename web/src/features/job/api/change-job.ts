import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../../lib/api-types';
import { api, dataOf, randomKey } from '../../../lib/http';
import type { JobView, Phase } from '../../../lib/types';
import { jobKey } from './get-job';

/** Everything one can do to a job; each call brings the job and the list up to date. */
export function useJobActions(id: string) {
  const queries = useQueryClient();
  const params = { path: { id } };
  const onSettled = async () => {
    await queries.invalidateQueries({ queryKey: jobKey(id) });
    await queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
  };
  return {
    cancel: useMutation({ mutationFn: () => dataOf(api.POST('/jobs/{id}/cancel', { params })), onSettled }),
    pause: useMutation({ mutationFn: () => dataOf(api.POST('/jobs/{id}/pause', { params })), onSettled }),
    resume: useMutation({ mutationFn: () => dataOf(api.POST('/jobs/{id}/resume', { params })), onSettled }),
    retry: useMutation({
      mutationFn: (from?: Phase) => dataOf(api.POST('/jobs/{id}/retry', { params, body: from ? { from } : {} })),
      onSettled,
    }),
    rename: useMutation({
      mutationFn: (name: string) => dataOf(api.PUT('/jobs/{id}/name', { params, body: { name } })),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: () => dataOf(api.DELETE('/jobs/{id}', { params })),
      onSuccess: async () => {
        await queries.cancelQueries({ queryKey: jobKey(id) });
        await queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
      },
    }),
  };
}

export type ForkJob = components['schemas']['ForkJob'];

/** @returns the new job's id. */
export function useFork(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, key }: { body: ForkJob; key: string }) => {
      const params = { path: { id }, header: { 'Idempotency-Key': key } };
      return (await dataOf(api.POST('/jobs/{id}/fork', { params, body }))).job_id;
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['jobs', 'list'] }),
  });
}

type ModelBudget = NonNullable<JobView['options']['model_budget']>;

/** Raises the budget for models first: a job that went on without that would go on with templates. */
export function useRaiseBudget({ id, question_detail: question }: JobView) {
  const queries = useQueryClient();
  const params = { path: { id } };
  return useMutation({
    mutationFn: async (model_budget: ModelBudget) => {
      await dataOf(api.PATCH('/jobs/{id}', { params, body: { model_budget } }));
      return await dataOf(
        api.POST('/jobs/{id}/approve', { params, body: { answer: 'approve', question: question?.id } }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: jobKey(id) }),
  });
}

/** Answers and words for a job that runs. */
export function useJobTalk(id: string) {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: jobKey(id) });
  return {
    answer: useMutation({
      mutationFn: (body: components['schemas']['AnswerJob']) =>
        dataOf(api.POST('/jobs/{id}/approve', { params: { path: { id } }, body })),
      onSettled,
    }),
    say: useMutation({
      mutationFn: (content: string) => {
        const header = { 'Idempotency-Key': randomKey() };
        return dataOf(api.POST('/jobs/{id}/messages', { params: { path: { id }, header }, body: { content } }));
      },
      onSettled,
    }),
  };
}
