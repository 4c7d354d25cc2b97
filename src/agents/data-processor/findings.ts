import type { AnalysisReport, Finding } from '../../contracts/analysis';
import type { Dataset } from '../../contracts/dataset';
import { count, decimal, percent, quoted } from '../text';
import { frequencyInWords, stepsInWords } from '../time-words';
import { columnEvidence } from './evidence/columns';
import { seriesEvidence } from './evidence/series';
import { tableEvidence } from './evidence/table';
import { capped, finding, type FindingsGround } from './finding';
import { isNumeric, isReadable, looksLikeId } from './profile';

/** What a person should know about the data before believing a model, most serious first. */
export function collectFindings(ground: FindingsGround): Finding[] {
  const found = [
    ...alterations(ground.dataset),
    ...missingValues(ground),
    ...classBalance(ground),
    ...outliers(ground),
    ...seriesFindings(ground),
    ...shortTable(ground),
    ...freeTexts(ground),
    ...columnEvidence(ground),
    ...tableEvidence(ground),
    ...seriesEvidence(ground),
    ...ground.choice.leaks.map(({ column, reason }) =>
      finding('leakage', 'warning', column, `${quoted(column)} ${reason}.`, 'Left out: it would give the answer away.'),
    ),
  ];
  const weight: Record<Finding['severity'], number> = { error: 0, warning: 1, info: 2 };
  return found.sort((a, b) => weight[a.severity] - weight[b.severity]);
}

/** Alterations that lose nothing that was said: they are told, not warned of. */
const HARMLESS =
  /^(?:missing_spelling|blank_row|preamble_line|footnote_line|repeated_header|comment_line|renamed_column)$/;

function alterations(dataset: Dataset): Finding[] {
  const altered = dataset.alterations.map(({ code, column, count: times, message }) => {
    const much = times / Math.max(1, dataset.rows) > 0.01 && !HARMLESS.test(code);
    const where = column === null ? '' : ` in ${quoted(column)}`;
    const evidence = `${message.replace(/\.$/, '')} (${count(times, 'time')}${where}).`;
    return finding(code, much ? 'warning' : 'info', column, evidence, 'Done when the file was read.');
  });
  return capped(altered);
}

function missingValues({ dataset, target, task, choice }: FindingsGround): Finding[] {
  const rows = Math.max(1, dataset.rows);
  const found: Finding[] = [];
  if (target.missing > 0) {
    const evidence = `${count(target.missing, 'row')} (${percent(target.missing / rows)}) have no value of ${quoted(target.name)}.`;
    const action = task === 'forecasting' ? 'Not learned from.' : 'Not learned from; these rows get a prediction.';
    found.push(
      finding('target_missing_rows', target.missing > rows / 5 ? 'warning' : 'info', target.name, evidence, action),
    );
  }
  const used = new Set(choice.features);
  const gappy = dataset.columns
    .filter((column) => used.has(column.name) && column.missing / rows >= 0.05)
    .sort((a, b) => b.missing - a.missing);
  const each = gappy.map((column) =>
    finding(
      'missing_values',
      column.missing / rows >= 0.3 ? 'warning' : 'info',
      column.name,
      `${quoted(column.name)} is empty in ${percent(column.missing / rows)} of the rows.`,
      'Kept: the algorithms treat a missing value as a value of its own.',
    ),
  );
  return [...found, ...capped(each)];
}

function classBalance({ target, task }: FindingsGround): Finding[] {
  if (task !== 'binary' && task !== 'multiclass') return [];
  const rarest = [...target.top_values].sort((a, b) => a.count - b.count)[0];
  const total = target.top_values.reduce((sum, top) => sum + top.count, 0);
  if (!rarest || total === 0 || target.top_values.length < target.distinct) return [];
  const share = rarest.count / total;
  if (share >= 0.1 && rarest.count >= 10) return [];
  const evidence = `The class ${quoted(rarest.value)} has ${count(rarest.count, 'row')}, ${percent(share)} of all.`;
  return [
    finding(
      'class_imbalance',
      'warning',
      target.name,
      evidence,
      'Accuracy alone would flatter a model here; folds keep the shares.',
    ),
  ];
}

function outliers({ dataset, target, choice }: FindingsGround): Finding[] {
  const looked = new Set([target.name, ...choice.features]);
  const each = dataset.columns
    .filter((column) => looked.has(column.name) && isNumeric(column) && !looksLikeId(column, dataset.rows))
    .flatMap((column) => {
      if (column.quantiles === null || typeof column.max !== 'number' || typeof column.min !== 'number') return [];
      const [low, , middle, , high] = column.quantiles as [number, number, number, number, number];
      const spread = high - low;
      if (spread <= 0) return [];
      const extreme = column.max - high > low - column.min ? column.max : column.min;
      const distance = extreme > high ? extreme - high : low - extreme;
      if (distance <= 3 * spread) return [];
      const evidence = `${quoted(column.name)} reaches ${decimal(extreme)}, while 90 % of its values lie between ${decimal(low)} and ${decimal(high)} (median ${decimal(middle)}).`;
      return [
        finding(
          'outliers',
          column.name === target.name ? 'warning' : 'info',
          column.name,
          evidence,
          'Kept; check whether these values are real.',
        ),
      ];
    });
  return capped(each);
}

