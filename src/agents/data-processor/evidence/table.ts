import type { Finding } from '../../../contracts/analysis';
import type { Column } from '../../../contracts/dataset';
import { count, decimal, list, percent, quoted } from '../../text';
import { capped, finding, type FindingsGround } from '../finding';
import { isDate, isNumeric } from '../profile';
import { answersOf, correlation, ENOUGH_ROWS, skillOf } from './association';

const SUSPECT_SKILL = 0.98;
const SUSPECT_CORRELATION = 0.9995;
const REDUNDANT_CORRELATION = 0.99;
/** Every pair of so many columns is compared. */
const MAX_PAIRED = 60;
const MISSING_SHARE = 0.01;
const MISSING_SKILL = 0.05;
/** The latest share of the rows is held against what came before. */
const LATEST = 0.2;
const SHIFT = 0.3;
const MIN_LATEST = 30;

/** What only shows between columns or rows. */
export function tableEvidence(ground: FindingsGround): Finding[] {
  return [
    ...leakageSuspects(ground),
    ...repeatedRows(ground),
    ...capped(redundant(ground)),
    ...missingTogether(ground),
    ...capped(missingTells(ground)),
    ...capped(shifts(ground)),
  ];
}

function featuresOf({ dataset, choice }: FindingsGround): Column[] {
  const used = new Set(choice.features);
  return dataset.columns.filter(({ name }) => used.has(name));
}

/** A column that alone says (nearly) all is more often made from the target than a good luck. */
function leakageSuspects({ associations, target, task }: FindingsGround): Finding[] {
  const classes = task === 'binary' || task === 'multiclass';
  return associations
    .filter(({ skill, correlation: r }) => (r === null ? skill >= SUSPECT_SKILL : Math.abs(r) >= SUSPECT_CORRELATION))
    .map(({ column, skill, correlation: r }) => {
      const how =
        r === null
          ? `explains ${percent(skill)} of ${quoted(target.name)}${classes ? ' (Brier score)' : ''}`
          : `moves exactly with ${quoted(target.name)} (correlation ${decimal(r)})`;
      const action = 'Kept; if it is only known after the fact, set its role to ignored and train again.';
      return finding('leakage_suspect', 'warning', column, `${quoted(column)} alone ${how}.`, action);
    });
}

function repeatedRows({ input, dataset, task }: FindingsGround): Finding[] {
  const repeated = input.repeated_rows ?? 0;
  if (repeated === 0) return [];
  const share = repeated / Math.max(1, dataset.rows);
  const evidence = `${count(repeated, 'row')} (${percent(share)}) repeat${repeated === 1 ? 's' : ''} an earlier one in every cell.`;
  const action =
    task === 'forecasting'
      ? 'Rows of the same date count as one.'
      : 'Kept; a repeated row may be both learned from and tested on.';
  return [finding('duplicate_rows', share >= 0.01 ? 'warning' : 'info', null, evidence, action)];
}

function redundant(ground: FindingsGround): Finding[] {
  const columns = featuresOf(ground).filter(isNumeric).slice(0, MAX_PAIRED);
  const { even } = ground.input;
  if (even.rows < ENOUGH_ROWS) return [];
  const numbers = columns.map(({ name }) =>
    (even.columns[name] ?? []).map((cell) => (cell === '' ? Number.NaN : Number(cell))),
  );
  return columns.flatMap((column, index) => {
    const twins = columns
      .slice(0, index)
      .filter((_, other) => Math.abs(correlation(numbers[index]!, numbers[other]!) ?? 0) >= REDUNDANT_CORRELATION);
    if (twins.length === 0) return [];
    const evidence = `${quoted(column.name)} moves with ${list(
      twins.map(({ name }) => quoted(name)),
      3,
    )} nearly one to one.`;
    return [finding('redundant', 'info', column.name, evidence, 'Kept; its importance is shared with the other.')];
  });
}

