import { z } from 'zod';
import { JobStatus, Phase } from './status';

/** What a list of jobs may be sorted by; each is a field of the job. */
export const JOB_SORTS = [
  'created_at',
  'name',
  'status',
  'progress',
  'target_column',
  'score',
  'skill',
  'run_seconds',
  'cost_usd',
  'models_trained',
  'engine',
] as const;
export const JobSort = z.enum(JOB_SORTS);
export type JobSort = z.infer<typeof JobSort>;
export const SortOrder = z.enum(['asc', 'desc']);
export type SortOrder = z.infer<typeof SortOrder>;

/** The fields that a list can be bounded by, with the words for what is bounded. */
export const BOUNDED = {
  skill: 'How much better than the naive baseline',
  run_seconds: 'How long the job ran, seconds',
  cost_usd: 'What models cost, US dollars',
} as const satisfies Partial<Record<JobSort, string>>;
export type Bounded = keyof typeof BOUNDED;
export type Bounds = { [Name in `${'min' | 'max'}_${Bounded}`]?: number };

/** One value or several, as a query string repeats a name. */
const some = <Schema extends z.ZodType>(one: Schema) =>
  z
    .union([one, z.array(one)])
    .transform((value) => [value].flat() as z.infer<Schema>[])
    .optional();
const bound = (field: Bounded, end: 'at least' | 'at most') =>
  z.coerce.number().optional().describe(`${BOUNDED[field]}, ${end}; jobs of which it is not known are left out`);

export const JobsQuery = z.object({
  id: some(z.string().max(100)).describe('Only these jobs, as far as they are there'),
  status: some(JobStatus).describe('One status, or several'),
  phase: some(Phase).describe('One phase, or several'),
  target: z.string().min(1).max(500).optional().describe('The predicted column, exactly'),
  search: z.string().trim().min(1).max(200).optional().describe('Part of the name, the goal or the target'),
  parent: z.string().max(100).optional().describe('Only forks of this job'),
  min_skill: bound('skill', 'at least'),
  max_skill: bound('skill', 'at most'),
  min_run_seconds: bound('run_seconds', 'at least'),
  max_run_seconds: bound('run_seconds', 'at most'),
  min_cost_usd: bound('cost_usd', 'at least'),
  max_cost_usd: bound('cost_usd', 'at most'),
  sort: JobSort.default('created_at').describe('Words without regard to case; what is not known comes last either way'),
  order: SortOrder.default('desc').describe('Jobs that are equal stand newest first either way'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(2000).optional().describe('From the `next` address in the Link header'),
});
export type JobsQuery = z.infer<typeof JobsQuery>;
