import type { PlotPlan, PredictionPlan, TrainingPlan } from '../../contracts/plans';
import { forecastPlotScript, forecastPredictionScript, forecastTrainingScript } from './forecast';
import { tablePlotScript, tablePredictionScript, tableTrainingScript } from './table';

/** What a script says about where it comes from. */
export interface ScriptBrief {
  job_name: string;
  /** The goal, in the user's words. */
  prompt: string;
  attempt: number;
}

/**
 * Renders a training plan into a complete Python script that calls only `automl_runtime`. What a reader sees in it is
 * what runs: every value of the plan stands in its text; paths and the column types come from `config.json` beside it.
 */
export function renderTrainingScript(plan: TrainingPlan, brief: ScriptBrief): string {
  return plan.task === 'forecasting' ? forecastTrainingScript(plan, brief) : tableTrainingScript(plan, brief);
}

/** Renders a prediction plan, in the same manner. */
export function renderPredictionScript(plan: PredictionPlan, brief: ScriptBrief): string {
  return plan.task === 'forecasting' ? forecastPredictionScript(plan, brief) : tablePredictionScript(plan, brief);
}

/** Renders a plot plan, in the same manner. */
export function renderPlotScript(plan: PlotPlan, brief: ScriptBrief): string {
  return plan.task === 'forecasting' ? forecastPlotScript(plan, brief) : tablePlotScript(plan, brief);
}
