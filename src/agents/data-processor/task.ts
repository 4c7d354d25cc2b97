import type { Finding, Metric, Task } from '../../contracts/analysis';
import type { Column } from '../../contracts/dataset';
import { AutomlError } from '../../contracts/failure';
import { count, integer, quoted } from '../text';
import type { Goal } from './goal';
import { isDate, isNumeric } from './profile';
import type { SeriesShape } from './series';

export interface TaskDecision {
  task: Task;
  /** Why, as a sentence for a person. */
  reason: string;
  findings: Finding[];
}

export interface TaskGround {
  target: Column;
  rows: number;
  goal: Goal;
  series: SeriesShape | null;
  /** Whether the job itself asks for a number of steps or names the date column. */
  asks_for_future: boolean;
}

/** Classes that H2O's multinomial models accept. */
const MAX_CLASSES = 1000;
/** Whole numbers with at most this many values may be classes, where the goal says so. */
const MAX_NUMERIC_CLASSES = 30;

/**
 * Forecasting for a numeric target in a dated series, unless the goal wants something else; otherwise regression or
 * classification by the target's values. @throws {AutomlError} where the target can't be predicted at all.
 */
export function decideTask(ground: TaskGround): TaskDecision {
  const { target, goal } = ground;
  if (isDate(target)) throw unpredictable(target, 'target_is_date', 'holds dates, which are not something to predict');
  const decision = wantsSeries(ground) ? forecasting(target, ground.series!, goal) : tableTask(ground);
  return { ...decision, findings: unmetWishes(ground, decision.task) };
}

function forecasting(target: Column, series: SeriesShape, goal: Goal): Omit<TaskDecision, 'findings'> {
  const ids = series.id_columns.map(quoted).join(' and ');
  const several = ids ? `, ${count(series.series, 'series', 'series')} told apart by ${ids}` : '';
  const words = goal.task === 'forecasting' ? 'the goal asks for a forecast' : 'the goal asks for nothing else';
  const reason = `${quoted(target.name)} is a number over the dates of ${quoted(series.date_column)}${several}, and ${words}.`;
  return { task: 'forecasting', reason };
}

function wantsSeries({ target, goal, series, asks_for_future }: TaskGround): boolean {
  if (!isNumeric(target) || series === null || series.frequency === null) return false;
  if (goal.task === 'classification' || (goal.task === 'regression' && !asks_for_future)) return false;
  const asked = goal.task === 'forecasting' || asks_for_future;
  if (asked) return series.regular || series.duplicate_share < 0.5;
  return series.regular && target.distinct > 2;
}

function tableTask({ target, rows, goal }: TaskGround): Omit<TaskDecision, 'findings'> {
  const classes = target.distinct;
  const decide = (task: Task, reason: string) => ({ task, reason });
  if (isNumeric(target)) {
    const binary = classes === 2 && goal.task !== 'regression';
    if (binary) return decide('binary', `${quoted(target.name)} has two values (${target.min} and ${target.max}).`);
    const fewWhole = target.type === 'integer' && classes <= MAX_NUMERIC_CLASSES;
    if (goal.task === 'classification' && fewWhole) {
      return decide('multiclass', `The goal asks for classes and ${quoted(target.name)} has ${classes} whole values.`);
    }
    return decide('regression', `${quoted(target.name)} is a number with ${count(classes, 'value')}.`);
  }
  if (classes === 2) return decide('binary', `${quoted(target.name)} has two values.`);
  if (classes > MAX_CLASSES || classes > (rows - target.missing) / 2) {
    throw unpredictable(
      target,
      'too_many_classes',
      `has ${integer(classes)} different texts, too many to learn as classes`,
    );
  }
  return decide('multiclass', `${quoted(target.name)} has ${classes} classes.`);
}

function unpredictable(target: Column, code: string, why: string): AutomlError {
  return new AutomlError({
    category: 'data',
    code,
    message: `The target column ${quoted(target.name)} ${why}.`,
    hint: 'Choose another target_column: one with numbers, or with a few repeated values.',
  });
}

/** Tells where the goal asked for something that the data don't carry. */
function unmetWishes({ target, goal, series }: TaskGround, task: Task): Finding[] {
  const column = target.name;
  if (goal.task === 'forecasting' && task !== 'forecasting') {
    const evidence = !isNumeric(target)
      ? `The goal asks for a forecast, but ${quoted(column)} holds classes.`
      : series === null
        ? 'The goal asks for a forecast, but no column holds dates.'
        : `The goal asks for a forecast, but the dates of ${quoted(series.date_column)} make up no series.`;
    const action =
      'Treated as a table of independent rows. For a forecast write the dates as YYYY-MM-DD, one row a date.';
    return [{ code: 'no_series', severity: 'warning', column, evidence, action }];
  }
  if (goal.task === 'classification' && (task === 'regression' || task === 'forecasting')) {
    const evidence = `The goal asks for classes, but ${quoted(column)} is a number with ${count(target.distinct, 'value')}.`;
    return [{ code: 'no_classes', severity: 'warning', column, evidence, action: 'Treated as a regression.' }];
  }
  return [];
}

const FITTING: Record<Task, readonly Metric[]> = {
  forecasting: ['mae', 'rmse', 'mape', 'smape', 'mase', 'rmsle'],
  regression: ['rmse', 'mae', 'mape', 'smape', 'rmsle'],
  binary: ['auc', 'logloss', 'accuracy', 'balanced_accuracy'],
  multiclass: ['logloss', 'accuracy', 'balanced_accuracy'],
};

/** The metric that decides: the one asked for where it fits the task, else the task's usual one. */
export function decideMetric(
  task: Task,
  goal: Goal,
  option: Metric | undefined,
  target: Column,
): { metric: Metric; findings: Finding[] } {
  const usual = FITTING[task][0]!;
  const wanted =
    option ?? (task === 'forecasting' || task === 'regression' ? withoutPrecision(goal.metric) : goal.metric);
  if (wanted === null || wanted === undefined) return { metric: usual, findings: [] };
  const refuse = (evidence: string) => ({
    metric: usual,
    findings: [
      {
        code: 'metric_replaced',
        severity: 'warning' as const,
        column: null,
        evidence,
        action: `${usual} decides instead.`,
      },
    ],
  });
  if (!FITTING[task].includes(wanted)) return refuse(`The metric ${wanted} does not fit ${task}.`);
  const negative = typeof target.min === 'number' && target.min < 0;
  if (wanted === 'rmsle' && negative)
    return refuse(`rmsle needs values from 0 up, ${quoted(target.name)} has negative ones.`);
  return { metric: wanted, findings: [] };
}

/** "With the best accuracy" about numbers is a wish, not a metric. */
function withoutPrecision(metric: Metric | null): Metric | null {
  return metric === 'accuracy' ? null : metric;
}
