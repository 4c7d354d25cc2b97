import type { AnalysisReport, Task } from '../../contracts/analysis';
import type { Column } from '../../contracts/dataset';
import type { AnalysisInput } from '../agent';
import { integer, plainName, quoted } from '../text';
import { isDate, isFreeText, isNumeric, isReadable, looksLikeId, ROWS_A_VALUE } from './profile';
import type { SeriesShape } from './series';

type Excluded = AnalysisReport['excluded'][number];

export interface FeatureChoice {
  features: string[];
  excluded: Excluded[];
  /** Columns that (nearly) are the target and were left out for it. */
  leaks: Excluded[];
}

export interface FeatureGround {
  input: AnalysisInput;
  target: Column;
  task: Task;
  series: SeriesShape | null;
}

/** Rows of the sample that must agree before a column counts as the target in disguise. */
const ENOUGH_ROWS = 15;
const MAX_PAIR_COLUMNS = 60;

/** Which columns may be learned from, in file order, and why the others may not. */
export function chooseFeatures(ground: FeatureGround): FeatureChoice {
  const { input, target, task, series } = ground;
  const leaking = leaks(ground);
  const reserved = new Set([
    target.name,
    ...(task === 'forecasting' ? [series!.date_column, ...series!.id_columns] : []),
  ]);
  const features: string[] = [];
  const excluded: Excluded[] = [];
  for (const column of input.dataset.columns) {
    if (reserved.has(column.name)) continue;
    const reason = leaking.get(column.name) ?? useless(column, ground) ?? unknownAhead(column, ground);
    if (reason) excluded.push({ column: column.name, reason });
    else features.push(column.name);
  }
  return { features, excluded, leaks: excluded.filter(({ column }) => leaking.has(column)) };
}

function useless(column: Column, { input, task }: FeatureGround): string | undefined {
  const { rows } = input.dataset;
  if (column.missing >= rows) return 'no values';
  if (column.distinct <= 1) return 'always the same value';
  const readable = task !== 'forecasting' && isReadable(column, input.even, rows);
  if (!readable && looksLikeId(column, rows)) return 'an identifier, only names the rows';
  const repeated = task !== 'forecasting' && (rows - column.missing) / column.distinct >= ROWS_A_VALUE;
  if (!readable && !repeated && isFreeText(column, rows))
    return `free text with ${integer(column.distinct)} different values`;
  return undefined;
}

/** A series' covariate helps only where its future is known: it never changes, or the file has rows of the future. */
function unknownAhead(column: Column, { input, target, task, series }: FeatureGround): string | undefined {
  if (task !== 'forecasting' || target.missing > 0) return undefined;
  if (isDate(column)) return 'the future values are not known when forecasting';
  const values = input.id_values[column.name];
  const isStatic = series!.id_columns.length > 0 && values !== undefined && constantWithin(values, series!, input);
  return isStatic ? undefined : 'the future values are not known when forecasting';
}

function constantWithin(values: readonly string[], series: SeriesShape, input: AnalysisInput): boolean {
  const valueOf = new Map<string, string>();
  return values.every((value, row) => {
    const key = JSON.stringify(series.id_columns.map((name) => input.id_values[name]?.[row] ?? ''));
    const known = valueOf.get(key);
    if (known === undefined) valueOf.set(key, value);
    return known === undefined || known === value;
  });
}

/** Columns that give the answer away: copies of the target, parts that add up to it, or predictions of it. */
function leaks({ input, target, task }: FeatureGround): Map<string, string> {
  const found = new Map<string, string>();
  for (const column of input.dataset.columns) {
    if (column.name === target.name) continue;
    if (isCopy(column, target, input)) found.set(column.name, `repeats ${quoted(target.name)}`);
    else if (namedAfterOutcome(column, target))
      found.set(column.name, `by its name a result of ${quoted(target.name)}`);
  }
  if (isNumeric(target) && task !== 'binary') {
    for (const [a, b] of addends(target, input)) {
      found.set(a, `adds up to ${quoted(target.name)} with ${quoted(b)}`);
      found.set(b, `adds up to ${quoted(target.name)} with ${quoted(a)}`);
    }
  }
  return found;
}

function isCopy(column: Column, target: Column, { sample }: AnalysisInput): boolean {
  const sameProfile = isNumeric(column) === isNumeric(target) && column.distinct === target.distinct;
  if (!sameProfile || column.missing !== target.missing || sample.length < ENOUGH_ROWS) return false;
  const counts = (of: Column) => of.top_values.map((top) => top.count).join();
  if (counts(column) !== counts(target)) return false;
  const seen = new Map<string, string>();
  const back = new Map<string, string>();
  const oneToOne = sample.every((row) => {
    const [value, answer] = [row[column.name] ?? '', row[target.name] ?? ''];
    const fits = (seen.get(value) ?? answer) === answer && (back.get(answer) ?? value) === value;
    seen.set(value, answer);
    back.set(answer, value);
    return fits;
  });
  // Unique numbers are one to one with anything; only equal ones are a copy.
  if (isNumeric(target) && target.distinct > 2) return sample.every((row) => row[column.name] === row[target.name]);
  return oneToOne && seen.size > 1;
}

const OUTCOME_WORDS =
  /^(?:predicted|prediction|pred|forecast|forecasted|expected|fitted|yhat|residual|future|next|after|prediccion|pronostico|previsto)$/;

function namedAfterOutcome(column: Column, target: Column): boolean {
  const words = plainName(column.name).split(' ');
  const targetWords = plainName(target.name).split(' ');
  return words.some((word) => OUTCOME_WORDS.test(word)) && targetWords.every((word) => words.includes(word));
}

/** Pairs of numeric columns whose sum is the target in every row of the sample. */
function addends(target: Column, { dataset, sample }: AnalysisInput): [string, string][] {
  const number = (row: Record<string, string>, name: string) => Number(row[name] || Number.NaN);
  const rows = sample.filter((row) => Number.isFinite(number(row, target.name)));
  if (rows.length < ENOUGH_ROWS || new Set(rows.map((row) => row[target.name])).size < 3) return [];
  const columns = dataset.columns
    .filter((column) => isNumeric(column) && column.name !== target.name && column.distinct > 2)
    .slice(0, MAX_PAIR_COLUMNS);
  const adds = (a: string, b: string) =>
    rows.every((row) => {
      const total = number(row, target.name);
      return Math.abs(number(row, a) + number(row, b) - total) <= 1e-9 * Math.max(1, Math.abs(total));
    });
  return columns.flatMap((a, index) =>
    columns
      .slice(index + 1)
      .filter((b) => adds(a.name, b.name))
      .map((b): [string, string] => [a.name, b.name]),
  );
}
