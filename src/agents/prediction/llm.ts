import { z } from 'zod';
import { cut } from '../../contracts/failure';
import type { PredictionPlan } from '../../contracts/plans';
import type { BuildInput, BuiltScript } from '../agent';
import { columnStatistics, fileSample } from '../data-tools';
import { Words } from '../prompt';
import { attemptBrief, checkGeneratedFiles, leaderboard, pastAttempts } from '../run-tools';
import { samePlan, SCRIPT_NAMES } from '../scripted';
import { renderPredictionScript } from '../scripts';
import { twin, type TwinContext } from '../twin';

type Context = TwinContext<BuildInput<'prediction'>, BuiltScript<'prediction'>>;

const Answer = z.object({
  rows: z.enum(['future', 'missing_target', 'holdout']).nullable().default(null),
  rationale: z.string(),
});

export const predictionTwin = twin<BuildInput<'prediction'>, BuiltScript<'prediction'>, z.infer<typeof Answer>>({
  prompt: ({ input, draft }) => ({
    task: 'You are Prediction, the agent that decides which rows the trained model predicts. null keeps the plan.',
    rules: [
      `rows is one of: ${possibleRows({ input, draft }).join(', ')}.`,
      'rationale: one or two plain sentences that say what the reader will find in predictions.csv.',
    ],
    facts: {
      goal: new Words(input.job.prompt),
      plan: draft.output.plan,
      training: { metrics: input.training?.result.metrics, baseline: input.training?.result.baseline },
      ...(input.past.length > 0 ? { attempts: input.past.slice(-3).map(attemptBrief) } : {}),
    },
  }),
  answer: Answer,
  tools: [pastAttempts(), columnStatistics(), fileSample(), leaderboard(), checkGeneratedFiles()],
  settle: async (answer, context) => {
    const { input, draft } = context;
    const ours = draft.output.plan;
    const rationale = cut(answer.rationale.trim() || ours.rationale, 600);
    const plan: PredictionPlan = { ...ours, rows: answer.rows ?? ours.rows, rationale };
    const possible = possibleRows(context);
    if (!possible.includes(plan.rows)) return { problems: [`rows: these data allow ${possible.join(', ')}`] };
    if (input.past.some((attempt) => samePlan(attempt.plan, plan))) {
      return { problems: ['The plan repeats an earlier attempt, which did not succeed.'] };
    }
    const { job, attempt } = input;
    const script = renderPredictionScript(plan, { job_name: job.name, prompt: job.prompt, attempt });
    return {
      answer: {
        output: { ...draft.output, plan, script_name: SCRIPT_NAMES.prediction, script },
        messages: [`Prediction plan. ${rationale}`],
      },
    };
  },
});

/** A series has a future; a table has rows without a target, or the sealed ones. */
function possibleRows({ input, draft }: Pick<Context, 'input' | 'draft'>): PredictionPlan['rows'][] {
  const { plan } = draft.output;
  if (plan.task === 'forecasting') return ['future'];
  const target = input.report.dataset.columns.find(({ name }) => name === plan.target);
  return (target?.missing ?? 0) > 0 ? ['missing_target', 'holdout'] : ['holdout'];
}
