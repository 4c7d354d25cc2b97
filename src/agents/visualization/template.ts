import type { PlotPlan, TrainingPlan } from '../../contracts/plans';
import type { AgentImplementation, BuildInput, BuiltScript } from '../agent';
import { trainingOf } from '../later-phases';
import { type ApplyCorrection, lastAttempt, type LastResort, repair, SCRIPT_NAMES, type Step } from '../scripted';
import { renderPlotScript } from '../scripts';
import { count, quoted } from '../text';
import { frequencyInWords, stepsInWords } from '../time-words';

const FEWEST_POINTS = 10;
const MOST_POINTS = 2000;

/** Writes the script of the plot that a manager would be shown. */
export const buildVisualization: AgentImplementation<
  BuildInput<'visualization'>,
  BuiltScript<'visualization'>
> = async (input) => {
  const { plan, applied, messages } = nextPlan(input);
  const brief = { job_name: input.job.name, prompt: input.job.prompt, attempt: input.attempt };
  const script = renderPlotScript(plan, brief);
  return { output: { plan, script_name: SCRIPT_NAMES.visualization, script, applied }, messages };
};

function nextPlan(
  input: BuildInput<'visualization'>,
): Pick<BuiltScript<'visualization'>, 'plan' | 'applied'> & { messages: string[] } {
  const last = lastAttempt(input.past);
  if (!last) {
    const plan = firstPlan(input);
    return { plan, applied: [], messages: [`Plot plan. ${plan.rationale}`] };
  }
  const tried = input.past.map((attempt) => attempt.plan);
  const repaired = repair(last.plan, last.verdict.corrections, {
    apply: applyCorrection,
    ladder: LADDER,
    lastResort: numberTitle,
    tried,
  });
  const changes = `Attempt ${input.attempt} changes the plan of attempt ${last.attempt}: ${repaired.changes.join('; ')}.`;
  return { plan: { ...repaired.plan, rationale: changes }, applied: repaired.applied, messages: [changes] };
}

function firstPlan(input: BuildInput<'visualization'>): PlotPlan {
  const { plan: trained } = trainingOf(input);
  const picture = choosePicture(trained);
  const points = trained.task === 'forecasting' ? historyPoints(trained, input.report.dataset.rows) : null;
  const history =
    points === null ? '' : ` The last ${count(points, 'observation')} give the scale without hiding the forecast.`;
  return {
    schema_version: 1,
    task: trained.task,
    kind: picture.kind,
    title: picture.title,
    target: trained.target,
    date_column: trained.date_column,
    series_id_columns: trained.series_id_columns,
    history_points: points,
    rationale: picture.why + history,
  };
}

function choosePicture(trained: TrainingPlan): { kind: PlotPlan['kind']; title: string; why: string } {
  const target = quoted(trained.target);
  switch (trained.task) {
    case 'forecasting': {
      const ahead =
        trained.frequency && trained.horizon ? stepsInWords(trained.horizon, trained.frequency) : 'the future';
      const title = `Forecast of ${target}: the next ${ahead}`;
      const rhythm = trained.frequency ? frequencyInWords(trained.frequency) : 'dated';
      return {
        kind: 'forecast',
        title,
        why: `A line of the ${rhythm} history with the backtest and the forecast shows level, season and how far the model was off.`,
      };
    }
    case 'regression':
      return {
        kind: 'actual_vs_predicted',
        title: `${target}: actual against predicted`,
        why: 'Points near the diagonal are rows that the model got right.',
      };
    case 'binary':
      return {
        kind: 'roc_confusion',
        title: `${target}: how well the classes are told apart`,
        why: 'The ROC curve shows every threshold, the confusion matrix the mistakes at one.',
      };
    case 'multiclass':
      return {
        kind: 'confusion',
        title: `${target}: predicted against actual classes`,
        why: 'The confusion matrix shows which classes are mistaken for which.',
      };
  }
}

/** Four horizons or three seasons, whichever is more, as far as there is history. */
function historyPoints(trained: TrainingPlan, rows: number): number {
  const season = trained.frequency?.season_length ?? 1;
  const wanted = Math.max(4 * (trained.horizon ?? 1), 3 * season, 60);
  return Math.max(1, Math.min(wanted, MOST_POINTS, rows));
}

/** No correction that exists concerns a plot; the ladder changes what can be changed. */
const applyCorrection: ApplyCorrection<PlotPlan> = () => undefined;

const LADDER: readonly Step<PlotPlan>[] = [
  (plan) => {
    if (plan.history_points === null || plan.history_points < 2 * FEWEST_POINTS) return undefined;
    const points = Math.floor(plan.history_points / 2);
    return {
      plan: { ...plan, history_points: points },
      change: `only the last ${count(points, 'observation')} are drawn`,
    };
  },
  (plan) =>
    plan.kind === 'roc_confusion'
      ? { plan: { ...plan, kind: 'confusion' }, change: 'a confusion matrix instead of the ROC curve' }
      : undefined,
];

/** A table's plot leaves nothing to vary but its title. */
const numberTitle: LastResort<PlotPlan> = (plan, number) => {
  const title = `${plan.title.replace(/ \(plot \d+\)$/, '')} (plot ${number})`;
  return { plan: { ...plan, title }, change: 'a fresh script' };
};
