import type { Agent, BuildInput, BuiltScript } from '../agent';
import { buildTraining } from './template';

/** Plans the training and writes its script. A model-driven twin would be `llm` from ./llm. */
export const modelBuilder: Agent<BuildInput<'training'>, BuiltScript<'training'>> = {
  name: 'ModelBuilder',
  role: 'plans the training and writes its script',
  template: buildTraining,
};
