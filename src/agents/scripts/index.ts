import type { PlotPlan, PredictionPlan, TrainingPlan } from '../../contracts/plans';
import { forecastPlotScript, forecastPredictionScript, forecastTraining } from './forecast';
import { script, type StageScript, type TrainingStages } from './layout';
import { tablePlotScript, tablePredictionScript, tableTraining } from './table';

/** What a script says about where it comes from. */
export interface ScriptBrief {
  job_name: string;
  /** The goal, in the user's words. */
  prompt: string;
  attempt: number;
}

/** The scripts of a training's stages. */
export type TrainingScripts = Record<keyof TrainingStages, string>;

/**
 * Renders a training plan into complete Python scripts that call only `automl_runtime`, one for each stage. What a
 * reader sees in them is what runs: every value of the plan stands in their text, once; paths and the column types come
 * from `config.json` beside each.
 */
export function renderTrainingScripts(plan: TrainingPlan, brief: ScriptBrief): TrainingScripts {
  const { seal, train, evaluate } = stagesOf(plan);
  const render = (stage: StageScript) => script(stage.headline, brief, plan.rationale, stage.imports, stage.steps);
  return { seal: render(seal), train: render(train), evaluate: render(evaluate) };
}

function stagesOf(plan: TrainingPlan): TrainingStages {
  return plan.task === 'forecasting' ? forecastTraining(plan) : tableTraining(plan);
}

/** Renders a prediction plan, in the same manner. */
export function renderPredictionScript(plan: PredictionPlan, brief: ScriptBrief): string {
  return plan.task === 'forecasting' ? forecastPredictionScript(plan, brief) : tablePredictionScript(plan, brief);
}

/** Renders a plot plan, in the same manner. */
export function renderPlotScript(plan: PlotPlan, brief: ScriptBrief): string {
  return plan.task === 'forecasting' ? forecastPlotScript(plan, brief) : tablePlotScript(plan, brief);
}
