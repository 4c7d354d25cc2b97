import { HOLDOUT_FRACTION, type PlotPlan, type PredictionPlan, type TrainingPlan } from '../../contracts/plans';
import type { ScriptBrief } from './index';
import { script, type TrainingStages } from './layout';
import { call, linesOf, type PythonLines } from './python';

const FUNCTION = 'FeatureFunction';

export function tableTraining(plan: TrainingPlan): TrainingStages {
  const { scheme, holdout_rows, holdout_fraction, folds, group_column } = plan.validation;
  const table = { task: plan.task, target: plan.target };
  return {
    seal: {
      headline: 'Seal rows of the table: training sees the others.',
      imports: ['seal_table'],
      steps: [
        call('seal_table', 'run', {
          ...table,
          date_column: plan.date_column,
          group_column,
          scheme,
          holdout_rows,
          holdout_fraction: holdout_rows === null ? (holdout_fraction ?? HOLDOUT_FRACTION) : null,
          seed: plan.seed,
          sample_rows: plan.sample_rows,
        }),
      ],
    },
    train: {
      headline: `Train a ${plan.task} model with H2O AutoML on the rows that are not sealed.`,
      imports: [
        ...['load_training_rows', 'save_candidate_model', 'train_model'],
        ...(plan.functions.length > 0 ? [FUNCTION] : []),
      ],
      steps: [
        call('run.start_h2o', '', { heap_mb: plan.heap_mb }),
        `table = ${call('load_training_rows', 'run', {
          ...table,
          features: plan.features,
          date_column: plan.date_column,
          group_column,
          ...(plan.weight_column ? { weight_column: plan.weight_column } : {}),
          target_encoding: plan.target_encoding,
          text_features: plan.text_features,
          ...functionsOf(plan),
        })}`,
        `model = ${call('train_model', 'run, table', {
          scheme,
          metric: plan.metric,
          algorithms: plan.algorithms,
          folds,
          balance_classes: plan.balance_classes,
          max_models: plan.max_models,
          max_runtime_secs: plan.max_runtime_secs,
          seed: plan.seed,
          target_transform: plan.target_transform,
          monotone_increasing: plan.monotone_increasing,
          monotone_decreasing: plan.monotone_decreasing,
        })}`,
        'save_candidate_model(run, model, table)',
      ],
    },
    evaluate: {
      headline: `Judge the trained ${plan.task} model on the sealed rows, then refit it on everything.`,
      imports: [
        'evaluate_model',
        'explain_model',
        'load_all_rows',
        'load_candidate_model',
        'prepare_refit',
        'refit_model',
        'save_model',
      ],
      steps: [
        'candidate = load_candidate_model(run)',
        call('prepare_refit', 'run, candidate', { heap_mb: plan.heap_mb }),
        'table = load_all_rows(run, candidate)',
        'evaluation = evaluate_model(run, candidate, table)',
        'explain_model(run, candidate, table, evaluation)',
        'final = refit_model(run, candidate, table)',
        'save_model(run, final, evaluation, table)',
      ],
    },
  };
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
