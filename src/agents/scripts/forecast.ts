import type { PlotPlan, PredictionPlan, TrainingPlan } from '../../contracts/plans';
import type { ScriptBrief } from './index';
import { frequencyOf, script } from './layout';
import { call, type PythonValue } from './python';

/** Forecast horizon of a plan that names none. */
const DEFAULT_HORIZON = 12;

export function forecastTrainingScript(plan: TrainingPlan, brief: ScriptBrief): string {
  const horizon = plan.horizon ?? DEFAULT_HORIZON;
  return script(
    'Train a forecaster with H2O AutoML and judge it on the last, sealed rows.',
    brief,
    plan.rationale,
    [
      ...(plan.frequency ? ['Frequency'] : []),
      'evaluate_forecaster',
      'explain_forecaster',
      ...(plan.features.length > 0 ? ['keep_known_covariates'] : []),
      'load_series',
      'refit_forecaster',
      'save_forecaster',
      'seal_last_rows',
      'train_forecaster',
    ],
    [
      call('run.start_h2o', '', { heap_mb: plan.heap_mb }),
      `panel = ${loadSeries({ ...plan, frequency: frequencyOf(plan.frequency), covariates: plan.features })}`,
      ...(plan.features.length > 0 ? [`panel = ${call('keep_known_covariates', 'run, panel', { horizon })}`] : []),
      `history = ${call('seal_last_rows', 'panel', { holdout_rows: plan.validation.holdout_rows ?? horizon })}`,
      `forecaster = ${call('train_forecaster', 'run, history', {
        horizon,
        lags: plan.lags,
        windows: plan.windows,
        calendar: plan.calendar,
        metric: plan.metric,
        algorithms: plan.algorithms,
        folds: plan.validation.folds,
        max_models: plan.max_models,
        max_runtime_secs: plan.max_runtime_secs,
        seed: plan.seed,
        sample_rows: plan.sample_rows,
      })}`,
      'evaluation = evaluate_forecaster(run, forecaster, history, panel)',
      'explain_forecaster(run, forecaster, history, panel)',
      'final = refit_forecaster(run, forecaster, panel)',
      'save_forecaster(run, final, evaluation, panel)',
    ],
  );
}

export function forecastPredictionScript(plan: PredictionPlan, brief: ScriptBrief): string {
  return script(
    'Forecast the steps after the last observation with the trained model.',
    brief,
    plan.rationale,
    [...(plan.frequency ? ['Frequency'] : []), 'forecast_future', 'load_forecaster', 'load_series', 'save_predictions'],
    [
      'forecaster = load_forecaster(run)',
      `panel = ${loadSeries({ ...plan, frequency: frequencyOf(plan.frequency), covariates: { name: 'forecaster.covariates' } })}`,
      `predictions = ${call('forecast_future', 'run, forecaster, panel', { horizon: plan.horizon ?? DEFAULT_HORIZON })}`,
      'save_predictions(run, predictions)',
    ],
  );
}

export function forecastPlotScript(plan: PlotPlan, brief: ScriptBrief): string {
  return script(
    'Draw the history, the backtest on the sealed rows and the forecast.',
    brief,
    plan.rationale,
    ['load_forecaster', 'load_series', 'plot_forecast'],
    [
      'forecaster = load_forecaster(run)',
      `panel = ${loadSeries({ ...plan, frequency: { name: 'forecaster.frequency' }, covariates: [] })}`,
      call('plot_forecast', 'run, forecaster, panel', { title: plan.title, history_points: plan.history_points }),
    ],
  );
}

function loadSeries(from: {
  target: string;
  date_column: string | null;
  series_id_columns: string[];
  frequency: PythonValue;
  covariates: PythonValue;
}): string {
  return call('load_series', 'run', {
    target: from.target,
    date_column: from.date_column,
    series_id_columns: from.series_id_columns,
    frequency: from.frequency,
    covariates: from.covariates,
  });
}
