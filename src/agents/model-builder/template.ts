import type { TrainingPlan } from '../../contracts/plans';
import type { AgentImplementation, BuildInput, BuiltScript, Limits } from '../agent';
import { lastAttempt, type Repaired, repair, SCRIPT_NAMES } from '../scripted';
import { renderTrainingScript } from '../scripts';
import { firstPlan } from './plan';
import { correctionsFor, nextSeed, trainingLadder } from './repair';

/** Writes the training script: a first plan from the report, later ones from the last attempt and its verdict. */
export const buildTraining: AgentImplementation<BuildInput<'training'>, BuiltScript<'training'>> = async (input) => {
  const { plan, applied, messages } = nextPlan(input);
  const brief = { job_name: input.job.name, prompt: input.job.prompt, attempt: input.attempt };
  const script = renderTrainingScript(plan, brief);
  return { output: { plan, script_name: SCRIPT_NAMES.training, script, applied }, messages };
};

function nextPlan(
  input: BuildInput<'training'>,
): Pick<Repaired<TrainingPlan>, 'plan' | 'applied'> & { messages: string[] } {
  const last = lastAttempt(input.past);
  if (!last) {
    const { plan, reasons } = firstPlan(input);
    const rationale = reasons.join(' ');
    return { plan: { ...plan, rationale }, applied: [], messages: [`Training plan. ${rationale}`] };
  }
  const repaired = repair(withinLimits(last.plan, input.limits), last.verdict.corrections, {
    apply: correctionsFor(input.report),
    ladder: trainingLadder(input.report.dataset.rows),
    lastResort: nextSeed,
    tried: input.past.map((attempt) => attempt.plan),
  });
  const changes = `Attempt ${input.attempt} changes the plan of attempt ${last.attempt}: ${repaired.changes.join('; ')}.`;
  return { plan: { ...repaired.plan, rationale: changes }, applied: repaired.applied, messages: [changes] };
}

/** The installation may allow less by now than when the last plan was made. */
function withinLimits(plan: TrainingPlan, limits: Limits): TrainingPlan {
  return {
    ...plan,
    heap_mb: Math.min(plan.heap_mb, limits.heap_mb),
    max_models: Math.min(plan.max_models ?? limits.max_models, limits.max_models),
  };
}
