import type { AnalysisReport } from '../../contracts/analysis';
import type { Agent, AnalysisInput } from '../agent';
import { analyse } from './template';

export { columnsToRead } from './series';

/** Finds out what the data are and what the goal asks of them. A model-driven twin would be `llm` from ./llm. */
export const dataProcessor: Agent<AnalysisInput, AnalysisReport> = {
  name: 'DataProcessor',
  role: 'analyses the data and the goal',
  template: analyse,
};
