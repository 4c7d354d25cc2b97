import { createHash } from 'node:crypto';
import path from 'node:path';
import { AutomlError } from '../contracts/failure';
import { ScriptPhase, TRAINING_STAGES, TrainingStage } from '../contracts/status';
import type { ExecutionHandle, ExecutionKey } from './engine';

/** Eight hex digits that tell this installation's executions from another's on the same engine. */
export function installationOf(dataDir: string): string {
  return createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 8);
}

/**
 * What every incarnation under a key has in common:
 * `automl-<installation>-<job>-<phase>-<attempt>[t<trial>][-<stage>]`.
 */
export function keyName(installation: string, key: ExecutionKey): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(key.job_id)) {
    throw new AutomlError({
      category: 'system',
      code: 'invalid_execution',
      message: `The job id ${JSON.stringify(key.job_id)} can't name an execution.`,
      hint: 'Job ids consist of letters, digits, "-" and "_".',
    });
  }
  const trial = key.trial === undefined ? '' : `t${key.trial}`;
  const stage = key.stage === undefined ? '' : `-${key.stage}`;
  return `automl-${installation}-${key.job_id}-${key.phase}-${key.attempt}${trial}${stage}`;
}

/** The execution's name at the engine; the same key and incarnation give the same name after any restart. */
export function executionName(installation: string, key: ExecutionKey & { incarnation: number }): string {
  return `${keyName(installation, key)}-i${key.incarnation}`;
}

const NAME = new RegExp(
  `^automl-([0-9a-f]{8})-(.+)-([a-z]+)-(\\d+)(?:t(\\d+))?(?:-(${TRAINING_STAGES.join('|')}))?-i(\\d+)$`,
);

/** The handle that a name stands for; undefined where the name isn't one of this installation's. */
export function handleOf(name: string, installation: string, engine: string): ExecutionHandle | undefined {
  const match = NAME.exec(name);
  if (!match || match[1] !== installation) return undefined;
  const phase = ScriptPhase.safeParse(match[3]);
  if (!phase.success) return undefined;
  return {
    job_id: match[2] as string,
    phase: phase.data,
    attempt: Number(match[4]),
    ...(match[5] === undefined ? {} : { trial: Number(match[5]) }),
    ...(match[6] === undefined ? {} : { stage: TrainingStage.parse(match[6]) }),
    incarnation: Number(match[7]),
    engine,
    name,
  };
}

/** The key alone, of whatever has more fields. */
export function keyOf({ job_id, phase, attempt, stage, trial }: ExecutionKey): ExecutionKey {
  return {
    ...{ job_id, phase, attempt },
    ...(stage === undefined ? {} : { stage }),
    ...(trial === undefined ? {} : { trial }),
  };
}

/** The newest incarnation among handles. */
export function newest(handles: ExecutionHandle[]): ExecutionHandle | undefined {
  return handles.reduce<ExecutionHandle | undefined>(
    (best, handle) => (best && best.incarnation >= handle.incarnation ? best : handle),
    undefined,
  );
}
