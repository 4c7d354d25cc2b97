import type { Config } from '../config';
import type { Check, Examination } from '../checks/check';
import { directories, disk, files, memory } from '../checks/machine';
import { orphans } from '../checks/worker/orphans';
import { java, python, sandbox } from '../checks/worker/runtime';
import { database, docker, modelEndpoint, temporal } from '../checks/worker/services';
import { plainText } from './text';

const EXAMINATIONS: readonly Examination[] = [
  files,
  directories,
  disk,
  memory,
  python,
  java,
  docker,
  sandbox,
  temporal,
  database,
  modelEndpoint,
  orphans,
];

/** Checks everything that a run needs, all at once; the answers keep their order. */
export async function examine(config: Config, environment: NodeJS.ProcessEnv): Promise<Check[]> {
  return await Promise.all(EXAMINATIONS.map((look) => look({ config, environment })));
}

const MARKS = { ok: 'ok     ', warning: 'warning', error: 'error  ' } as const;

/** One line a check, and beneath it what to do. */
export function renderChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map((check) => check.title.length));
  return checks
    .flatMap((check) => [
      `${MARKS[check.verdict]}  ${check.title.padEnd(width)}  ${plainText(check.found)}`,
      ...(check.remedy ? [`${' '.repeat(width + 11)}→ ${check.remedy}`] : []),
    ])
    .join('\n');
}
