import type { Agent, BuildInput, BuiltScript } from '../agent';
import { buildPrediction } from './template';

/** Plans what is predicted and writes the script. A model-driven twin would be `llm` from ./llm. */
export const prediction: Agent<BuildInput<'prediction'>, BuiltScript<'prediction'>> = {
  name: 'Prediction',
  role: 'plans the predictions and writes their script',
  template: buildPrediction,
};
