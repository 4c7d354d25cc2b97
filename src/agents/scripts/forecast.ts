import type { PlotPlan, PredictionPlan, TrainingPlan } from '../../contracts/plans';
import type { ScriptBrief } from './index';
import { frequencyOf, script, type TrainingStages } from './layout';
import { call, type PythonValue } from './python';

/** Forecast horizon of a plan that names none. */
const DEFAULT_HORIZON = 12;

export function forecastTraining(plan: TrainingPlan): TrainingStages {
  const horizon = plan.horizon ?? DEFAULT_HORIZON;
  const series = {
    target: plan.target,
    date_column: plan.date_column,
    series_id_columns: plan.series_id_columns,
  };
  return {
    seal: {
      headline: 'Seal the last rows of the series: training sees what is before them.',
      imports: [...(plan.frequency ? ['Frequency'] : []), 'seal_series'],
      steps: [
        call('seal_series', 'run', {
          ...series,
          frequency: frequencyOf(plan.frequency),
          covariates: plan.features,
          horizon,
          holdout_rows: plan.validation.holdout_rows ?? horizon,
        }),
      ],
    },
    train: {
      headline: 'Train a forecaster with H2O AutoML on the rows before the sealed ones.',
      imports: ['load_history', 'save_candidate_forecaster', 'train_forecaster'],
      steps: [
        call('run.start_h2o', '', { heap_mb: plan.heap_mb }),
        `history = ${call('load_history', 'run', { ...series, covariates: plan.features })}`,
        `forecaster = ${call('train_forecaster', 'run, history', {
          horizon,
          lags: plan.lags,
          windows: plan.windows,
          calendar: plan.calendar,
          ...(plan.holidays ? { holidays: plan.holidays } : {}),
          metric: plan.metric,
          algorithms: plan.algorithms,
          folds: plan.validation.folds,
          max_models: plan.max_models,
          max_runtime_secs: plan.max_runtime_secs,
          seed: plan.seed,
          sample_rows: plan.sample_rows,
        })}`,
        'save_candidate_forecaster(run, forecaster, history)',
      ],
    },
    evaluate: {
      headline: 'Judge the trained forecaster on the sealed rows, then refit it on everything.',
      imports: [
        'evaluate_forecaster',
        'explain_forecaster',
        'load_all_series',
        'load_candidate_forecaster',
        'prepare_refit',
        'refit_forecaster',
        'save_forecaster',
      ],
      steps: [
        'candidate = load_candidate_forecaster(run)',
        call('prepare_refit', 'run, candidate', { heap_mb: plan.heap_mb }),
        'panel = load_all_series(run, candidate)',
        'evaluation = evaluate_forecaster(run, candidate, panel)',
        'explain_forecaster(run, candidate, panel, evaluation)',
        'final = refit_forecaster(run, candidate, panel)',
        'save_forecaster(run, final, evaluation, panel)',
      ],
    },
  };
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
