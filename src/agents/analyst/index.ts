import type { Verdict } from '../../contracts/verdict';
import type { Agent, JudgeInput } from '../agent';
import { analystTwin } from './llm';
import { judge } from './template';

/** Judges every execution from measured evidence. */
export const analyst: Agent<JudgeInput, Verdict> = {
  name: 'Analyst',
  role: 'judges what an execution really achieved',
  template: judge,
  llm: analystTwin,
};
