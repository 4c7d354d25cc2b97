import { AutomlError } from '../../contracts/failure';
import { applyPlanEdits, planBounds, planProblems, type PlanEdits } from '../../contracts/plan-edits';
import { type FeatureFunction, TrainingPlan } from '../../contracts/plans';
import type { Draft } from '../../contracts/steps';
import type { AgentImplementation, BuildInput, BuiltScript, Limits } from '../agent';
import { list } from '../text';
import { lastAttempt, type Repaired, repair, samePlan, sameValue, SCRIPT_NAMES } from '../scripted';
import { renderTrainingScripts, type ScriptBrief } from '../scripts';
import { firstPlan } from './plan';
import { correctionsFor, nextSeed, trainingLadder } from './repair';
import { variationsOf } from './variations';

/** Writes the training script: a first plan from the report, later ones from the last attempt and its verdict. */
export const buildTraining: AgentImplementation<BuildInput<'training'>, BuiltScript<'training'>> = async (input) => {
  const { plan, applied, messages } = nextPlan(input);
  const brief = { job_name: input.job.name, prompt: input.job.prompt, attempt: input.attempt };
  const { plan: edits } = input.job.options;
  return { output: { ...writtenTraining(plan, brief), applied, edits }, messages };
};

/** A plan with the scripts of its three runs. */
export function writtenTraining(plan: TrainingPlan, brief: ScriptBrief): Omit<BuiltScript<'training'>, 'applied'> {
  const { train, ...stages } = renderTrainingScripts(plan, brief);
  return { plan, script_name: SCRIPT_NAMES.training, script: train, stages };
}

type NextPlan = Pick<Repaired<TrainingPlan>, 'plan' | 'applied'> & { messages: string[] };

function planAfresh(input: BuildInput<'training'>, edits: PlanEdits): NextPlan {
  const { plan, reasons } = firstPlan(input);
  const chosen = Object.keys(edits);
  const rationale = [...reasons, ...(chosen.length > 0 ? [`The user decided: ${list(chosen)}.`] : [])].join(' ');
  const edited = { ...withEdits({ ...plan, functions: decidedFunctions(input) }, edits, input), rationale };
  return { plan: edited, applied: [], messages: [`Training plan. ${rationale}`] };
}

/** One of several drafts: the first plan, then variations of it, then other seeds; never one that was tried before. */
function draftedPlan(input: BuildInput<'training'>, { number, of }: Draft, edits: PlanEdits): NextPlan {
  const { report, limits } = input;
  const first = planAfresh(input, edits);
  const bounds = planBounds(report, first.plan, limits.max_models);
  const isNew = (plan: TrainingPlan) => !wasTried(plan, input);
  const told = (plan: TrainingPlan, change: string): NextPlan => {
    const rationale = `Draft ${number} of ${of}: ${change}. ${first.plan.rationale}`;
    return { plan: { ...plan, rationale }, applied: [], messages: [`Training plan. ${rationale}`] };
  };
  if (isNew(first.plan)) return told(first.plan, 'what the data call for');
  for (const vary of variationsOf(first.plan)) {
    const varied = vary(first.plan, report);
    // What the user has decided stands above any variation, and may leave no room for it.
    const plan = varied && applyPlanEdits(varied.plan, edits);
    if (plan && planProblems(plan, bounds).length === 0 && isNew(plan)) return told(plan, varied.change);
  }
  let seeded = nextSeed(first.plan, 1);
  while (!isNew(seeded.plan)) seeded = nextSeed(seeded.plan, 1);
  return told(seeded.plan, seeded.change);
}

function nextPlan(input: BuildInput<'training'>): NextPlan {
  const last = lastAttempt(input.past);
  const edits = input.job.options.plan ?? {};
  if (input.draft) return draftedPlan(input, input.draft, edits);
  // What the user has decided since is planned afresh; unchanged, the last plan goes on with its corrections.
  if (!last || !sameValue(last.edits ?? {}, edits)) return planAfresh(input, edits);
  if (last.verdict.decision === 'SUCCESS') {
    // Nothing is to be mended: it is trained again because the user wants something else, a larger budget say.
    const afresh = planAfresh(input, edits);
    if (!wasTried(afresh.plan, input)) return afresh;
  }
  // A plan of an older version lacks the fields that came since.
  const repaired = repair(withinLimits(TrainingPlan.parse(last.plan), input.limits), last.verdict.corrections, {
    apply: correctionsFor(input.report),
    ladder: trainingLadder(input.report.dataset.rows),
    lastResort: nextSeed,
    tried: input.past.map((attempt) => TrainingPlan.parse(attempt.plan)),
  });
  const changes = `Attempt ${input.attempt} changes the plan of attempt ${last.attempt}: ${repaired.changes.join('; ')}.`;
  return { plan: { ...repaired.plan, rationale: changes }, applied: repaired.applied, messages: [changes] };
}

/** A plan of an older version lacks the fields that came since. */
function wasTried(plan: TrainingPlan, { past }: BuildInput<'training'>): boolean {
  return past.some((attempt) => samePlan(TrainingPlan.parse(attempt.plan), plan));
}

/** What a user keeps of the functions of the plan that is made anew; a template has none of its own. */
function decidedFunctions({ job, limits, past, revised }: BuildInput<'training'>): FeatureFunction[] {
  if (!job.options.plan?.functions || !limits.functions) return [];
  return (revised ?? lastAttempt(past)?.plan)?.functions ?? [];
}

/** @throws {AutomlError} `plan_edits_unfit`: what the user decided is not done otherwise in silence. */
function withEdits(plan: TrainingPlan, edits: PlanEdits, { report, limits }: BuildInput<'training'>): TrainingPlan {
  const edited = applyPlanEdits(plan, edits);
  const problems = planProblems(edited, planBounds(report, plan, limits.max_models));
  if (problems.length === 0) return edited;
  throw new AutomlError({
    category: 'data',
    code: 'plan_edits_unfit',
    message: `The changes of the plan do not fit the data: ${problems.join('; ')}.`,
    hint: 'Retry the job with other changes in `plan`, or with `"plan": {}` for none.',
  });
}

/** The installation may allow less by now than when the last plan was made. */
function withinLimits(plan: TrainingPlan, limits: Limits): TrainingPlan {
  return {
    ...plan,
    functions: limits.functions ? plan.functions : [],
    heap_mb: Math.min(plan.heap_mb, limits.heap_mb),
    max_models: Math.min(plan.max_models ?? limits.max_models, limits.max_models),
  };
}
