import { z } from 'zod';
import { cut } from '../../contracts/failure';
import { applyPlanEdits, planBounds, planProblems, type PlanBounds, type PlanEdits } from '../../contracts/plan-edits';
import { Algorithm, FeatureFunction, TargetTransform, type TrainingPlan } from '../../contracts/plans';
import type { BuildInput, BuiltScript } from '../agent';
import { columnBrief, columnStatistics, csvAnalysis, fileSample } from '../data-tools';
import { Words, type PromptData } from '../prompt';
import { attemptBrief, leaderboard, libraryReference, pastAttempts, planChanges } from '../run-tools';
import { samePlan } from '../scripted';
import { renderTrainingScripts } from '../scripts';
import { trialTool } from '../trial';
import { twin, type TwinContext } from '../twin';
import { functionProblems, functionRules } from './functions';
import { writtenTraining } from './template';
import { trialPlan } from './trial-plan';

type Context = TwinContext<BuildInput<'training'>, BuiltScript<'training'>>;

/** What a model may choose; null keeps what the template chose. */
const Answer = z.object({
  features: z.array(z.string()).nullable().default(null),
  lags: z.array(z.int()).nullable().default(null),
  windows: z.array(z.int()).nullable().default(null),
  calendar: z.boolean().nullable().default(null),
  holidays: z.string().nullable().default(null),
  target_encoding: z.array(z.string()).nullable().default(null),
  text_features: z.array(z.string()).nullable().default(null),
  target_transform: TargetTransform.nullable().default(null),
  monotone_increasing: z.array(z.string()).nullable().default(null),
  monotone_decreasing: z.array(z.string()).nullable().default(null),
  group_column: z.string().nullable().default(null),
  weight_column: z.string().nullable().default(null),
  algorithms: z.array(Algorithm).nullable().default(null),
  balance_classes: z.boolean().nullable().default(null),
  folds: z.int().nullable().default(null),
  max_models: z.int().nullable().default(null),
  functions: z
    .array(FeatureFunction.extend({ name: z.string(), inputs: z.array(z.string()), code: z.string() }))
    .nullable()
    .default(null),
  rationale: z.string(),
});
type Answer = z.infer<typeof Answer>;

const LONGEST_RATIONALE = 1000;

export const modelBuilderTwin = twin<BuildInput<'training'>, BuiltScript<'training'>, Answer>({
  prompt,
  answer: Answer,
  tools: [columnStatistics(), csvAnalysis(), fileSample(), pastAttempts(), leaderboard(), libraryReference()],
  trial: trialTool({
    name: 'execute_script_in_pipeline',
    description:
      'Runs the script of a plan that you have in mind on a small sample, with few models and a short time, and tells ' +
      'whether it ends well. Its scores are those of the sample: no measure of how good the whole training will be.',
    parameters: Answer.omit({ rationale: true }),
    prepare: async (choices, context) => {
      const plan = planOf({ ...choices, rationale: '' }, context);
      const problems = [...problemsOf(plan, context), ...(await functionProblems(plan, context))];
      if (problems.length > 0) return { problems };
      const tried = trialPlan(plan);
      const { job, attempt } = context.input;
      const { seal, train } = renderTrainingScripts(tried, { job_name: job.name, prompt: job.prompt, attempt });
      return { plan: tried, seal, script: train };
    },
  }),
  settle: async (answer, context) => {
    const plan = planOf(answer, context);
    const problems = [...problemsOf(plan, context), ...(await functionProblems(plan, context))];
    if (problems.length > 0) return { problems };
    const { job, attempt } = context.input;
    const written = writtenTraining(plan, { job_name: job.name, prompt: job.prompt, attempt });
    const { applied, edits } = context.draft.output;
    return {
      answer: {
        output: { ...written, applied, edits },
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
      'target_encoding (categories of many values), text_features (free text), monotone_increasing and ' +
        'monotone_decreasing (numbers whose direction is known for sure) are for tables, as is group_column: rows of ' +
        'one patient, say, that must stay together. target_transform is for skewed positive numbers of a table.',
      'weight_column is for tables, and only where the goal says that rows count unequally: numbers from 0 up that say ' +
        'how much, in training and in every metric. It is no feature.',
      'What `decided_by_user` names is decided: leave it null.',
      'max_models may be lowered, never raised. Task, target, metric, horizon, time and memory are not yours to change.',
      "After a failed attempt stay inside the plan below, which carries out the Analyst's corrections; never repeat a plan.",
      'Where this is one of several `draft`s, the best of them by its validated score is kept: go another way than the earlier attempts.',
      ...functionRules(input),
      'rationale: two or three plain sentences for a person who is no expert.',
    ],
    facts: {
      goal: new Words(job.prompt),
      plan: { ...plan, functions: plan.functions.map(readable), why: rationale },
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
      ...(job.options.plan ? { decided_by_user: job.options.plan } : {}),
      ...(input.draft ? { draft: `${input.draft.number} of ${input.draft.of}` } : {}),
      ...(past.length > 0 ? { attempts: past.slice(-3).map(attemptBrief), changes: planChanges(past) } : {}),
    },
  };
}

function readable({ code, ...others }: FeatureFunction) {
  return { ...others, code: new Words(code) };
}

/** The model's choices, and over them the user's. */
function planOf(answer: Answer, { draft, input }: Context): TrainingPlan {
  const { plan } = draft.output;
  const { max_models, rationale, functions, ...choices } = answer;
  const chosen = Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== null)) as PlanEdits;
  const { lags, windows, calendar, holidays, features, algorithms, folds, ...ofTables } = chosen;
  const both = { features, algorithms, folds };
  const fitting = plan.task === 'forecasting' ? { lags, windows, calendar, holidays } : ofTables;
  const edits = input.job.options.plan ?? {};
  // A repair may have had to depart from them.
  const decided = samePlan(applyPlanEdits(plan, edits), plan) ? edits : {};
  // By what the user asked to weigh all scores are measured.
  const asked = input.job.options.weight_column === undefined ? {} : { weight_column: plan.weight_column };
  const edited = applyPlanEdits(plan, { ...both, ...fitting, ...asked, ...decided });
  return {
    ...edited,
    functions: decided.functions ? edited.functions : (functions ?? edited.functions),
    max_models: max_models ?? plan.max_models,
    rationale: cut(rationale.trim() || plan.rationale, LONGEST_RATIONALE),
  };
}

/** A model may lower what costs time, never raise it; and after a failure it stays inside the corrected plan. */
function problemsOf(plan: TrainingPlan, { input, draft }: Context): string[] {
  const { report, past, limits } = input;
  const ours = draft.output.plan;
  const first = planBounds(report, ours, limits.max_models);
  const bounds: PlanBounds = {
    ...(past.length === 0 || input.draft
      ? first
      : {
          ...first,
          features: ours.features,
          longest: Math.max(1, ...ours.lags, ...ours.windows),
          algorithms: ours.algorithms,
        }),
    most_folds: ours.validation.folds,
    most_models: ours.max_models,
  };
  const repeated = past.find((attempt) => samePlan(attempt.plan, plan));
  const again = repeated
    ? [`The plan repeats attempt ${repeated.attempt}; it must differ from every earlier one.`]
    : [];
  return [...planProblems(plan, bounds), ...again];
}
