import type { PredictionPlan } from '../../contracts/plans';
import type { AgentImplementation, BuildInput, BuiltScript } from '../agent';
import { trainingOf } from '../later-phases';
import { type ApplyCorrection, lastAttempt, type LastResort, repair, SCRIPT_NAMES, type Step } from '../scripted';
import { renderPredictionScript } from '../scripts';
import { count, integer } from '../text';

const SMALLEST_HEAP_MB = 256;

/** Writes the prediction script for the model that was trained. */
export const buildPrediction: AgentImplementation<BuildInput<'prediction'>, BuiltScript<'prediction'>> = async (
  input,
) => {
  const { plan, applied, messages } = nextPlan(input);
  const brief = { job_name: input.job.name, prompt: input.job.prompt, attempt: input.attempt };
  const script = renderPredictionScript(plan, brief);
  return { output: { plan, script_name: SCRIPT_NAMES.prediction, script, applied }, messages };
};

function nextPlan(
  input: BuildInput<'prediction'>,
): Pick<BuiltScript<'prediction'>, 'plan' | 'applied'> & { messages: string[] } {
  const last = lastAttempt(input.past);
  if (!last) {
    const plan = firstPlan(input);
    return { plan, applied: [], messages: [`Prediction plan. ${plan.rationale}`] };
  }
  const tried = input.past.map((attempt) => attempt.plan);
  const repaired = repair(last.plan, last.verdict.corrections, {
    apply: applyCorrection,
    ladder: LADDER,
    lastResort: growHeap,
    tried,
  });
  const changes = `Attempt ${input.attempt} changes the plan of attempt ${last.attempt}: ${repaired.changes.join('; ')}.`;
  return { plan: { ...repaired.plan, rationale: changes }, applied: repaired.applied, messages: [changes] };
}

/** The model's own plan says what it forecasts; the report, whether rows wait for a prediction. */
function firstPlan(input: BuildInput<'prediction'>): PredictionPlan {
  const { plan: trained } = trainingOf(input);
  const target = input.report.dataset.columns.find((column) => column.name === trained.target);
  const [rows, rationale] = chooseRows(trained, target?.missing ?? 0);
  return {
    schema_version: 1,
    task: trained.task,
    target: trained.target,
    date_column: trained.date_column,
    series_id_columns: trained.series_id_columns,
    frequency: trained.frequency,
    horizon: trained.horizon,
    rows,
    heap_mb: trained.heap_mb,
    rationale,
  };
}

function chooseRows(
  trained: Pick<PredictionPlan, 'task' | 'horizon'>,
  missing: number,
): [PredictionPlan['rows'], string] {
  if (trained.task === 'forecasting') {
    return ['future', `The ${count(trained.horizon ?? 1, 'step')} after the last observation are forecast.`];
  }
  if (missing > 0)
    return ['missing_target', `The ${count(missing, 'row')} without a value of the target get a prediction.`];
  return [
    'holdout',
    'Every row has its target, so the sealed rows are predicted and stand beside their actual values.',
  ];
}

const applyCorrection: ApplyCorrection<PredictionPlan> = (plan, correction) =>
  correction.kind === 'set_heap' ? setHeap(plan, correction.heap_mb) : undefined;

const LADDER: readonly Step<PredictionPlan>[] = [(plan) => setHeap(plan, Math.floor(plan.heap_mb * 0.75))];

/** Scoring needs little: once no smaller heap is left, a slightly larger one is still another plan. */
const growHeap: LastResort<PredictionPlan> = (plan) => {
  const heap = plan.heap_mb + 16;
  return { plan: { ...plan, heap_mb: heap }, change: `a Java heap of ${integer(heap)} MB` };
};

function setHeap(plan: PredictionPlan, heapMb: number): ReturnType<Step<PredictionPlan>> {
  const heap = Math.max(SMALLEST_HEAP_MB, heapMb);
  if (heap >= plan.heap_mb) return undefined;
  return { plan: { ...plan, heap_mb: heap }, change: `a Java heap of ${integer(heap)} MB` };
}
