import type { AnalysisReport, Finding, Metric, Task } from '../../contracts/analysis';
import type { Column } from '../../contracts/dataset';
import { AutomlError } from '../../contracts/failure';
import type { AgentImplementation, AnalysisInput } from '../agent';
import { count, list, quoted } from '../text';
import { frequencyInWords, stepsInWords } from '../time-words';
import { associate } from './evidence/association';
import { chooseFeatures } from './features';
import { collectFindings, recommend } from './findings';
import { type Goal, readGoal } from './goal';
import { defaultHorizon, horizonSteps } from './horizon';
import { analysisPage } from './report';
import { asksForFuture, findSeries, type SeriesShape } from './series';
import { chooseTarget } from './target';
import { decideMetric, decideTask } from './task';

/** Below these nothing can be both learned and checked; a series needs 8 to learn from and one to check. */
const MIN_ROWS = 10;
const MIN_OBSERVATIONS = 9;
const MOST_ASSOCIATIONS = 50;

/** Reads the goal and the profile of the data; the same input always gives the same report. */
export const analyse: AgentImplementation<AnalysisInput, AnalysisReport> = async (input) => {
  const { job, dataset } = input;
  const goal = readGoal(
    job.prompt,
    dataset.columns.map((column) => column.name),
  );
  const target = chooseTarget(dataset, goal, job.target_column);
  const column = dataset.columns.find((candidate) => candidate.name === target.column)!;
  requireValues(column, dataset.rows);
  const series = findSeries(input, goal, column);
  const decision = decideTask({
    target: column,
    rows: dataset.rows,
    goal,
    series,
    asks_for_future: asksForFuture(job),
  });
  requireRows(decision.task, dataset.rows - column.missing, series);
  const metric = decideMetric(decision.task, goal, job.options.metric, column);
  const horizon = decideHorizon({ input, goal, task: decision.task, series });
  const choice = chooseFeatures({ input, target: column, task: decision.task, series });
  const report = assemble(input, {
    ...{ goal, target, column, series, task: decision.task, metric: metric.metric, horizon: horizon.steps, choice },
    findings: [...targetFindings(target), ...decision.findings, ...metric.findings],
  });
  const why = { task: decision.reason, horizon: horizon.reason, metric: metricReason(input, goal, metric.metric) };
  return {
    output: report,
    messages: messagesOf(report, why),
    report: {
      title: `Analysis of ${dataset.source_name}`,
      content: analysisPage(report, why),
      metadata: { task: report.task, target: report.target.column, metric: report.metric, horizon: report.horizon },
    },
  };
};

interface Parts {
  goal: Goal;
  target: AnalysisReport['target'];
  column: Column;
  series: SeriesShape | null;
  task: Task;
  metric: Metric;
  horizon: number | null;
  choice: ReturnType<typeof chooseFeatures>;
  findings: Finding[];
}

function assemble(input: AnalysisInput, parts: Parts): AnalysisReport {
  const { dataset } = input;
  const { goal, column, series, task, horizon, choice } = parts;
  const columns = dataset.columns.filter(({ name }) => choice.features.includes(name));
  const associations = associate(input.even, column, { columns, task });
  const findings = [
    ...parts.findings,
    ...collectFindings({ input, dataset, target: column, task, goal, series, horizon, choice, associations }),
  ];
  const forecasting = task === 'forecasting';
  const report: AnalysisReport = {
    schema_version: 1,
    task,
    target: parts.target,
    date_column: forecasting || ordersTheTable(goal, series) ? series!.date_column : null,
    series_id_columns: forecasting ? series!.id_columns : [],
    frequency: forecasting ? series!.frequency : null,
    horizon,
    metric: parts.metric,
    features: choice.features,
    excluded: choice.excluded,
    findings,
    associations: associations.slice(0, MOST_ASSOCIATIONS),
    recommendations: recommend({ task, findings }, dataset.rows),
    summary: '',
    dataset,
  };
  return { ...report, summary: summarise(report) };
}

/** A table about the future is checked on its latest rows; then its date column goes into the report. */
function ordersTheTable(goal: Goal, series: SeriesShape | null): boolean {
  return series !== null && (goal.task === 'forecasting' || goal.horizon !== null);
}

function requireValues(column: Column, rows: number): void {
  if (column.missing >= rows) {
    throw dataError(
      'target_missing',
      `The target column ${quoted(column.name)} has no values at all.`,
      'Choose a target_column with values, or upload a file in which it is filled in.',
    );
  }
  if (column.distinct <= 1) {
    const value = column.top_values[0] ? ` (${quoted(column.top_values[0].value)})` : '';
    throw dataError(
      'constant_target',
      `The target column ${quoted(column.name)} always has the same value${value}; there is nothing to learn.`,
      'Choose another target_column, or upload a file in which it varies.',
    );
  }
}

