import type { Association, Task } from '../../../contracts/analysis';
import type { Column } from '../../../contracts/dataset';
import type { EvenSample } from '../../../data';
import { isDate, isNumeric } from '../profile';

/** Below so many rows with a target, what one column says is chance. */
export const ENOUGH_ROWS = 50;
const BINS = 20;
/** A value seen less often is put together with the other rare ones. */
const MIN_GROUP = 5;

/** A target as what is predicted: a number, or one of several classes. */
export type Answers = { kind: 'number'; values: number[] } | { kind: 'class'; values: number[]; classes: number };

/** The target's values in the sample and the rows that have one. */
export function answersOf(sample: EvenSample, target: Column, task: Task): { answers: Answers; rows: number[] } {
  const cells = sample.columns[target.name] ?? [];
  const rows = cells.flatMap((cell, row) => (cell === '' ? [] : [row]));
  if (task === 'binary' || task === 'multiclass') {
    const names = new Map<string, number>();
    const values = rows.map((row) => {
      const cell = cells[row]!;
      if (!names.has(cell)) names.set(cell, names.size);
      return names.get(cell)!;
    });
    return { answers: { kind: 'class', values, classes: names.size }, rows };
  }
  return { answers: { kind: 'number', values: rows.map((row) => Number(cells[row])) }, rows };
}

/** How much each column alone says about the target, strongest first; nothing where the rows are too few. */
export function associate(
  sample: EvenSample,
  target: Column,
  { columns, task }: { columns: Column[]; task: Task },
): Association[] {
  const { answers, rows } = answersOf(sample, target, task);
  if (rows.length < ENOUGH_ROWS) return [];
  const found = columns.map((column) => {
    const cells = rows.map((row) => sample.columns[column.name]?.[row] ?? '');
    return {
      column: column.name,
      skill: rounded(skillOf(binned(cells, column), answers)),
      correlation:
        answers.kind === 'number' && isNumeric(column) ? correlation(cells.map(numberOf), answers.values) : null,
    };
  });
  return found.sort((a, b) => b.skill - a.skill || a.column.localeCompare(b.column));
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

function numberOf(cell: string): number {
  return cell === '' ? Number.NaN : Number(cell);
}

/** Every other row is what is learned from; the rows between them are what is predicted. */
const isLearned = (row: number) => row % 2 === 0;

/** The group of each row: a bin of about equal size for numbers and dates, the value itself for words; -1 for missing. */
export function binned(cells: readonly string[], column: Column): number[] {
  if (!isNumeric(column) && !isDate(column)) return grouped(cells);
  const numbers = isNumeric(column)
    ? cells.map(numberOf)
    : cells.map((cell) => (cell === '' ? Number.NaN : Date.parse(cell)));
  const learned = numbers.filter((value, row) => isLearned(row) && Number.isFinite(value)).sort((a, b) => a - b);
  const edges = [
    ...new Set(Array.from({ length: BINS - 1 }, (_, bin) => learned[Math.floor(((bin + 1) * learned.length) / BINS)])),
  ];
  return numbers.map((value) =>
    Number.isFinite(value) ? edges.findLastIndex((edge) => edge !== undefined && value >= edge) + 1 : -1,
  );
}

function grouped(cells: readonly string[]): number[] {
  const counts = new Map<string, number>();
  cells.forEach((cell, row) => isLearned(row) && counts.set(cell, (counts.get(cell) ?? 0) + 1));
  const frequent = [...counts].filter(([cell, count]) => cell !== '' && count >= MIN_GROUP);
  const numbers = new Map(frequent.map(([cell], index) => [cell, index + 1]));
  return cells.map((cell) => (cell === '' ? -1 : (numbers.get(cell) ?? 0)));
}

/** What the groups explain of the answers on rows that the groups' answers were not learned from, 0-1. */
export function skillOf(groups: readonly number[], answers: Answers): number {
  const vectors =
    answers.kind === 'number'
      ? answers.values.map((value) => [value])
      : answers.values.map((value) => oneHot(value, answers.classes));
  const width = vectors[0]?.length ?? 0;
  const all = { sum: new Array<number>(width).fill(0), count: 0 };
  const of = new Map<number, typeof all>();
  vectors.forEach((vector, row) => {
    if (!isLearned(row)) return;
    const group = of.get(groups[row]!) ?? { sum: new Array<number>(width).fill(0), count: 0 };
    of.set(groups[row]!, group);
    for (const total of [all, group]) {
      total.count += 1;
      vector.forEach((value, index) => (total.sum[index]! += value));
    }
  });
  let left = 0;
  let before = 0;
  vectors.forEach((vector, row) => {
    if (isLearned(row)) return;
    const group = of.get(groups[row]!) ?? all;
    vector.forEach((value, index) => {
      before += (value - all.sum[index]! / all.count) ** 2;
      left += (value - group.sum[index]! / group.count) ** 2;
    });
  });
  return before > 0 ? Math.min(1, Math.max(0, 1 - left / before)) : 0;
}

function oneHot(value: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, index) => (index === value ? 1 : 0));
}

/** Pearson's correlation over the rows that have both; null where one of them never changes. */
export function correlation(a: readonly number[], b: readonly number[]): number | null {
  const rows = a.flatMap((value, row) => (Number.isFinite(value) && Number.isFinite(b[row]) ? [row] : []));
  if (rows.length < 3) return null;
  const mean = (values: readonly number[]) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squareA, squareB] = [0, 0, 0];
  for (const row of rows) {
    const [x, y] = [a[row]! - meanA, b[row]! - meanB];
    both += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  if (squareA === 0 || squareB === 0) return null;
  return rounded(Math.min(1, Math.max(-1, both / Math.sqrt(squareA * squareB))));
}
