import { z } from 'zod';
import { cut } from '../../contracts/failure';
import { Algorithm, type TrainingPlan } from '../../contracts/plans';
import type { BuildInput, BuiltScript } from '../agent';
import { columnBrief, columnStatistics, csvAnalysis, fileSample } from '../data-tools';
import { Words, type PromptData } from '../prompt';
import { attemptBrief, pastAttempts, planChanges } from '../run-tools';
import { samePlan, SCRIPT_NAMES } from '../scripted';
import { renderTrainingScript } from '../scripts';
import { quoted } from '../text';
import { twin, type TwinContext } from '../twin';

type Context = TwinContext<BuildInput<'training'>, BuiltScript<'training'>>;

/** What a model may choose; null keeps what the template chose. */
const Answer = z.object({
  features: z.array(z.string()).nullable().default(null),
  lags: z.array(z.int()).nullable().default(null),
  windows: z.array(z.int()).nullable().default(null),
  calendar: z.boolean().nullable().default(null),
  algorithms: z.array(Algorithm).nullable().default(null),
  balance_classes: z.boolean().nullable().default(null),
  folds: z.int().nullable().default(null),
  max_models: z.int().nullable().default(null),
  rationale: z.string(),
});
type Answer = z.infer<typeof Answer>;

const LONGEST_RATIONALE = 1000;

export const modelBuilderTwin = twin<BuildInput<'training'>, BuiltScript<'training'>, Answer>({
  prompt,
  answer: Answer,
  tools: [columnStatistics(), csvAnalysis(), fileSample(), pastAttempts()],
  settle: async (answer, context) => {
    const plan = planOf(answer, context);
    const problems = problemsOf(plan, context);
    if (problems.length > 0) return { problems };
    const { job, attempt } = context.input;
    const script = renderTrainingScript(plan, { job_name: job.name, prompt: job.prompt, attempt });
    const { applied } = context.draft.output;
    return {
      answer: {
        output: { plan, script_name: SCRIPT_NAMES.training, script, applied },
        messages: [`Training plan. ${plan.rationale}`],
      },
    };
  },
});

function prompt({ input, draft }: Context): PromptData {
  const { report, job, limits, past } = input;
  const { rationale, ...plan } = draft.output.plan;
  return {
    task:
      'You are ModelBuilder, the agent that plans the training of H2O AutoML models. You get a plan that works and ' +
      'say what would make the model better on unseen rows: null keeps a field as it is.',
    rules: [
      'Choose features only from `features` of the report; the target, the dates and the series ids are never features.',
      'lags and windows are in steps and only for forecasting; leave them null otherwise.',
      'max_models may be lowered, never raised. Task, target, metric, horizon, time and memory are not yours to change.',
      "After a failed attempt stay inside the plan below, which carries out the Analyst's corrections; never repeat a plan.",
      'rationale: two or three plain sentences for a person who is no expert.',
    ],
    facts: {
      goal: new Words(job.prompt),
      plan: { ...plan, why: rationale },
      report: {
        task: report.task,
        target: report.target.column,
        rows: report.dataset.rows,
        features: report.features,
        frequency: report.frequency,
        horizon: report.horizon,
        findings: report.findings.map(({ severity, column, evidence }) => ({ severity, column, evidence })),
        recommendations: report.recommendations,
      },
      columns: report.dataset.columns.map(columnBrief),
      limits,
      ...(past.length > 0 ? { attempts: past.slice(-3).map(attemptBrief), changes: planChanges(past) } : {}),
    },
  };
}

function planOf(answer: Answer, { draft }: Context): TrainingPlan {
  const { plan } = draft.output;
  const forecasting = plan.task === 'forecasting';
  const { folds, ...validation } = plan.validation;
  return {
    ...plan,
    features: answer.features ? [...new Set(answer.features)] : plan.features,
    ...(forecasting
      ? {
          lags: sorted(answer.lags) ?? plan.lags,
          windows: sorted(answer.windows) ?? plan.windows,
          calendar: answer.calendar ?? plan.calendar,
        }
      : {}),
    algorithms: answer.algorithms ? [...new Set(answer.algorithms)] : plan.algorithms,
    balance_classes: forecasting ? plan.balance_classes : (answer.balance_classes ?? plan.balance_classes),
    validation: { ...validation, folds: answer.folds ?? folds },
    max_models: answer.max_models ?? plan.max_models,
    rationale: cut(answer.rationale.trim() || plan.rationale, LONGEST_RATIONALE),
  };
}

function problemsOf(plan: TrainingPlan, { input, draft }: Context): string[] {
  const { report, past } = input;
  const ours = draft.output.plan;
  const repairs = past.length > 0;
  const may = new Set(repairs ? ours.features : report.features);
  const foreign = plan.features.filter((name) => !may.has(name));
  const longest = repairs ? Math.max(1, ...ours.lags, ...ours.windows) : longestLag(input, ours);
  const repeated = past.find((attempt) => samePlan(attempt.plan, plan));
  const checks: [boolean, string][] = [
    [foreign.length > 0, `features: not among the allowed ones: ${foreign.slice(0, 5).map(quoted).join(', ')}`],
    [plan.features.length === 0 && ours.features.length > 0 && plan.task !== 'forecasting', 'features: none are left'],
    [plan.lags.some((lag) => lag < 1 || lag > longest), `lags: each must be from 1 to ${longest}`],
    [
      plan.windows.some((size) => size < 2 || size > Math.max(2, longest)),
      `windows: each must be from 2 to ${longest}`,
    ],
    [plan.lags.length > 30 || plan.windows.length > 10, 'lags, windows: too many'],
    [plan.task === 'forecasting' && plan.lags.length === 0, 'lags: a forecast needs at least one'],
    [!plan.algorithms.some((name) => name !== 'StackedEnsemble'), 'algorithms: at least one besides StackedEnsemble'],
    [repairs && plan.algorithms.some((name) => !ours.algorithms.includes(name)), 'algorithms: some were ruled out'],
    [
      plan.validation.folds < 2 || plan.validation.folds > ours.validation.folds,
      `folds: from 2 to ${ours.validation.folds}`,
    ],
    [
      plan.max_models !== null && (plan.max_models < 1 || plan.max_models > (ours.max_models ?? Infinity)),
      `max_models: from 1 to ${ours.max_models}`,
    ],
    [repeated !== undefined, `The plan repeats attempt ${repeated?.attempt}, which did not succeed.`],
  ];
  return checks.flatMap(([wrong, words]) => (wrong ? [words] : []));
}

/** Half of what is left to learn from; at least what the template itself uses. */
function longestLag({ report }: BuildInput<'training'>, plan: TrainingPlan): number {
  const dates = report.dataset.columns.find(({ name }) => name === report.date_column);
  const history = Math.min(report.dataset.rows, dates?.distinct ?? report.dataset.rows);
  const half = Math.floor((history - (plan.validation.holdout_rows ?? 0)) / 2);
  return Math.max(1, half, ...plan.lags, ...plan.windows);
}

function sorted(steps: number[] | null): number[] | null {
  return steps && [...new Set(steps)].sort((a, b) => a - b);
}
