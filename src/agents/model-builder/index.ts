import type { Agent, BuildInput, BuiltScript } from '../agent';
import { modelBuilderTwin } from './llm';
import { buildTraining } from './template';

/** Plans the training and writes its script. */
export const modelBuilder: Agent<BuildInput<'training'>, BuiltScript<'training'>> = {
  name: 'ModelBuilder',
  role: 'plans the training and writes its script',
  template: buildTraining,
  llm: modelBuilderTwin,
};
