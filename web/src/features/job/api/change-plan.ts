import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../../lib/api-types';
import { api, dataOf } from '../../../lib/http';
import { jobKey } from './get-job';

export type PlanView = components['schemas']['PlanView'];
export type RevisePlan = components['schemas']['RevisePlan'];

/** What the reader sees and sets; text fields hold what is typed. */
export interface PlanForm {
  features: string[];
  algorithms: string[];
  lags: string[];
  windows: string[];
  calendar: boolean;
  /** Of a country; empty: none. */
  holidays: string;
  balance_classes: boolean;
  target_encoding: string[];
  text_features: string[];
  target_transform: PlanView['plan']['target_transform'];
  monotone_increasing: string[];
  monotone_decreasing: string[];
  group_column: string | null;
  weight_column: string | null;
  folds: number;
  /** The names of the functions that stay. */
  functions: string[];
  max_models: number | null;
}

export function usePlan(id: string) {
  return useQuery({
    queryKey: [...jobKey(id), 'plan'],
    queryFn: ({ signal }) => dataOf(api.GET('/jobs/{id}/plan', { params: { path: { id } }, signal })),
    staleTime: 0,
  });
}

/** @param onSuccess is called even where the job goes on at once and its dialog is gone. */
export function useChangePlan({ id, final }: { id: string; final: boolean }, onSuccess: () => void) {
  const queries = useQueryClient();
  const params = { path: { id } };
  return useMutation({
    mutationFn: (plan: RevisePlan) =>
      final
        ? dataOf(api.POST('/jobs/{id}/retry', { params, body: { from: 'training', plan } }))
        : dataOf(api.POST('/jobs/{id}/plan', { params, body: plan })),
    onSuccess,
    onSettled: () => queries.invalidateQueries({ queryKey: jobKey(id) }),
  });
}

export function formOf({ plan }: PlanView): PlanForm {
  return {
    features: plan.features,
    algorithms: plan.algorithms,
    lags: plan.lags.map(String),
    windows: plan.windows.map(String),
    calendar: plan.calendar,
    holidays: plan.holidays ?? '',
    balance_classes: plan.balance_classes,
    target_encoding: plan.target_encoding,
    text_features: plan.text_features,
    target_transform: plan.target_transform,
    monotone_increasing: plan.monotone_increasing,
    monotone_decreasing: plan.monotone_decreasing,
    group_column: plan.validation.group_column,
    weight_column: plan.weight_column,
    folds: plan.validation.folds,
    functions: plan.functions.map(({ name }) => name),
    max_models: plan.max_models,
  };
}

/** Only what the reader decides, now or earlier: the agents stay free in all else. */
export function changesOf(view: PlanView, form: PlanForm): RevisePlan {
  const before = formOf(view);
  const values: Record<string, unknown> = {
    ...form,
    lags: form.lags.map(Number),
    windows: form.windows.map(Number),
    holidays: form.holidays.trim().toUpperCase() || null,
  };
  const decided = Object.keys(form).filter((name) => {
    const key = name as keyof PlanForm;
    return name in view.edits || JSON.stringify(form[key]) !== JSON.stringify(before[key]);
  });
  return Object.fromEntries(decided.map((name) => [name, values[name]]));
}
