import type { AnalysisReport } from '../../contracts/analysis';
import type { Agent, AnalysisInput } from '../agent';
import { dataProcessorTwin } from './llm';
import { analyse } from './template';

export { columnsToRead } from './series';

/** Finds out what the data are and what the goal asks of them. */
export const dataProcessor: Agent<AnalysisInput, AnalysisReport> = {
  name: 'DataProcessor',
  role: 'analyses the data and the goal',
  template: analyse,
  llm: dataProcessorTwin,
};