function seriesFindings({ task, series, goal, horizon, target }: FindingsGround): Finding[] {
  if (task !== 'forecasting' || series === null || series.frequency === null || horizon === null) return [];
  const { frequency, date_column: column } = series;
  const found: Finding[] = [];
  const add = (code: string, severity: Finding['severity'], evidence: string, action: string) =>
    found.push(finding(code, severity, column, evidence, action));
  if (series.gaps > 0) {
    add(
      'gaps',
      'warning',
      `Between the first and the last date ${stepsInWords(series.gaps, frequency)} are missing.`,
      'The series is put on a regular grid before learning.',
    );
  }
  if (series.duplicate_share > 0) {
    add(
      'duplicate_dates',
      'warning',
      `${percent(series.duplicate_share)} of the rows repeat a date of their series.`,
      'Rows of the same date count as one.',
    );
  }
  if (
    goal.frequency !== null &&
    goal.frequency !== frequency.unit &&
    !(goal.frequency === 'D' && frequency.unit === 'B')
  ) {
    add(
      'other_frequency',
      'info',
      `The goal speaks of another frequency than the data's, which is ${frequencyInWords(frequency)}.`,
      'Forecasts come at the frequency of the data.',
    );
  }
  if (series.longest < 2 * frequency.season_length && frequency.season_length > 1) {
    add(
      'short_history',
      'warning',
      `${stepsInWords(series.longest, frequency)} of history is less than two seasons of ${frequency.season_length}.`,
      'Seasonal patterns can hardly be learned.',
    );
  }
  if (horizon > series.longest / 3) {
    add(
      'long_horizon',
      'warning',
      `${stepsInWords(horizon, frequency)} ahead is much for ${stepsInWords(series.longest, frequency)} of history.`,
      'The later steps are little more than a guess.',
    );
  }
  if (target.distinct <= 2)
    add(
      'few_values',
      'warning',
      `${quoted(target.name)} takes only two values.`,
      'A classification might answer the question better.',
    );
  return found;
}

function shortTable({ dataset, target, task, choice }: FindingsGround): Finding[] {
  if (task === 'forecasting') return [];
  const usable = dataset.rows - target.missing;
  if (choice.features.length === 0) {
    return [
      finding(
        'no_features',
        'warning',
        null,
        'No column is left to learn from.',
        'A model can only repeat the average.',
      ),
    ];
  }
  if (usable >= 100) return [];
  const evidence = `Only ${count(usable, 'row')} can be learned from.`;
  return [finding('few_rows', 'warning', null, evidence, 'Metrics from so few unseen rows are uncertain.')];
}

/** The builder reads these columns word by word. */
function freeTexts({ input, dataset, task, choice }: FindingsGround): Finding[] {
  if (task === 'forecasting') return [];
  return dataset.columns
    .filter((column) => choice.features.includes(column.name) && isReadable(column, input.even, dataset.rows))
    .map(({ name, distinct }) => {
      const evidence = `${quoted(name)} holds ${count(distinct, 'different text')} of several words.`;
      return finding('free_text', 'info', name, evidence, 'Read word by word.');
    });
}

/** What to do about the findings, and what would make the next job better. */
export function recommend(report: Pick<AnalysisReport, 'task' | 'findings'>, fileRows: number): string[] {
  const codes = new Set(report.findings.map((entry) => entry.code));
  const advice: [boolean, string][] = [
    [report.task === 'forecasting', 'Validate on the latest dates only; rows of a series must never be shuffled.'],
    [report.task !== 'forecasting' && fileRows < 1000, 'Use cross-validation: the table is small.'],
    [codes.has('class_imbalance'), 'Judge by AUC, log loss or balanced accuracy rather than by accuracy.'],
    [codes.has('outliers'), 'Check the extreme values at their source.'],
    [codes.has('missing_values'), 'Find out why values are missing; a column that is mostly empty may be dropped.'],
    [
      codes.has('short_history') || codes.has('long_horizon'),
      'More history, or a shorter horizon, would make the forecast better.',
    ],
    [
      codes.has('leakage') || codes.has('leakage_suspect'),
      'Keep columns that are only known after the fact out of the file.',
    ],
    [
      codes.has('disguised_missing'),
      'Write values that are not known as empty cells; a number that stands for them misleads a model.',
    ],
    [
      codes.has('shift'),
      'Train on recent data only, or check what changed: the latest rows are unlike the earlier ones.',
    ],
    [codes.has('few_rows'), 'Collect more rows where that is possible.'],
  ];
  return advice.filter(([holds]) => holds).map(([, text]) => text);
}
