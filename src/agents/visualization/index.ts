import type { Agent, BuildInput, BuiltScript } from '../agent';
import { visualizationTwin } from './llm';
import { buildVisualization } from './template';

/** Plans the plot and writes its script. */
export const visualization: Agent<BuildInput<'visualization'>, BuiltScript<'visualization'>> = {
  name: 'Visualization',
  role: 'plans the plot and writes its script',
  template: buildVisualization,
  llm: visualizationTwin,
};
