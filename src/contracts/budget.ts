import { z } from 'zod';

/** Limits on what models may use for one job; null lifts the installation's own. */
export const ModelBudget = z.object({
  tokens: z.int().min(0).max(1_000_000_000).nullish(),
  usd: z.number().min(0).max(100_000).nullish().describe('US dollars'),
  calls: z.int().min(0).max(10_000).nullish(),
  minutes: z.number().min(0).max(10_000).nullish().describe('Spent waiting for models'),
});
export type ModelBudget = z.infer<typeof ModelBudget>;

export const BudgetEnd = z.enum(['template', 'ask']);
