import type { Agent, BuildInput, BuiltScript } from '../agent';
import { predictionTwin } from './llm';
import { buildPrediction } from './template';

/** Plans what is predicted and writes the script. */
export const prediction: Agent<BuildInput<'prediction'>, BuiltScript<'prediction'>> = {
  name: 'Prediction',
  role: 'plans the predictions and writes their script',
  template: buildPrediction,
  llm: predictionTwin,
};
