import type { Config } from '../config';
import type { Check } from '../contracts/system';

export type { Check };

export interface Surroundings {
  config: Config;
  environment: NodeJS.ProcessEnv;
}

/** Looks at one thing; never throws for what it finds. */
export type Examination = (surroundings: Surroundings) => Promise<Check>;

/** Builds the three kinds of answer of one check. */
export function checkOf(id: string, title: string) {
  return {
    ok: (found: string): Check => ({ id, title, verdict: 'ok', found, remedy: null }),
    warning: (found: string, remedy: string): Check => ({ id, title, verdict: 'warning', found, remedy }),
    error: (found: string, remedy: string): Check => ({ id, title, verdict: 'error', found, remedy }),
  };
}
