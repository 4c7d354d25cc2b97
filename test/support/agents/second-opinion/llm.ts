import { z } from 'zod';
import type { Advice, AdviceInput } from '../../../../src/agents/agent';
import { leaderboard } from '../../../../src/agents/run-tools';
import { Words } from '../../../../src/agents/prompt';
import { twin } from '../../../../src/agents/twin';
import { cut } from '../../../../src/contracts/failure';

const Answer = z.object({ opinion: z.string() });

export const secondOpinionTwin = twin<AdviceInput, Advice, z.infer<typeof Answer>>({
  prompt: ({ input, draft }) => ({
    task: 'You are SecondOpinion, the agent that says what a manager asks first.',
    rules: ['opinion: one plain sentence; every number in it stands below.'],
    facts: { goal: new Words(input.job.prompt), draft: draft.output, metrics: input.training?.result.metrics },
  }),
  answer: Answer,
  tools: [leaderboard()],
  settle: async ({ opinion }, { draft }) => {
    if (!opinion.trim()) return { problems: ['opinion: it is empty'] };
    return { answer: { output: { summary: cut(opinion, 300) }, messages: [...draft.messages, cut(opinion, 300)] } };
  },
});
