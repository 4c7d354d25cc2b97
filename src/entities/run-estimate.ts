import { IsNull, Not, type EntityManager } from 'typeorm';
import type { RunEstimate } from '../contracts/estimates';
import { JobRow } from './job.entity';

/** What a run's length hangs on, as far as it is known before the run. */
export interface RunSize {
  bytes: number;
  max_models: number;
  max_runtime_secs: number | null;
  search: number;
}

/** A run that is over. */
export interface EndedRun extends RunSize {
  seconds: number;
}

/** The newest completed jobs are looked at; of those that are like the wanted one, the most alike count. */
const LOOKED_AT = 500;
const COUNTED = 8;
/** A table, a budget or a number of models that is more times larger or smaller is another kind of job. */
const FACTOR = 4;

/** From what its like took, not from a formula: what a model costs hangs on the machine and on the data. */
export function estimateRun(wanted: RunSize, ended: readonly EndedRun[]): Pick<RunEstimate, 'seconds' | 'jobs'> {
  const alike = ended
    .map((run) => ({ seconds: run.seconds, distance: distanceOf(wanted, run) }))
    .filter(({ distance }) => distance !== null)
    .sort((one, other) => one.distance! - other.distance!)
    .slice(0, COUNTED)
    .map(({ seconds }) => seconds);
  if (alike.length === 0) return { seconds: null, jobs: 0 };
  return { seconds: { least: Math.min(...alike), most: Math.max(...alike) }, jobs: alike.length };
}

/** 0 for the same; null for another kind of job. A run without a time limit is not like one with. */
function distanceOf(one: RunSize, other: RunSize): number | null {
  if ((one.max_runtime_secs === null) !== (other.max_runtime_secs === null)) return null;
  const ratios = [
    one.bytes / other.bytes,
    (one.max_models * one.search) / (other.max_models * other.search),
    (one.max_runtime_secs ?? 1) / (other.max_runtime_secs ?? 1),
  ].map((ratio) => Math.abs(Math.log(ratio)));
  // Exactly four times as large may come out as a bit more.
  return ratios.some((ratio) => ratio > Math.log(FACTOR) + 1e-9) ? null : ratios.reduce((sum, ratio) => sum + ratio, 0);
}

/** Completed jobs that ran once, from the beginning, and waited for nobody. */
export async function endedRuns(
  manager: EntityManager,
  bounds: Pick<RunSize, 'max_models' | 'max_runtime_secs'>,
): Promise<EndedRun[]> {
  const jobs = await manager.find(JobRow, {
    select: { id: true, options: true, run_seconds: true, dataset_bytes: true },
    where: {
      status: 'completed',
      run_no: 1,
      ...{ run_seconds: Not(IsNull()), dataset_bytes: Not(IsNull()) },
      ...{ deleted_at: IsNull(), forked_from: IsNull() },
    },
    order: { created_at: 'DESC' },
    take: LOOKED_AT,
  });
  return jobs
    .filter(
      ({ options, dataset_bytes }) => dataset_bytes! > 0 && !options.ask && (options.approval ?? 'none') === 'none',
    )
    .map(({ options, run_seconds, dataset_bytes }) => ({
      ...{ seconds: run_seconds!, bytes: Number(dataset_bytes), search: options.search ?? 1 },
      ...boundedBy(options, bounds),
    }));
}

/** What was asked for, inside what the installation allows. */
export function boundedBy(
  asked: { max_models?: number | undefined; max_runtime_secs?: number | undefined },
  allowed: Pick<RunSize, 'max_models' | 'max_runtime_secs'>,
): Pick<RunSize, 'max_models' | 'max_runtime_secs'> {
  const seconds = [asked.max_runtime_secs, allowed.max_runtime_secs].filter((value) => value != null);
  return {
    max_models: Math.min(asked.max_models ?? allowed.max_models, allowed.max_models),
    max_runtime_secs: seconds.length === 0 ? null : Math.min(...seconds),
  };
}
