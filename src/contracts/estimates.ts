import { z } from 'zod';

/** What is known of a job before it is made. */
export const EstimateQuery = z.object({
  bytes: z.coerce.number().int().min(1).describe('Size of the table'),
  max_models: z.coerce.number().int().min(1).max(500).optional(),
  max_runtime_secs: z.coerce.number().int().min(1).optional(),
  search: z.coerce.number().int().min(1).max(5).default(1),
});
export type EstimateQuery = z.infer<typeof EstimateQuery>;

/** How long a job would take, told from those that were like it. */
export const RunEstimate = z.object({
  max_models: z.int().min(1).describe('As asked for, inside what this installation allows'),
  max_runtime_secs: z.int().min(1).nullable(),
  seconds: z
    .object({ least: z.number(), most: z.number() })
    .nullable()
    .describe('From start to end, of the jobs that were like it; null where none was'),
  jobs: z.int().min(0).describe('How many jobs that is told from'),
});
export type RunEstimate = z.infer<typeof RunEstimate>;
