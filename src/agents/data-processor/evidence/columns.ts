import type { Finding } from '../../../contracts/analysis';
import type { Column } from '../../../contracts/dataset';
import { decimal, list, percent, quoted } from '../../text';
import { capped, finding, type FindingsGround } from '../finding';
import { isNumeric, looksLikeId } from '../profile';

/** Numbers that forms and sensors write where they know nothing. */
const SENTINELS = new Set([-1, -9, -99, -999, -9999, -99999, 99, 999, 9999, 99999, 999999, 1e30, -1e30]);
const ENOUGH_TIMES = 5;
const SENTINEL_SHARE = 0.005;
const ZERO_SHARE = 0.5;
/** Of the commonest values of a column of words: from here on up the words are the exception. */
const MOSTLY_NUMBERS = 0.5;
const RARE_NEGATIVE_SHARE = 0.05;

/** What one column's profile says against believing its values. */
export function columnEvidence(ground: FindingsGround): Finding[] {
  const looked = new Set([ground.target.name, ...ground.choice.features]);
  const columns = ground.dataset.columns.filter(({ name }) => looked.has(name));
  const rows = ground.dataset.rows;
  return [
    ...capped(columns.flatMap((column) => disguisedMissing(column, rows))),
    ...capped(columns.flatMap(mixedTypes)),
    ...excessZeros(ground),
    ...rareNegatives(ground),
  ];
}

/** A known sentinel that is repeated and lies apart from the column's other values. */
function disguisedMissing(column: Column, rows: number): Finding[] {
  if (!isNumeric(column) || column.quantiles === null || looksLikeId(column, rows)) return [];
  const present = rows - column.missing;
  return column.top_values.flatMap(({ value, count }) => {
    const number = Number(value);
    if (!SENTINELS.has(number) || count < Math.max(ENOUGH_TIMES, present * SENTINEL_SHARE)) return [];
    if (!standsApart(number, column)) return [];
    const evidence = `${quoted(column.name)} is ${value} in ${percent(count / present)} of the rows, far from its other values: it may stand for "not known".`;
    return [
      finding(
        'disguised_missing',
        'warning',
        column.name,
        evidence,
        'Read as the number it is; empty the cells if it stands for nothing.',
      ),
    ];
  });
}

/** Whether a value is the column's least or greatest, and further from its commonest values than these from each other. */
function standsApart(value: number, column: Column): boolean {
  const others = column.top_values.map((top) => Number(top.value)).filter((each) => each !== value);
  const [low, first, middle, third, high] = column.quantiles as [number, number, number, number, number];
  const body = [low, first, middle, third, high, ...others].filter((each) => each !== value);
  if (body.length < 2) return false;
  const [least, greatest] = [Math.min(...body), Math.max(...body)];
  const isEdge = value === column.min || value === column.max;
  const gap = value < least ? least - value : value - greatest;
  // A lone negative number below a column of positive ones is told by its sign, however near it is.
  const alone = value < 0 && least >= 0;
  return isEdge && (gap > greatest - least || (alone && gap > 0));
}

function mixedTypes(column: Column): Finding[] {
  if (column.type !== 'category' && column.type !== 'text') return [];
  const total = column.top_values.reduce((sum, { count }) => sum + count, 0);
  const words = column.top_values.filter(({ value }) => !/^[-+]?\d+(?:[.,]\d+)?$/.test(value.trim()));
  const share = 1 - words.reduce((sum, { count }) => sum + count, 0) / Math.max(1, total);
  if (share < MOSTLY_NUMBERS || words.length === 0) return [];
  const named = list(words.slice(0, 3).map(({ value }) => quoted(value)));
  const evidence = `${quoted(column.name)} mixes numbers with words such as ${named}.`;
  const action = 'Read as words; correct its type to number if the words stand for nothing.';
  return [finding('mixed_types', 'warning', column.name, evidence, action)];
}

function excessZeros({ target, dataset, task }: FindingsGround): Finding[] {
  if (task === 'binary' || task === 'multiclass') return [];
  const zeros = target.top_values.find(({ value }) => Number(value) === 0)?.count ?? 0;
  const share = zeros / Math.max(1, dataset.rows - target.missing);
  if (share < ZERO_SHARE || target.distinct <= 2) return [];
  const evidence = `${quoted(target.name)} is zero in ${percent(share)} of the rows.`;
  return [finding('excess_zeros', 'info', target.name, evidence, 'Kept; percentage errors mean little here.')];
}

function rareNegatives({ target, task }: FindingsGround): Finding[] {
  if (!isNumeric(target) || task === 'binary' || task === 'multiclass' || target.quantiles === null) return [];
  if (typeof target.min !== 'number' || target.min >= 0 || target.quantiles[0]! < 0) return [];
  const evidence = `${quoted(target.name)} falls to ${decimal(target.min)}, though less than ${percent(RARE_NEGATIVE_SHARE)} of its values are negative.`;
  return [finding('rare_negatives', 'warning', target.name, evidence, 'Kept; check whether negative values are real.')];
}
