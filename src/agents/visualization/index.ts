import type { Agent, BuildInput, BuiltScript } from '../agent';
import { buildVisualization } from './template';

/** Plans the plot and writes its script. A model-driven twin would be `llm` from ./llm. */
export const visualization: Agent<BuildInput<'visualization'>, BuiltScript<'visualization'>> = {
  name: 'Visualization',
  role: 'plans the plot and writes its script',
  template: buildVisualization,
};
