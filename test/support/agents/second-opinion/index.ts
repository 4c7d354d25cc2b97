import type { Advisor } from '../../../../src/agents/agent';
import { secondOpinionTwin } from './llm';
import { giveOpinion } from './template';

/** A seventh agent, as somebody would add it: this folder, and a line in the registry. */
export const secondOpinion: Advisor = {
  name: 'SecondOpinion',
  role: 'says what a manager asks first',
  after: 'training',
  template: giveOpinion,
  llm: secondOpinionTwin,
};
