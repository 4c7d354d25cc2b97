import { AutomlError } from '../contracts/failure';
import type { BuildInput } from './agent';

/** The training that a later phase builds on. @throws {AutomlError} `no_training` where there is none. */
export function trainingOf({
  training,
  phase,
}: Pick<BuildInput, 'training' | 'phase'>): NonNullable<BuildInput['training']> {
  if (training) return training;
  throw new AutomlError({
    category: 'system',
    code: 'no_training',
    message: `The ${phase} script was asked for before a model was trained.`,
    hint: 'Retry the job from the training phase.',
  });
}
