import type { Advice, AdviceInput, AgentImplementation } from '../../../../src/agents/agent';

/** Says what a manager asks first: how far off the model is, and for what. */
export const giveOpinion: AgentImplementation<AdviceInput, Advice> = async ({ report, training }) => {
  const mae = training?.result.metrics['mae'];
  const summary = `On average the model is ${mae ?? 'an unknown amount'} off in ${report.target.column}.`;
  return { output: { summary }, messages: [summary] };
};
