import type { Verdict } from '../../contracts/verdict';
import type { Agent, JudgeInput } from '../agent';
import { judge } from './template';

/** Judges every execution from measured evidence. A model-driven twin would be `llm` from ./llm. */
export const analyst: Agent<JudgeInput, Verdict> = {
  name: 'Analyst',
  role: 'judges what an execution really achieved',
  template: judge,
};
