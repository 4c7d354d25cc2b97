import { z } from 'zod';
import { Metric, type AnalysisReport } from '../../contracts/analysis';
import { AutomlError, cut } from '../../contracts/failure';
import type { AgentAnswer, AnalysisInput } from '../agent';
import { columnBrief, columnStatistics, csvAnalysis, fileSample } from '../data-tools';
import { bullets, section } from '../markdown';
import { Words } from '../prompt';
import { quoted } from '../text';
import { twin, type TwinContext } from '../twin';
import { readGoal } from './goal';
import { analyse } from './template';

/** How a model understands the goal; null where it says what the template says. */
const Answer = z.object({
  target_column: z.string().nullable().default(null),
  horizon: z.int().nullable().default(null),
  metric: Metric.nullable().default(null),
  exclude_features: z.array(z.object({ column: z.string(), reason: z.string() })).default([]),
  summary: z.string(),
  recommendations: z.array(z.string()).default([]),
});
type Answer = z.infer<typeof Answer>;
type Context = TwinContext<AnalysisInput, AnalysisReport>;

const LONGEST_SUMMARY = 800;
const LONGEST_REASON = 200;
const MOST_RECOMMENDATIONS = 5;
/** A forecast further ahead than this share of the history is not a model's to decide. */
const LONGEST_HORIZON_SHARE = 0.25;

export const dataProcessorTwin = twin<AnalysisInput, AnalysisReport, Answer>({
  prompt: ({ input, draft }) => ({
    task:
      'You are DataProcessor, the agent that finds out what the data are and what the goal asks of them. You get an ' +
      'analysis and correct its understanding of the goal where it is wrong; null keeps a field.',
    rules: [
      'target_column, horizon and metric: only where the user did not set them and the analysis misread the goal.',
      'exclude_features: features that would not be known at the time of the prediction, or that give the target away.',
      'Name columns exactly as they are written below.',
      'summary: two or three plain sentences for a person who is no expert. recommendations: at most five, short.',
    ],
    facts: {
      goal: new Words(input.job.prompt),
      set_by_user: { target_column: input.job.target_column, ...input.job.options },
      analysis: briefOf(draft.output),
      columns: input.dataset.columns.map(columnBrief),
      first_rows: input.sample.slice(0, 5),
    },
  }),
  answer: Answer,
  tools: [fileSample(), csvAnalysis(), columnStatistics()],
  settle: async (answer, context) => {
    const changed = await understood(answer, context);
    if ('problems' in changed) return changed;
    const report = changed.answer.output;
    const unknown = answer.exclude_features.filter(
      ({ column }) => !context.input.dataset.columns.some(({ name }) => name === column),
    );
    if (unknown.length > 0) {
      return {
        problems: [`exclude_features: there is no column ${unknown.map(({ column }) => quoted(column)).join(', ')}`],
      };
    }
    const excluded = answer.exclude_features.filter(({ column }) => report.features.includes(column));
    if (excluded.length > 0 && report.task !== 'forecasting' && excluded.length >= report.features.length) {
      return { problems: ['exclude_features: no feature would be left'] };
    }
    return { answer: withWords(changed.answer, answer, excluded) };
  },
});

function briefOf({
  task,
  target,
  date_column,
  series_id_columns,
  frequency,
  horizon,
  metric,
  ...report
}: AnalysisReport) {
  const { features, excluded, findings } = report;
  return { task, target, date_column, series_id_columns, frequency, horizon, metric, features, excluded, findings };
}

/** The template again, as if the user had said what the model understood: so the result is as sound as ever. */
async function understood(answer: Answer, { input, draft }: Context) {
  const { job } = input;
  const before = draft.output;
  const goal = readGoal(
    job.prompt,
    input.dataset.columns.map(({ name }) => name),
  );
  const target = before.target.how === 'inferred' && !job.target_column ? answer.target_column : null;
  const horizon = job.options.horizon === undefined && goal.horizon === null ? answer.horizon : null;
  const metric = job.options.metric === undefined && goal.metric === null ? answer.metric : null;
  const changes = {
    ...(horizon !== null && before.task === 'forecasting' ? { horizon } : {}),
    ...(metric !== null ? { metric } : {}),
  };
  if ((target === null || target === before.target.column) && Object.keys(changes).length === 0) {
    return { answer: draft };
  }
  if (horizon !== null && (horizon < 1 || horizon > longestHorizon(context(input, before)))) {
    return { problems: [`horizon: from 1 to ${longestHorizon(context(input, before))}`] };
  }
  try {
    const asked = { ...job, target_column: target ?? job.target_column, options: { ...job.options, ...changes } };
    const again = await analyse({ ...input, job: asked }, { signal: new AbortController().signal });
    if (metric !== null && again.output.metric !== metric) return { problems: [`metric: ${metric} does not fit`] };
    return { answer: again };
  } catch (error) {
    if (error instanceof AutomlError) return { problems: [`target_column: ${error.message}`] };
    throw error;
  }
}

function context(input: AnalysisInput, report: AnalysisReport) {
  return {
    rows: input.dataset.rows,
    dates: input.dataset.columns.find(({ name }) => name === report.date_column),
    report,
  };
}

function longestHorizon({ rows, dates, report }: ReturnType<typeof context>): number {
  const history = Math.min(rows, dates?.distinct ?? rows);
  return Math.max(report.horizon ?? 1, Math.floor(history * LONGEST_HORIZON_SHARE));
}

/** The model's words stand beside the measured ones, marked as such. */
function withWords(
  given: AgentAnswer<AnalysisReport>,
  answer: Answer,
  excluded: Answer['exclude_features'],
): AgentAnswer<AnalysisReport> {
  const report = given.output;
  const without = new Set(excluded.map(({ column }) => column));
  const recommendations = answer.recommendations
    .slice(0, MOST_RECOMMENDATIONS)
    .map((text) => cut(text, LONGEST_REASON));
  const reasons = excluded.map(({ column, reason }) => ({ column, reason: cut(reason, LONGEST_REASON) }));
  const summary = cut(answer.summary.trim(), LONGEST_SUMMARY);
  const left = reasons.map(({ column, reason }) => `${quoted(column)} is left out: ${reason}`);
  const words = section('What the model adds', bullets([summary, ...left, ...recommendations].filter(Boolean)));
  return {
    output: {
      ...report,
      features: report.features.filter((name) => !without.has(name)),
      excluded: [...report.excluded, ...reasons],
      recommendations: [...report.recommendations, ...recommendations],
    },
    messages: [...given.messages, summary, ...left].filter(Boolean),
    ...(given.report ? { report: { ...given.report, content: `${given.report.content}\n${words}\n` } } : {}),
  };
}
