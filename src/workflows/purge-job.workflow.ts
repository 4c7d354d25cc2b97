import { results } from './proxies';

/** Deletes a job that its row hides already: stops its workflow and containers, then removes files and rows. */
export async function purgeJob(input: { job_id: string }): Promise<void> {
  await results.purge(input.job_id);
}
