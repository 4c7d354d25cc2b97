import { HOLDOUT_FRACTION, type PlotPlan, type PredictionPlan, type TrainingPlan } from '../../contracts/plans';
import type { ScriptBrief } from './index';
import { script } from './layout';
import { call, linesOf, type PythonLines } from './python';

const FUNCTION = 'FeatureFunction';

export function tableTrainingScript(plan: TrainingPlan, brief: ScriptBrief): string {
  const { scheme, holdout_rows, holdout_fraction, folds, group_column } = plan.validation;
  return script(
    `Train a ${plan.task} model with H2O AutoML and judge it on sealed rows.`,
    brief,
    plan.rationale,
    [
      ...['evaluate_model', 'explain_model', 'load_table', 'refit_model', 'save_model', 'seal_rows', 'train_model'],
      ...(plan.functions.length > 0 ? [FUNCTION] : []),
    ],
    [
      call('run.start_h2o', '', { heap_mb: plan.heap_mb }),
      `table = ${call('load_table', 'run', {
        task: plan.task,
        target: plan.target,
        features: plan.features,
        date_column: plan.date_column,
        group_column,
        target_encoding: plan.target_encoding,
        text_features: plan.text_features,
        ...functionsOf(plan),
      })}`,
      `split = ${call('seal_rows', 'table', {
        scheme,
        holdout_rows,
        holdout_fraction: holdout_rows === null ? (holdout_fraction ?? HOLDOUT_FRACTION) : null,
        seed: plan.seed,
      })}`,
      `model = ${call('train_model', 'run, table, split', {
        metric: plan.metric,
        algorithms: plan.algorithms,
        folds,
        balance_classes: plan.balance_classes,
        max_models: plan.max_models,
        max_runtime_secs: plan.max_runtime_secs,
        seed: plan.seed,
        sample_rows: plan.sample_rows,
        target_transform: plan.target_transform,
        monotone_increasing: plan.monotone_increasing,
        monotone_decreasing: plan.monotone_decreasing,
      })}`,
      'evaluation = evaluate_model(run, model, table, split)',
      'explain_model(run, model, table, split, evaluation)',
      'final = refit_model(run, model, table)',
      'save_model(run, final, evaluation, table)',
    ],
  );
}

function functionsOf({ functions }: TrainingPlan): { functions?: PythonLines } {
  if (functions.length === 0) return {};
  const calls = functions.map(({ name, inputs, output, code }) => {
    return { call: FUNCTION, arguments: { name, inputs, output, code } };
  });
  return { functions: linesOf(calls) };
}

export function tablePredictionScript(plan: PredictionPlan, brief: ScriptBrief): string {
  return script(
    plan.rows === 'missing_target'
      ? 'Predict the rows whose target is empty with the trained model.'
      : 'Predict with the trained model; without rows to predict, show the sealed rows.',
    brief,
    plan.rationale,
    ['load_model', 'predict_rows', 'save_predictions'],
    [
      'model = load_model(run)',
      `predictions = ${call('predict_rows', 'run, model', { target: plan.target, rows: plan.rows })}`,
      'save_predictions(run, predictions)',
    ],
  );
}

export function tablePlotScript(plan: PlotPlan, brief: ScriptBrief): string {
  return script(
    'Draw what the model gets right and wrong on the sealed rows.',
    brief,
    plan.rationale,
    ['load_model', 'plot_evaluation'],
    ['model = load_model(run)', call('plot_evaluation', 'run, model', { kind: plan.kind, title: plan.title })],
  );
}
