import { z } from 'zod';
import { cut } from '../../contracts/failure';
import type { PlotPlan } from '../../contracts/plans';
import type { BuildInput, BuiltScript } from '../agent';
import { columnStatistics, fileSample } from '../data-tools';
import { Words } from '../prompt';
import { attemptBrief, checkGeneratedFiles, leaderboard, pastAttempts } from '../run-tools';
import { samePlan, SCRIPT_NAMES } from '../scripted';
import { renderPlotScript } from '../scripts';
import { twin, type TwinContext } from '../twin';

type Context = TwinContext<BuildInput<'visualization'>, BuiltScript<'visualization'>>;

const Answer = z.object({
  title: z.string().nullable().default(null),
  history_points: z.int().nullable().default(null),
  rationale: z.string(),
});
type Answer = z.infer<typeof Answer>;

const LONGEST_TITLE = 120;
const FEWEST_POINTS = 10;
const MOST_POINTS = 2000;

export const visualizationTwin = twin<BuildInput<'visualization'>, BuiltScript<'visualization'>, Answer>({
  prompt: ({ input, draft }) => ({
    task: 'You are Visualization, the agent that plans the picture a manager is shown. null keeps the plan.',
    rules: [
      `title: at most ${LONGEST_TITLE} characters, in the language of the goal, no claim that the metrics do not carry.`,
      `history_points (forecasts only): from ${FEWEST_POINTS} to ${MOST_POINTS}, enough to see the season.`,
      'rationale: one or two plain sentences.',
    ],
    facts: {
      goal: new Words(input.job.prompt),
      plan: draft.output.plan,
      metrics: input.training?.result.metrics,
      baseline: input.training?.result.baseline,
      ...(input.past.length > 0 ? { attempts: input.past.slice(-3).map(attemptBrief) } : {}),
    },
  }),
  answer: Answer,
  tools: [pastAttempts(), columnStatistics(), fileSample(), leaderboard(), checkGeneratedFiles()],
  settle: async (answer, context) => {
    const plan = planOf(answer, context);
    const problems = problemsOf(plan, context);
    if (problems.length > 0) return { problems };
    const { job, attempt } = context.input;
    const script = renderPlotScript(plan, { job_name: job.name, prompt: job.prompt, attempt });
    return {
      answer: {
        output: { ...context.draft.output, plan, script_name: SCRIPT_NAMES.visualization, script },
        messages: [`Plot plan. ${plan.rationale}`],
      },
    };
  },
});

function planOf(answer: Answer, { draft }: Context): PlotPlan {
  const ours = draft.output.plan;
  const title = (answer.title ?? '').replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return {
    ...ours,
    title: title ? cut(title, LONGEST_TITLE) : ours.title,
    history_points: ours.history_points === null ? null : (answer.history_points ?? ours.history_points),
    rationale: cut(answer.rationale.trim() || ours.rationale, 600),
  };
}

function problemsOf(plan: PlotPlan, { input }: Context): string[] {
  const points = plan.history_points;
  const problems: string[] = [];
  if (points !== null && (points < Math.min(FEWEST_POINTS, input.report.dataset.rows) || points > MOST_POINTS)) {
    problems.push(`history_points: from ${FEWEST_POINTS} to ${MOST_POINTS}`);
  }
  if (input.past.some((attempt) => samePlan(attempt.plan, plan))) {
    problems.push('The plan repeats an earlier attempt, which did not succeed.');
  }
  return problems;
}
