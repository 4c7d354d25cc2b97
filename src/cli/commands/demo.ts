import path from 'node:path';
import type { Config } from '../../config';
import type { ExitCode } from '../exit-codes';
import { runJob } from '../run-job';

/** Small enough for a minute on a laptop, large enough to beat the naive forecast. */
const DEMO_MODELS = 6;
const DEMO_HORIZON = 14;

/** The bundled real series through the whole pipeline. */
export async function demo(
  config: Config,
  options: { url: string | undefined; json: boolean; environment: NodeJS.ProcessEnv },
): Promise<ExitCode> {
  const job = {
    name: 'Demo: bike sharing in Washington, D.C.',
    prompt: `Forecast the daily number of rented bikes for the next ${DEMO_HORIZON} days.`,
    target_column: 'total_rentals',
    horizon: DEMO_HORIZON,
    max_models: DEMO_MODELS,
    seed: 42,
  };
  return await runJob(config, { ...options, file: path.join(config.root, 'examples', 'bike_sharing_daily.csv'), job });
}