/** Columns whose empty cells are in the very same rows: they were left out together. */
function missingTogether(ground: FindingsGround): Finding[] {
  const { even } = ground.input;
  const groups = new Map<string, string[]>();
  for (const { name } of gappy(ground)) {
    const pattern = (even.columns[name] ?? []).map((cell) => (cell === '' ? '1' : '0')).join('');
    if (pattern.includes('1')) groups.set(pattern, [...(groups.get(pattern) ?? []), name]);
  }
  return [...groups.values()]
    .filter((names) => names.length > 1)
    .map((names) =>
      finding(
        'missing_together',
        'info',
        names[0]!,
        `${list(names.map(quoted))} are empty in the same rows.`,
        'Kept; the rows may come from another source.',
      ),
    );
}

function gappy(ground: FindingsGround): Column[] {
  const rows = Math.max(1, ground.dataset.rows);
  return featuresOf(ground).filter((column) => column.missing / rows >= MISSING_SHARE && column.missing < rows);
}

/** Whether a cell is empty may say something about the target: then emptiness is information, or leaks. */
function missingTells(ground: FindingsGround): Finding[] {
  const { input, target, task } = ground;
  const { answers, rows } = answersOf(input.even, target, task);
  if (rows.length < ENOUGH_ROWS) return [];
  return gappy(ground).flatMap(({ name }) => {
    const cells = input.even.columns[name] ?? [];
    const skill = skillOf(
      rows.map((row) => (cells[row] === '' ? 1 : 0)),
      answers,
    );
    if (skill < MISSING_SKILL) return [];
    const evidence = `Whether ${quoted(name)} is empty explains ${percent(skill)} of ${quoted(target.name)}.`;
    return [
      finding('missing_tells', 'info', name, evidence, 'Kept as information; check that it is known before the fact.'),
    ];
  });
}

/** In a table with dates: columns whose latest values are unlike the earlier ones. */
function shifts(ground: FindingsGround): Finding[] {
  const { even } = ground.input;
  const date = ground.dataset.columns.find((column) => isDate(column) && column.name !== ground.target.name);
  if (ground.task === 'forecasting' || !date) return [];
  const stamps = even.columns[date.name] ?? [];
  const rows = stamps
    .flatMap((stamp, row) => (stamp === '' ? [] : [row]))
    .sort((a, b) => stamps[a]!.localeCompare(stamps[b]!));
  const latest = Math.floor(rows.length * LATEST);
  if (latest < MIN_LATEST) return [];
  return [...featuresOf(ground), ground.target]
    .filter((column) => !isDate(column))
    .flatMap((column) => {
      const cells = rows.map((row) => even.columns[column.name]?.[row] ?? '');
      const distance = distanceOf(cells.slice(0, -latest), cells.slice(-latest), isNumeric(column));
      if (distance < SHIFT) return [];
      const evidence = `The latest fifth of the rows by ${quoted(date.name)} differs from the earlier ones in ${quoted(column.name)} (distance ${decimal(distance)} of 1).`;
      return [finding('shift', 'warning', column.name, evidence, 'Kept; a model learned from the past may not hold.')];
    });
}

/** Kolmogorov and Smirnov's statistic of numbers, the total variation of words; 0 for alike, 1 for nothing shared. */
function distanceOf(before: readonly string[], after: readonly string[], numeric: boolean): number {
  const [a, b] = [before, after].map((cells) => cells.filter((cell) => cell !== '')) as [string[], string[]];
  if (a.length < MIN_LATEST || b.length < MIN_LATEST) return 0;
  if (!numeric) {
    return variationOf(a, b);
  }
  const numbers = (cells: string[]) => cells.map(Number).sort((x, y) => x - y);
  const [x, y] = [numbers(a), numbers(b)];
  let [i, j, widest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i]!, y[j]!);
    while (i < x.length && x[i]! <= value) i += 1;
    while (j < y.length && y[j]! <= value) j += 1;
    widest = Math.max(widest, Math.abs(i / x.length - j / y.length));
  }
  return widest;
}

function variationOf(a: readonly string[], b: readonly string[]): number {
  const difference = new Map<string, number>();
  for (const cell of a) difference.set(cell, (difference.get(cell) ?? 0) + 1 / a.length);
  for (const cell of b) difference.set(cell, (difference.get(cell) ?? 0) - 1 / b.length);
  // With (nearly) as many values as rows, any two samples share none.
  if (difference.size > Math.min(a.length, b.length) / 5) return 0;
  return [...difference.values()].reduce((sum, share) => sum + Math.abs(share), 0) / 2;
}