function requireRows(task: Task, usable: number, series: SeriesShape | null): void {
  const forecasting = task === 'forecasting';
  // Several series are learned from together, so their observations count together.
  const single = forecasting && series!.id_columns.length === 0;
  const have = single ? Math.min(usable, series!.longest) : usable;
  const need = forecasting ? MIN_OBSERVATIONS : MIN_ROWS;
  if (have >= need) return;
  const what = forecasting ? 'dated values of the target' : 'rows with a value of the target';
  throw dataError('too_few_rows', `The file has ${have} ${what}; at least ${need} are needed.`, 'Upload more data.');
}

function dataError(code: string, message: string, hint: string): AutomlError {
  return new AutomlError({ category: 'data', code, message, hint });
}

interface HorizonGround {
  input: AnalysisInput;
  goal: Goal;
  task: Task;
  series: SeriesShape | null;
}

function decideHorizon({ input, goal, task, series }: HorizonGround): { steps: number | null; reason: string } {
  if (task !== 'forecasting') return { steps: null, reason: '' };
  const frequency = series!.frequency!;
  const option = input.job.options.horizon;
  if (option !== undefined) return { steps: option, reason: 'set with the job' };
  if (goal.horizon !== null) return { steps: horizonSteps(goal.horizon, frequency), reason: 'read from the goal' };
  const steps = defaultHorizon(frequency, series!.longest);
  return {
    steps,
    reason: `the goal names none; this is usual for ${frequencyInWords(frequency)} data, and at most a third of the history`,
  };
}

function metricReason({ job }: AnalysisInput, goal: Goal, metric: Metric): string {
  if (job.options.metric === metric) return 'set with the job';
  return goal.metric === metric ? 'read from the goal' : 'usual for this task';
}

function targetFindings(target: AnalysisReport['target']): Finding[] {
  if (target.how === 'given') return [];
  const severity = target.how === 'near_match' ? 'warning' : 'info';
  const action = `${quoted(target.column)} is predicted. Set target_column to choose another.`;
  const chosen = target.how === 'inferred' ? `${quoted(target.column)} was chosen as the target. ` : '';
  return [{ code: `target_${target.how}`, severity, column: target.column, evidence: chosen + target.reason, action }];
}

const TASK_PHRASES: Record<Task, string> = {
  forecasting: 'a forecast',
  regression: 'a regression',
  binary: 'a classification into two classes',
  multiclass: 'a classification into several classes',
};

function summarise(report: AnalysisReport): string {
  const { dataset, task, frequency, horizon } = report;
  const size = `${count(dataset.rows, 'row')} and ${count(dataset.columns.length, 'column')}`;
  const ahead =
    task === 'forecasting' && frequency && horizon
      ? `, ${stepsInWords(horizon, frequency)} ahead from ${frequencyInWords(frequency)} data`
      : ` from ${count(report.features.length, 'feature')}`;
  const warnings = report.findings.filter((entry) => entry.severity !== 'info').length;
  const state =
    warnings === 0
      ? 'The data look sound.'
      : `${count(warnings, 'finding')} in the data deserve${warnings === 1 ? 's' : ''} attention.`;
  return `${quoted(dataset.source_name)} has ${size}. The job is ${TASK_PHRASES[task]} of ${quoted(report.target.column)}${ahead}, judged by ${report.metric.toUpperCase()}. ${state}`;
}

function messagesOf(report: AnalysisReport, why: Record<'task' | 'horizon', string>): string[] {
  const messages = [report.summary];
  if (report.target.how !== 'given') messages.push(`Target: ${quoted(report.target.column)}. ${report.target.reason}`);
  const horizon =
    report.horizon && report.frequency
      ? ` Horizon: ${stepsInWords(report.horizon, report.frequency)}, ${why.horizon}.`
      : '';
  messages.push(`Why: ${why.task}${horizon}`);
  const warnings = firstOfEachKind(report.findings.filter((entry) => entry.severity !== 'info'));
  const toKnow = warnings.filter((entry) => entry.code !== 'target_near_match').slice(0, 5);
  if (toKnow.length > 0) messages.push(`To know: ${toKnow.map((entry) => entry.evidence).join(' ')}`);
  if (report.excluded.length > 0) messages.push(`Left out: ${leftOut(report.excluded)}.`);
  return messages;
}

function firstOfEachKind(findings: readonly Finding[]): Finding[] {
  return findings.filter((entry, index) => findings.findIndex((other) => other.code === entry.code) === index);
}

/** Columns with the same reason share it. */
function leftOut(excluded: AnalysisReport['excluded']): string {
  const reasons = [...new Set(excluded.map((entry) => entry.reason))];
  const groups = reasons.slice(0, 5).map((reason) => {
    const names = excluded.filter((entry) => entry.reason === reason).map((entry) => quoted(entry.column));
    return `${list(names, 6)} (${reason})`;
  });
  return groups.join('; ');
}
