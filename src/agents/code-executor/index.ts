import type { ExecutionReport } from '../../contracts/execution';
import type { Agent, ExecuteInput } from '../agent';
import { describeExecution } from './template';

/** Tells what an execution did. A model-driven twin would be `llm` from ./llm. */
export const codeExecutor: Agent<ExecuteInput, ExecutionReport> = {
  name: 'CodeExecutor',
  role: 'runs the scripts and tells what happened',
  template: describeExecution,
};
