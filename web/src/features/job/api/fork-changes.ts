import type { JobView, Phase } from '../../../lib/types';
import type { ForkJob } from './change-job';

type Changes = NonNullable<ForkJob['changes']>;

/** The fork's request: of all fields only those that differ from the job's own. */
export function forkBody(from: Phase, job: JobView, wanted: Changes): ForkJob {
  const own: Changes = {
    name: job.name,
    prompt: job.prompt,
    target_column: job.target_column ?? '',
    horizon: job.options.horizon ?? null,
    metric: job.options.metric ?? null,
    max_models: job.options.max_models ?? null,
    max_runtime_secs: job.options.max_runtime_secs ?? null,
    ask: job.options.ask || null,
    search: job.options.search ?? null,
    approval: job.options.approval === 'none' ? null : (job.options.approval ?? null),
  };
  const entries = Object.entries(wanted).filter(([name, value]) => value !== own[name as keyof Changes]);
  // An emptied field takes the choice back.
  const changes = Object.fromEntries(entries.map(([name, value]) => [name, value === '' ? null : value]));
  return entries.length === 0 ? { from } : { from, changes };
}
