import type { AnalysisReport, Task } from '../../contracts/analysis';
import type { Column } from '../../contracts/dataset';
import { bullets, cell, page, prose, section, table } from '../markdown';
import { count, decimal, integer, list, percent, quoted } from '../text';
import { frequencyInWords, stepsInWords } from '../time-words';

const MAX_COLUMNS = 60;
const MAX_ASSOCIATIONS = 15;
const TASK_NAMES: Record<Task, string> = {
  forecasting: 'Forecasting',
  regression: 'Regression',
  binary: 'Binary classification',
  multiclass: 'Multiclass classification',
};

/** The analysis as a Markdown page. */
export function analysisPage(report: AnalysisReport, why: Record<'task' | 'horizon' | 'metric', string>): string {
  return page(
    `# Analysis of ${cell(report.dataset.source_name)}`,
    prose(report.summary),
    section('Decisions', decisions(report, why)),
    section('Findings', findings(report)),
    section('Recommendations', bullets(report.recommendations)),
    section('Columns', columns(report)),
    section('What goes with the target', associations(report)),
    section(
      'Left out',
      table(
        ['column', 'why'],
        report.excluded.slice(0, MAX_COLUMNS).map((entry) => [entry.column, entry.reason]),
      ),
    ),
    section('Other targets', table(['column', 'score', 'why'], otherTargets(report))),
    section('The file', theFile(report)),
  );
}

function decisions(report: AnalysisReport, why: Record<'task' | 'horizon' | 'metric', string>): string {
  const rows = [
    ['target', report.target.column, report.target.reason],
    ['task', TASK_NAMES[report.task], why.task],
    ['metric', report.metric, why.metric],
  ];
  if (report.task === 'forecasting' && report.frequency && report.horizon) {
    rows.push(
      [
        'dates',
        report.date_column ?? '',
        `${frequencyInWords(report.frequency)}, a season has ${count(report.frequency.season_length, 'step')}`,
      ],
      ['horizon', stepsInWords(report.horizon, report.frequency), why.horizon],
      ['series', report.series_id_columns.length > 0 ? list(report.series_id_columns) : 'one', ''],
    );
  }
  return table(['what', 'decided', 'why'], rows);
}

function findings(report: AnalysisReport): string {
  if (report.findings.length === 0) return 'Nothing unusual was found.';
  return table(
    ['severity', 'column', 'what was seen', 'what was done'],
    report.findings.map((entry) => [entry.severity, entry.column ?? '', entry.evidence, entry.action]),
  );
}

function columns({ dataset, target, features }: AnalysisReport): string {
  const used = new Set(features);
  const role = (column: Column) => (column.name === target.column ? 'target' : used.has(column.name) ? 'feature' : '');
  const shown = dataset.columns.slice(0, MAX_COLUMNS);
  const body = table(
    ['column', 'type', 'missing', 'distinct', 'range or most frequent', 'role'],
    shown.map((column) => [
      column.name,
      column.type,
      percent(column.missing / Math.max(1, dataset.rows)),
      integer(column.distinct),
      rangeOf(column),
      role(column),
    ]),
  );
  const more = dataset.columns.length - shown.length;
  return more > 0 ? `${body}\n\n… and ${count(more, 'more column')}.` : body;
}

function associations(report: AnalysisReport): string {
  const shown = report.associations.slice(0, MAX_ASSOCIATIONS);
  const correlated = shown.some(({ correlation }) => correlation !== null);
  return table(
    ['column', 'explains alone', ...(correlated ? ['correlation'] : [])],
    shown.map(({ column, skill, correlation }) => [
      ...[column, percent(skill)],
      ...(correlated ? [correlation === null ? '' : decimal(correlation)] : []),
    ]),
  );
}

function rangeOf(column: Column): string {
  if (column.min !== null && column.max !== null && column.type !== 'category' && column.type !== 'text') {
    const show = (value: string | number) => (typeof value === 'number' ? decimal(value) : value);
    return `${show(column.min)} to ${show(column.max)}`;
  }
  return list(column.top_values.slice(0, 3).map((top) => `${quoted(top.value)} × ${integer(top.count)}`));
}

function otherTargets({ target }: AnalysisReport): string[][] {
  return target.candidates
    .filter((candidate) => candidate.column !== target.column)
    .slice(0, 5)
    .map((candidate) => [candidate.column, candidate.score.toFixed(2), candidate.reason]);
}

function theFile({ dataset }: AnalysisReport): string {
  const { dialect } = dataset;
  const visible = (text: string) => (text === '\t' ? 'tab' : text === ' ' ? 'space' : text || 'none');
  return table(
    ['property', 'value'],
    [
      ['rows', integer(dataset.rows)],
      ['columns', integer(dataset.columns.length)],
      ['encoding', dialect.encoding],
      ['delimiter', visible(dialect.delimiter)],
      ['decimal sign', dialect.decimal],
      ['header rows', String(dialect.header_rows)],
      ['confidence', percent(dataset.confidence)],
      ['SHA-256', dataset.source_sha256],
    ],
  );
}
